import Foundation
import TAVSESignal
import Testing

@Suite struct PairCommandTests {
    private let space: Workspace
    private let names = [
        "pesq_wb", "pesq_nb", "pesq_raw", "stoi", "estoi", "si_snr", "si_snri", "si_sdr", "snr", "seg_snr",
        "sdr",
        "sir", "sar", "fwseg_snr", "llr", "wss", "cepstral_distance", "lsd", "csig", "cbak", "covl",
    ]

    init() throws {
        space = try Workspace()
        try space.recordings(["a"])
    }

    /// The scores of a pair by metric: value and status.
    private func scores(
        _ arguments: [String], exitCode: Int32 = 0
    ) throws -> [String: (value: Double?, status: String)] {
        let outcome = try Tool.eval.run(["pair", "--json"] + arguments)
        #expect(outcome.exitCode == exitCode, "\(outcome)")
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        let entries = object?["scores"] as? [String: [String: Any]] ?? [:]
        return entries.mapValues { entry in
            #expect(entry["reason"] is String && entry["signature"] is String)
            return ((entry["value"] as? NSNumber)?.doubleValue, entry["status"] as? String ?? "?")
        }
    }

    private func pair(_ clean: String, _ enhanced: String) -> [String] {
        [space.file(clean), space.file(enhanced)]
    }

    @Test("gives every metric of the catalogue with value, status, reason and signature (closed form)")
    func everyMetric() throws {
        let all = try scores(pair("clean/a.wav", "enhanced/a.wav") + [space.file("noisy/a.wav")])
        #expect(Set(all.keys) == Set(names))
        for name in names where name != "sir" {
            #expect(all[name]?.status == "ok" && all[name]?.value?.isFinite == true, "\(name)")
        }
        #expect(all["sir"]?.status == "undefined" && all["sir"]?.value == nil)
        let without = try scores(pair("clean/a.wav", "enhanced/a.wav"))
        #expect(without["si_snri"]?.status == "missing_noisy")
        #expect(without["si_snr"]?.value == all["si_snr"]?.value)
    }

    @Test("takes pesq for the wide-band score, under the name it was asked for (closed form)")
    func alias() throws {
        let files = pair("clean/a.wav", "enhanced/a.wav")
        let short = try scores(files + ["--metrics", "pesq,stoi"])
        let long = try scores(files + ["--metrics", "pesq_wb"])
        #expect(Set(short.keys) == ["pesq", "stoi"])
        #expect(short["pesq"]?.value == long["pesq_wb"]?.value && long["pesq_wb"]?.value != nil)
        #expect(try Tool.eval.run(["pair"] + files + ["--metrics", "pesk"]).exitCode == 64)
    }

    @Test("names the reason where a score cannot be computed, with exit code 0 (closed form)")
    func reasons() throws {
        let clean = Workspace.voice(seed: 0)
        var broken = clean
        broken.samples[77] = .nan
        try space.write(broken, "nan.wav")
        broken.samples[77] = .infinity
        try space.write(broken, "inf.wav")
        try space.write(Signal(samples: .init(repeating: 0, count: 24000), sampleRate: 16000), "zero.wav")
        try space.write(Workspace.voice(seed: 1, count: 20000), "short.wav")
        try space.write(Workspace.voice(seed: 1, count: 800), "tiny.wav")
        try space.write(Workspace.voice(seed: 1, rate: 8000, count: 12000), "8k.wav")
        try space.write(Workspace.voice(seed: 1, rate: 48000, count: 72000), "48k.wav")
        let cases = [
            ("clean/a.wav", "nan.wav", "non_finite_estimate"),
            ("clean/a.wav", "inf.wav", "non_finite_estimate"),
            ("nan.wav", "clean/a.wav", "non_finite_reference"),
            ("clean/a.wav", "zero.wav", "silent_estimate"),
            ("zero.wav", "clean/a.wav", "silent_reference"), ("clean/a.wav", "short.wav", "length_mismatch"),
            ("clean/a.wav", "8k.wav", "sample_rate_mismatch"), ("tiny.wav", "tiny.wav", "too_short"),
        ]
        for (first, second, status) in cases {
            let stoi = try scores(pair(first, second))["stoi"]
            #expect(stoi?.status == status && stoi?.value == nil, "\(first) \(second)")
        }
        #expect(try scores(pair("48k.wav", "48k.wav"))["pesq_wb"]?.status == "unsupported_sample_rate")
        #expect(try scores(pair("8k.wav", "8k.wav"))["pesq_nb"]?.status == "ok")
        #expect(try scores(pair("clean/a.wav", "short.wav") + ["--trim"])["stoi"]?.status == "ok")
    }

    @Test("gives each kind of wrong file its exit code and a message that names it (closed form)")
    func wrongFiles() throws {
        try space.write(Data(), "empty.wav")
        try space.write(Data("not audio at all, only text".utf8), "text.wav")
        let whole = try Data(contentsOf: URL(fileURLWithPath: space.file("clean/a.wav")))
        try space.write(whole.prefix(whole.count / 2), "truncated.wav")
        let cases: [(String, Int32)] = [
            ("none.wav", 66), ("empty.wav", 65), ("text.wav", 65), ("truncated.wav", 65), ("clean", 65),
        ]
        for (name, code) in cases {
            for files in [pair("clean/a.wav", name), pair(name, "clean/a.wav")] {
                let outcome = try Tool.eval.run(["pair", "--json"] + files)
                #expect(outcome.exitCode == code, "\(outcome)")
                #expect(outcome.errors.contains(space.file(name)) && outcome.output.isEmpty)
            }
        }
        #expect(
            try Tool.eval.run(["pair"] + pair("clean/a.wav", "clean/a.wav") + ["--channel", "3"]).exitCode
                == 64)
        #expect(try Tool.eval.run(["pair", space.file("clean/a.wav")]).exitCode == 64)
    }

    @Test("lists the catalogue (closed form)")
    func catalogue() throws {
        let outcome = try Tool.eval.run(["metrics", "--json"])
        let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        let entries = object?["metrics"] as? [String: [String: Any]] ?? [:]
        #expect(outcome.exitCode == 0 && Set(entries.keys) == Set(names))
        #expect(entries.values.allSatisfy { ($0["signature"] as? String)?.isEmpty == false })
        let table = try Tool.eval.run(["metrics"]).output
        #expect(names.allSatisfy { table.contains($0) })
    }
}
