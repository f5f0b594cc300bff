import Foundation
import GRDB
import TAVSESignal
import TAVSEStore
import Testing

@Suite struct WavsCommandTests {
    private let space: Workspace
    private let few = ["--metrics", "stoi,si_snr,si_snri", "--quiet"]

    init() throws { space = try Workspace() }

    private func wavs(_ arguments: [String], system: String = "A", exitCode: Int32 = 0) throws -> Tool.Outcome
    {
        let outcome = try Tool.eval.run(["wavs", "--system", system, "--db", space.store] + arguments)
        #expect(outcome.exitCode == exitCode, "\(outcome)")
        return outcome
    }

    private func query(_ sql: String) throws -> [Row] {
        try DatabaseQueue(path: space.store).inDatabase { try Row.fetchAll($0, sql: sql) }
    }

    @Test("scores real recordings by manifest into store, table, JSON files and samples (property)")
    func manifest() throws {
        let outcome = try wavs(
            ["--items", Workspace.demo + "/wiener.csv", "--metrics", "seed", "--save-samples", "2"])
        #expect(outcome.output.contains("pesq ↑") && outcome.output.contains("si_snri ↑"))
        let folder = space.file("eval/A")
        let metrics = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(fileURLWithPath: folder + "/eval_metrics.json")))
        let entries = (metrics as? [String: Any])?["statistics"] as? [String: [String: Any]] ?? [:]
        #expect(Set(entries.keys) == ["pesq", "pesq_wb", "stoi", "si_snr", "si_snri", "sdr"])
        let count = try query("SELECT * FROM item").count
        #expect(count > 10 && entries.values.allSatisfy { $0["n"] as? Int == count })
        let raw = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(fileURLWithPath: folder + "/eval_raw_metrics.json")))
        let lists = raw as? [String: [Any]] ?? [:]
        #expect(lists["items"]?.count == count && lists["pesq"]?.count == count)
        for kind in ["clean", "noisy", "enhanced"] {
            #expect(FileManager.default.fileExists(atPath: folder + "/samples/sample0001_\(kind).wav"))
        }
        #expect(try query("SELECT * FROM sample WHERE path LIKE 'eval/A/samples/%'").count == 6)
        #expect(try query("SELECT * FROM v_scores WHERE speaker IS NULL OR snr_db IS NULL").isEmpty)
        #expect(try query("SELECT * FROM v_pairs WHERE improvement IS NULL").isEmpty)
    }

    @Test(
        "pairs folders by relative path whatever the extension, and names what does not match (closed form)")
    func folders() throws {
        try space.recordings(["a", "sub/b"])
        let flac = try AudioFile.read(space.file("enhanced/a.wav"))
        try space.write(flac, "enhanced/a.flac", encoding: .pcm24)
        try FileManager.default.removeItem(atPath: space.file("enhanced/a.wav"))
        try space.write(Data("notes".utf8), "clean/readme.txt")
        _ = try wavs(space.folders + few)
        #expect(try query("SELECT utterance FROM item ORDER BY 1").map { $0[0] as String } == ["a", "sub/b"])

        try space.write(flac, "clean/only_clean.wav")
        try space.write(flac, "enhanced/only_enhanced.wav")
        let refused = try wavs(space.folders + few, exitCode: 65)
        #expect(
            refused.errors.contains("only_clean.wav: not in") && refused.errors.contains("only_enhanced.wav"))
        let allowed = try wavs(space.folders + few + ["--allow-unmatched"])
        #expect(allowed.output.contains("2 recordings"))
        try space.write(flac, "clean/a.aiff.wav")
        try space.write(flac, "clean/a.flac", encoding: .pcm24)
        #expect(try wavs(space.folders + few, exitCode: 65).errors.contains("mean the same recording"))
        #expect(
            try wavs(["--clean", space.file("no"), "--enhanced", space.file("clean")], exitCode: 66).output
                == "")
    }

    @Test("stores a reason for every metric of a bad file and goes on (closed form)")
    func badFiles() throws {
        try space.recordings([
            "good", "empty", "text", "cut", "nan", "silent", "short", "rate", "stereo", "gone",
        ])
        try space.write(Data(), "enhanced/empty.wav")
        try space.write(Data("text".utf8), "enhanced/text.wav")
        let whole = try Data(contentsOf: URL(fileURLWithPath: space.file("enhanced/cut.wav")))
        try space.write(whole.prefix(1000), "enhanced/cut.wav")
        var signal = Workspace.voice(seed: 5)
        signal.samples[3] = .nan
        try space.write(signal, "enhanced/nan.wav")
        try space.write(
            Signal(samples: .init(repeating: 0, count: 24000), sampleRate: 16000), "clean/silent.wav")
        try space.write(Workspace.voice(seed: 5, count: 800), "enhanced/short.wav")
        try space.write(Workspace.voice(seed: 5, rate: 44100), "enhanced/rate.wav")
        var stereo = try Data(contentsOf: URL(fileURLWithPath: space.file("enhanced/stereo.wav")))
        // Two channels in the header's "fmt " chunk, with block size and byte rate to match.
        stereo.replaceSubrange(22..<24, with: [2, 0])
        stereo.replaceSubrange(28..<34, with: [0x00, 0xF4, 0x01, 0x00, 8, 0])
        try space.write(stereo, "enhanced/stereo.wav")
        try space.write(Data("x".utf8), "noisy/gone.wav")
        let arguments = space.folders + ["--noisy", space.file("noisy")] + few
        let outcome = try wavs(arguments, exitCode: 3)
        #expect(outcome.output.contains("10 recordings, 9 failed"), "\(outcome)")
        let failures = try query("SELECT utterance, signal, metric, status FROM v_failures")
        func statuses(_ utterance: String, _ signal: String = "enhanced") -> Set<String> {
            Set(failures.filter { $0[0] == utterance && $0[1] == signal }.map { $0[3] })
        }
        #expect(statuses("good").isEmpty)
        #expect(statuses("empty") == ["empty_file"] && statuses("text") == ["not_audio"])
        #expect(statuses("cut") == ["truncated_file"] && statuses("nan") == ["non_finite_estimate"])
        #expect(statuses("silent") == ["silent_reference"] && statuses("short") == ["length_mismatch"])
        #expect(statuses("rate") == ["sample_rate_mismatch"] && statuses("stereo") == ["multichannel"])
        #expect(statuses("gone") == ["not_audio"] && statuses("gone", "noisy") == ["not_audio"])
        // One row per question: 10 items, 2 signals, 3 metrics.
        #expect(try query("SELECT * FROM score").count == 60)
        #expect(failures.filter { $0[0] == "text" && $0[1] == "enhanced" }.count == 3)
        _ = try wavs(arguments + ["--max-failed", "90%"])
        _ = try wavs(arguments + ["--max-failed", "8"], exitCode: 3)
        // Repaired recordings are scored; the others are left as they were.
        try space.write(Workspace.voice(seed: 6), "enhanced/text.wav")
        #expect(try wavs(arguments + ["--max-failed", "8"]).output.contains("10 recordings, 8 failed"))
        #expect(try query("SELECT * FROM score").count == 60)
    }

    @Test("keeps names with spaces, quotes, newlines and other scripts (property)")
    func names() throws {
        let names = [
            "with space", "it's \"quoted\"", "new\nline", "Größe 日本", "semi;colon,comma", "-dash", "%s",
        ]
        try space.recordings(names)
        _ = try wavs(space.folders + few, system: "A+R; 'x' é")
        let stored = try query("SELECT utterance FROM item").map { $0[0] as String }
        #expect(Set(stored) == Set(names))
    }

    @Test("computes nothing twice, only what is new or changed, and everything when fresh (closed form)")
    func resume() throws {
        try space.recordings(["a", "b", "c"])
        let all = space.folders + ["--noisy", space.file("noisy")]
        #expect(try wavs(all + few + ["--resume"], exitCode: 66).errors.contains("leave out --resume"))
        _ = try wavs(all + few)
        let before = try space.scores()
        #expect(try wavs(all + few + ["--resume"]).errors.contains("3 of 3 recordings were scored before"))
        #expect(try space.scores() == before)
        // Another metric is added to the same run; a changed file replaces its scores and no others.
        _ = try wavs(all + ["--metrics", "snr"])
        try space.write(Workspace.voice(seed: 99), "enhanced/b.wav")
        #expect(try wavs(all + few).errors.contains("2 of 3 recordings were scored before"))
        let after = try space.scores()
        #expect(
            after.filter { $0.hasPrefix("a ") && !$0.contains(" snr ") }
                == before.filter { $0.hasPrefix("a ") })
        #expect(after.filter { $0.hasPrefix("b ") && $0.contains("enhanced") }.count == 3)
        #expect(try query("SELECT * FROM run").count == 1)
        _ = try wavs(all + few + ["--fresh"])
        #expect(try query("SELECT * FROM run").count == 2)
        // The noisy input is scored once per item: another system takes over its rows, times included.
        _ = try wavs(all + few, system: "B")
        let copies = try query(
            """
            SELECT count(*) AS rows, max(milliseconds) - min(milliseconds) AS spread
            FROM score JOIN run ON run.id = run_id JOIN system ON system.id = system_id
            WHERE signal = 0 AND (name = 'B' OR generation = 1) AND metric_id IN
                (SELECT id FROM metric WHERE name <> 'snr')
            GROUP BY item_id, metric_id
            """)
        #expect(copies.count == 9)
        #expect(copies.allSatisfy { $0["rows"] == 2 && $0["spread"] == 0.0 })
    }

    @Test("stores the same whatever the number of threads, and in shards joined (property)")
    func threadsAndShards() throws {
        try space.recordings((0..<9).map { "u\($0)" })
        let all = space.folders + ["--noisy", space.file("noisy")] + few
        _ = try wavs(all + ["--jobs", "1"])
        let one = try space.scores()
        for (arguments, name) in [
            (["--jobs", "5"], "five"), (["--shard", "1/2"], "s1"), (["--shard", "2/2"], "s2"),
        ] {
            let store = space.file(name + ".sqlite")
            let outcome = try Tool.eval.run(["wavs", "--system", "A", "--db", store] + all + arguments)
            #expect(outcome.exitCode == 0, "\(outcome)")
        }
        #expect(try space.scores(store: space.file("five.sqlite")) == one)
        let merged = try ResultsStore(path: space.file("s1.sqlite"), access: .readWrite)
        _ = try merged.merge(space.file("s2.sqlite"))
        #expect(try space.scores(store: space.file("s1.sqlite")) == one)
    }

    @Test("says where a manifest is wrong (closed form)")
    func manifestErrors() throws {
        try space.recordings(["a"])
        let cases = [
            ("", "1:"), ("utterance,clean\na,b\n", "column enhanced: missing"),
            (
                "utterance,clean,enhanced,snr_db\na,clean/a.wav,enhanced/a.wav,loud\n",
                "2: column snr_db: \"loud\""
            ),
            ("utterance,clean,enhanced\na,clean/a.wav\n", "2: 2 fields, expected 3"),
            (
                "utterance,clean,enhanced\na,c,e\na,c,e\n",
                "3: column utterance: \"a\" in the same condition as on line 2"
            ),
            ("utterance,clean,enhanced\n,c,e\n", "2: column utterance: empty"),
            ("utterance,clean,enhanced\n\"a,c,e\n", "2: column 1: a quote is opened"),
        ]
        for (text, message) in cases {
            try space.write(Data(text.utf8), "m.csv")
            let outcome = try wavs(["--items", space.file("m.csv")], exitCode: 65)
            #expect(
                outcome.errors.contains(space.file("m.csv") + ":") && outcome.errors.contains(message),
                "\(outcome)")
        }
        _ = try wavs(["--items", space.file("none.csv")], exitCode: 66)
        try space.write(
            Data("utterance,clean,enhanced,extra\na,clean/a.wav,enhanced/a.wav,1\n".utf8), "m.csv")
        _ = try wavs(["--items", space.file("m.csv")] + few)
    }

    @Test("gives unusable stores and options their exit codes (closed form)")
    func stores() throws {
        try space.recordings(["a"])
        func run(_ store: String, _ more: [String] = []) throws -> Int32 {
            let base = ["wavs", "--system", "A", "--db", space.file(store)]
            return try Tool.eval.run(base + space.folders + few + more).exitCode
        }
        try space.write(Data("not a database, certainly not one".utf8), "text.sqlite")
        #expect(try run("text.sqlite") == 65)
        #expect(try run("no/such/folder/r.sqlite") == 73)
        #expect(try run("r.sqlite", ["--resume", "--fresh"]) == 64)
        #expect(try run("r.sqlite", ["--jobs", "0"]) == 64)
        #expect(try run("r.sqlite", ["--max-failed", "many"]) == 64)
        #expect(try Tool.eval.run(["wavs", "--system", "A"]).exitCode == 64)
        #expect(
            try Tool.eval.run(["wavs", "--system", "noisy"] + space.folders, in: space.path).exitCode == 64)
        #expect(
            try Tool.eval.run(["wavs", "--system", "a/b"] + space.folders, in: space.path).exitCode == 64)
        // A result folder that cannot be made.
        try space.write(Data(), "file")
        #expect(try run("r.sqlite", ["--output-dir", space.file("file/below")]) == 73)
    }
}
