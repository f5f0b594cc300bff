import Foundation
import TAVSEAnalysis
import TAVSESignal
import TAVSEStore
import Testing

@testable import TAVSEReport

@Suite struct ListeningTests {
    /// A store of one system and the noisy input, three items with recordings; item `u2` names a file that is no audio.
    private func report(in folder: String, count: Int) throws -> String {
        let store = try ResultsStore(path: folder + "/x.sqlite", access: .readWrite)
        let run = try store.openRun(RunDescription(system: "A", source: .recordings, toolVersion: "test")).run
        let metric = try store.register([
            MetricDescription(name: "si_snr", signature: "si_snr|v:1", unit: "dB")
        ])[0]
        var results: [ItemResult] = []
        for (index, gain) in [3.0, -1.0, 5.0].enumerated() {
            let tone = (0..<8000).map { 0.3 * sin(2 * Float.pi * Float(300 * (index + 1) * $0) / 16000) }
            let clip = "clip\(index).wav"
            try AudioFile.write(Signal(samples: tone, sampleRate: 16000), to: folder + "/" + clip)
            let path = index == 2 ? "/etc/passwd" : clip
            results.append(
                ItemResult(
                    item: ItemDescription(utterance: "u\(index)", speaker: "s\(index)", snrDB: 0),
                    estimate: EstimateRecord(path: nil, contentHash: "x"),
                    scores: [
                        ScoreRecord(signal: .noisy, metric: metric, outcome: .value(0)),
                        ScoreRecord(signal: .enhanced, metric: metric, outcome: .value(gain)),
                    ],
                    samples: [
                        SampleRecord(kind: .clean, path: clip, contentHash: "c"),
                        SampleRecord(kind: .enhanced, path: path, contentHash: "e"),
                    ]))
        }
        try store.commit(results, run: run)
        return try Report(
            source: ReportSource(store: store), comparison: ComparisonOptions(),
            options: .init(toolVersion: "test", listeningCount: count)
        ).text(.html)
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tavse-\(UUID().uuidString)"
        ).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test("the least and the most gained utterances are there with sound and spectrogram (closed form)")
    func worstAndBest() throws {
        try withFolder { folder in
            let html = try report(in: folder, count: 1)
            let titles = html.matches(of: /<h3>([^<]*)<\/h3>\n<p>([^<]*)<\/p>/).map {
                "\($0.output.1): \($0.output.2)"
            }
            #expect(
                titles == [
                    "u1, 0 dB: Least gained by A against noisy input: −1.00 SI-SNR",
                    "u2, 0 dB: Most gained by A against noisy input: +5.00 SI-SNR",
                ])
            let sound = try #require(FileManager.default.contents(atPath: folder + "/clip1.wav"))
            #expect(html.contains("data:audio/wav;base64,\(sound.base64EncodedString())"))
            #expect(html.matches(of: /data:image\/png;base64,iVBOR/).count == 3)
        }
    }

    @Test("a file that is not audio is named as missing and never embedded (property)")
    func hostilePath() throws {
        try withFolder { folder in
            let html = try report(in: folder, count: 3)
            let secret = try #require(FileManager.default.contents(atPath: "/etc/passwd"))
            #expect(!html.contains(secret.base64EncodedString().prefix(40)))
            #expect(html.contains("<li>/etc/passwd</li>"))
            #expect(html.matches(of: /<article/).count == 3)
        }
    }

    @Test("when none are wanted, there is no such section (property)")
    func none() throws {
        try withFolder { folder in
            let html = try report(in: folder, count: 0)
            #expect(!html.contains("<article"))
        }
    }
}
