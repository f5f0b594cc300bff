import Foundation
import GRDB
import TAVSESignal
import TAVSEStore
import Testing

/// Recordings and options as people really have them.
@Suite struct FilesAsTheyAreTests {
    private let space: Workspace

    init() throws { space = try Workspace() }

    private func wavs(_ more: String..., exitCode: Int32 = 0) throws -> Tool.Outcome {
        let outcome = try Tool.eval.run(
            ["wavs", "--system", "A", "--db", space.store, "--quiet"] + space.folders + more)
        #expect(outcome.exitCode == exitCode, "\(outcome)")
        return outcome
    }

    private func query(_ sql: String) throws -> [Row] {
        try DatabaseQueue(path: space.store).inDatabase { try Row.fetchAll($0, sql: sql) }
    }

    @Test("01-symlinked-folder: linked folders are followed")
    func linkedFolder() throws {
        try space.recordings(["u0"])
        for kind in ["clean", "enhanced"] {
            try space.write(Workspace.voice(seed: kind == "clean" ? 1 : 2), "disk/\(kind)/u1.wav")
            try FileManager.default.createSymbolicLink(
                atPath: space.file("\(kind)/p2"), withDestinationPath: space.file("disk/\(kind)"))
        }
        _ = try wavs("--metrics", "si_snr")
        #expect(
            try query("SELECT utterance FROM item ORDER BY 1").map { $0[0] as String } == ["p2/u1", "u0"])
    }

    @Test("06-pesq-of-half: unequal lengths are length_mismatch for every metric unless --trim")
    func half() throws {
        try space.recordings(["a", "b"])
        let whole = try AudioFile.read(space.file("enhanced/b.wav"))
        try space.write(
            Signal(samples: Array(whole.samples.prefix(12_000)), sampleRate: 16_000), "enhanced/b.wav")
        _ = try wavs("--metrics", "all", exitCode: 3)
        let found = try query(
            "SELECT DISTINCT status FROM v_failures WHERE utterance = 'b' AND signal = 'enhanced'")
        #expect(found.map { $0[0] as String } == ["length_mismatch"])
        let pair = [
            "pair", space.file("clean/b.wav"), space.file("enhanced/b.wav"), "--metrics", "pesq,stoi",
        ]
        let refused = try Tool.eval.run(pair)
        #expect(refused.output.components(separatedBy: "length_mismatch").count == 3, "\(refused)")
        let cut = try Tool.eval.run(pair + ["--trim"])
        #expect(!cut.output.contains("length_mismatch") && cut.errors.contains("cut to 12000"), "\(cut)")
    }

    @Test("09-negative-snr: a negative number is an option's value")
    func negative() throws {
        try space.recordings(["a"])
        _ = try wavs("--metrics", "si_snr", "--snr", "-5")
        #expect(try query("SELECT DISTINCT snr_db FROM item").map { $0[0] as Double } == [-5])
    }

    @Test("23-folder-name-collision: distinct systems get distinct folders")
    func folderNames() throws {
        try space.recordings(["a"])
        for system in ["my net", "my_net", "my#net", "Größe"] {
            let outcome = try Tool.eval.run(
                ["wavs", "--system", system, "--db", space.store, "--quiet", "--metrics", "si_snr"]
                    + space.folders)
            #expect(outcome.exitCode == 0, "\(outcome)")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: space.file("eval"))
        #expect(names.count == 4 && names.contains("my_net") && names.contains("Größe"), "\(names)")
    }

    @Test("--resample, --speaker-pattern, --conditions and --pattern score a 48 kHz corpus from its folders")
    func corpus() throws {
        for index in 0..<4 {
            let name = "p23\(2 + index / 2)_00\(index)"
            let clean = Workspace.voice(seed: UInt64(index), rate: 48_000, count: 72_000)
            try space.write(clean, "clean/\(name).wav")
            try space.write(Workspace.mixed(clean, seed: 50, gain: 0.3), "enhanced/\(name)_enhanced.wav")
        }
        let lines = (0..<4).map { "p23\(2 + $0 / 2)_00\($0) bus \($0 - 2).5" }
        try space.write(Data(lines.joined(separator: "\n").utf8), "log.txt")
        let more = [
            "--pattern", "{utterance}_enhanced.wav", "--speaker-pattern", "^(p[0-9]+)_", "--conditions",
            space.file("log.txt"), "--metrics", "stoi,si_snr,pesq",
        ]
        let arguments = ["wavs", "--system", "A", "--db", space.store] + space.folders + more
        let native = try Tool.eval.run(arguments)
        #expect(
            try query("SELECT 1 FROM v_failures WHERE status = 'unsupported_sample_rate'").count > 0,
            "\(native)")
        let outcome = try Tool.eval.run(arguments + ["--resample", "16000"])
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(
            outcome.errors.contains("2 speakers found, with recordings: p232 (2), p233 (2)"), "\(outcome)")
        #expect(
            try query("SELECT DISTINCT speaker FROM item ORDER BY 1").map { $0[0] as String } == [
                "p232", "p233",
            ])
        #expect(
            try query("SELECT snr_db FROM item ORDER BY 1").map { $0[0] as Double } == [-2.5, -1.5, 0.5, 1.5])
        let signatures = try query("SELECT DISTINCT signature FROM metric").map { $0[0] as String }
        #expect(signatures.contains { $0.contains("resample:16000") }, "\(signatures)")
        // One speaker's pattern that fits nothing, and a rate that is none.
        let wrong = try Tool.eval.run(arguments.map { $0 == "^(p[0-9]+)_" ? "^(q[0-9]+)_" : $0 })
        #expect(wrong.exitCode == 65 && wrong.errors.contains("does not match 4 of 4"), "\(wrong)")
        #expect(try Tool.eval.run(arguments + ["--resample", "-8"]).exitCode == 64)
    }

    @Test("names of metrics and commands: whatever their case, and the nearest when unknown")
    func names() throws {
        try space.recordings(["a"])
        let metric = try Tool.eval.run(["pair", "a", "b", "--metrics", "PESQ,stoy"])
        #expect(
            metric.exitCode == 64 && metric.errors.contains("stoy") && metric.errors.contains("stoi"),
            "\(metric)")
        let command = try Tool.eval.run(["wav", "--system", "A"])
        #expect(command.exitCode == 64 && command.errors.contains("did you mean wavs?"), "\(command)")
        let configuration = try Tool(name: "tavse-train").run(["tiny.yaml"])
        #expect(
            configuration.exitCode == 64 && configuration.errors.contains("--config tiny.yaml"),
            "\(configuration)")
        let uri = try Tool.eval.run(
            ["wavs", "--system", "A", "--db", "sqlite:///tmp/x.sqlite"] + space.folders)
        #expect(uri.exitCode == 64)
        #expect(uri.errors.contains("path of a file"), "\(uri)")
        let folder = try Tool.eval.run(["wavs", "--system", "A", "--db", space.path] + space.folders)
        #expect(folder.exitCode == 64 && folder.errors.contains("is a folder"), "\(folder)")
    }
}
