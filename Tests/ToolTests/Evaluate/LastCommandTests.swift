import Foundation
import TAVSEStore
import Testing

/// What a report shows is what the last command asked for; each test is named after the situation it repeats.
@Suite("what was asked last is what is reported") struct LastCommandTests {
    private let space: Workspace
    private let few = ["--metrics", "si_snr", "--quiet"]

    init() throws { space = try Workspace() }

    @discardableResult
    private func wavs(_ arguments: [String], store: String? = nil, exitCode: Int32 = 0) throws -> Tool.Outcome
    {
        let outcome = try Tool.eval.run(["wavs", "--system", "s", "--db", store ?? space.store] + arguments)
        #expect(outcome.exitCode == exitCode, "\(outcome)")
        return outcome
    }

    private func report(_ arguments: [String], exitCode: Int32 = 0) throws -> Tool.Outcome {
        let outcome = try Tool.report.run(arguments, in: space.path)
        #expect(outcome.exitCode == exitCode, "\(outcome)")
        return outcome
    }

    /// A fact of the report's CSV about all items of the system.
    private func fact(_ quantity: String, _ metric: String = "si_snr", db: String = "results.sqlite") throws
        -> Double?
    {
        let lines = try report(["--db", db, "--format", "csv"]).output.split(separator: "\n")
        for line in lines {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard cells.count > 8, cells[0] == "summary", cells[1] == metric, cells[3] == "s" else {
                continue
            }
            if cells[5].isEmpty, cells[7] == quantity { return Double(cells[8]) }
        }
        return nil
    }

    private func json(_ path: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private func statistic(_ name: String, _ metric: String = "si_snr", file: String) throws -> Double? {
        let statistics = try json(file)["statistics"] as? [String: [String: Any]]
        return statistics?[metric]?[name] as? Double
    }

    /// Report, table, eval_metrics.json, and export agree on n and mean.
    private func expectAgreement(n: Int, _ outcome: Tool.Outcome, metric: String = "si_snr") throws {
        #expect(try fact("n", metric) == Double(n))
        _ = try report(["export", "--db", "results.sqlite", "--format", "guide", "--out", "g"])
        for file in [space.file("eval/s/eval_metrics.json"), space.file("g/s/eval_metrics.json")] {
            #expect(try statistic("n", metric, file: file) == Double(n))
            for (name, quantity) in [
                ("mean", "mean"), ("std", "sd"), ("median", "median"), ("ci_95_low", "cr2_ci95_low"),
                ("ci_95_high", "cr2_ci95_high"),
            ] {
                // JSONSerialization may read a number one unit in the last place off.
                let written = try #require(try statistic(name, metric, file: file), "\(name)")
                let reported = try #require(try fact(quantity, metric), "\(name)")
                #expect(abs(written - reported) <= 1e-12 * max(1, abs(reported)), "\(name)")
            }
        }
        let rows = try report(["export", "--db", "results.sqlite"]).output.split(separator: "\n").filter {
            $0.contains(",enhanced,") && $0.contains(",\(metric),")
        }
        #expect(rows.count == n)
        #expect(outcome.output.contains("s: \(n) recordings"), "\(outcome)")
    }

    /// A manifest of utterance, speaker and SNR.
    private func manifest(_ rows: [(String, String, String)]) throws -> [String] {
        let lines = rows.map { name, speaker, snr in
            "\(name),\(speaker),\(snr),car,clean/\(name).wav,enhanced/\(name).wav\n"
        }
        let text = "utterance,speaker,snr_db,noise_type,clean,enhanced\n" + lines.joined()
        try space.write(Data(text.utf8), "m.csv")
        return ["--items", space.file("m.csv")]
    }

    @Test("removed-recording: a recording taken out of the folders is in no number")
    func removedRecording() throws {
        try space.recordings(["u0", "u1", "u2", "u3"])
        try wavs(space.folders + few)
        for folder in ["clean", "enhanced"] {
            try FileManager.default.removeItem(atPath: space.file("\(folder)/u3.wav"))
        }
        let outcome = try wavs(space.folders + few)
        #expect(outcome.errors.contains("1 recordings of earlier commands are no longer asked for"))
        try expectAgreement(n: 3, outcome)
        let list = try report(["list", "--db", "results.sqlite"]).output
        #expect(list.contains("Superseded in run 1 of s, in no report: u3"), "\(list)")
        // It comes back, and with it its scores.
        try space.write(Workspace.voice(seed: 3), "clean/u3.wav")
        try space.write(Workspace.voice(seed: 90), "enhanced/u3.wav")
        try expectAgreement(n: 4, wavs(space.folders + few))
    }

    @Test("corrected-speaker: a label that is corrected replaces the old one and computes nothing again")
    func correctedLabels() throws {
        let names = ["u0", "u1", "u2", "u3"]
        try space.recordings(names)
        try wavs(manifest(names.map { ($0, "", "5") }) + ["--metrics", "si_snr,stoi", "--quiet"])
        let speakers = names.enumerated().map { ($1, $0 < 2 ? "p1" : "p2", "5") }
        let outcome = try wavs(manifest(speakers) + few)
        #expect(outcome.errors.contains("4 of 4 recordings were scored before"), "\(outcome)")
        try expectAgreement(n: 4, outcome)
        #expect(try fact("n_clusters") == 2)
        // The metric that the second command did not ask for is under the corrected label too.
        #expect(try fact("n", "stoi") == 4 && fact("n_clusters", "stoi") == 2)
        try expectAgreement(n: 4, wavs(manifest(speakers.map { ($0.0, $0.1, "-5") }) + few))
        let split = try wavs(manifest(speakers.map { ($0.0, $0.1, "-5") }) + few + ["--split", "test"])
        try expectAgreement(n: 4, split)
        #expect(try fact("n") == 4)
    }

    @Test("fresh-run-stopped: an evaluation that was stopped does not stand in for a complete one")
    func stopped() throws {
        try space.recordings((0..<6).map { "u\($0)" })
        try wavs(space.folders + few)
        // What an evaluation leaves behind that ends after 2 of 6 items.
        let store = try ResultsStore(path: space.store, access: .readWrite)
        var description = try store.runs()[0].run
        let metric = try store.register([
            MetricDescription(name: "si_snr", signature: "SI-SNR|zero_mean:yes|v:1")
        ])[0]
        for generation in 2...3 {
            description.generation = generation
            let items = (0..<6).map { ItemDescription(utterance: "u\($0)") }
            let plan = EvaluationPlan(items)
            let run = try store.beginEvaluation(description, plan: plan).run
            let results = items.prefix(2).map {
                ItemResult(
                    item: $0, estimate: EstimateRecord(path: nil, contentHash: "e"),
                    scores: [ScoreRecord(signal: .enhanced, metric: metric, outcome: .value(99))])
            }
            try store.commit(Array(results), run: run)
            if generation == 2 { _ = try store.endEvaluation(run, plan: plan, finished: false) }
        }
        #expect(try fact("n") == 6)
        let text = try report(["--db", "results.sqlite"]).output
        #expect(text.contains("run 2 (recordings; 2 of 6 items, stopped"), "\(text)")
        #expect(text.contains("run 3 (recordings; 2 of 6 items, still running or killed"), "\(text)")
        #expect(text.contains("run 1 is the last complete evaluation"), "\(text)")
        _ = try report(["remove", "--run", "1", "--db", "results.sqlite"])
        #expect(try report(["--db", "results.sqlite"]).output.contains("2 of 6 items"))
        let file = try json(exportedFile())
        #expect(file["n_samples"] as? Int == 2 && file["n_asked"] as? Int == 6)
        #expect(file["complete"] as? Bool == false)
    }

    private func exportedFile() throws -> String {
        _ = try report(["export", "--db", "results.sqlite", "--format", "guide", "--out", "g"])
        return space.file("g/s/eval_metrics.json")
    }

    @Test("runs-of-one-second: the later command counts, and what is left out is named")
    func ofOneSecond() throws {
        try space.recordings(["u0", "u1"])
        for _ in 0..<3 {
            try wavs(space.folders + few)
            try wavs(space.folders + ["--metrics", "lsd", "--quiet", "--trim"])
            let text = try report(["--db", "results.sqlite", "--format", "csv"]).output
            #expect(try fact("n", "lsd") == 2 && fact("n") == nil)
            #expect(text.contains("left out of s: run 1 (recordings; 2 items; si_snr)"), "\(text)")
            #expect(text.contains(#"{""trim"": true} in place of {""trim"": false}"#), "\(text)")
        }
        // The first settings again: the run is the one that was asked for last.
        try wavs(space.folders + few)
        #expect(try fact("n") == 2 && fact("n", "lsd") == nil)
    }

    @Test("missing-shard: a merge says which shards are missing until they are there, in any order")
    func missingShard() throws {
        try space.recordings((0..<6).map { "u\($0)" })
        for shard in 1...3 {
            try wavs(space.folders + few + ["--shard", "\(shard)/3"], store: space.file("s\(shard).sqlite"))
        }
        let first = try report(["merge", "s3.sqlite", "s1.sqlite", "s1.sqlite", "--db", "m.sqlite"])
        #expect(first.errors.contains("4 of 6 items, shard 2 of 3 is missing"), "\(first)")
        let partial = try report(["--db", "m.sqlite"]).output
        #expect(partial.contains("4 of 6 items, shard 2 of 3 is missing"), "\(partial)")
        let list = try report(["list", "--db", "m.sqlite"]).output
        #expect(list.contains("partial") && list.contains("4 of 6"), "\(list)")
        let second = try report(["merge", "s2.sqlite", "--db", "m.sqlite"])
        #expect(!second.errors.contains("not complete"), "\(second)")
        #expect(try fact("n", db: "m.sqlite") == 6)
        #expect(try !report(["--db", "m.sqlite"]).output.contains("of 6 items, shard"))
        // One store for all shards does the same.
        for shard in [2, 3] { try wavs(space.folders + few + ["--shard", "\(shard)/3"]) }
        #expect(try report(["--db", "results.sqlite"]).output.contains("shard 1 of 3 is missing"))
        try wavs(space.folders + few + ["--shard", "1/3"])
        #expect(try fact("n") == 6)
        // A shard of another list is a shard of another evaluation.
        try FileManager.default.removeItem(atPath: space.file("clean/u5.wav"))
        try FileManager.default.removeItem(atPath: space.file("enhanced/u5.wav"))
        let later = try wavs(space.folders + few + ["--shard", "1/3"])
        #expect(later.errors.contains("reports show run 1 as it was before"), "\(later)")
        #expect(try fact("n") == 6)
        for shard in [2, 3] { try wavs(space.folders + few + ["--shard", "\(shard)/3"]) }
        #expect(try fact("n") == 5)
    }

    @Test(
        "a changed output replaces its scores when the command is done, in every metric of earlier commands")
    func changedOutput() throws {
        try space.recordings(["u0", "u1", "u2"])
        try wavs(space.folders + ["--metrics", "si_snr,stoi", "--quiet"])
        try space.write(Workspace.voice(seed: 77), "enhanced/u1.wav")
        let outcome = try wavs(space.folders + few)
        try expectAgreement(n: 3, outcome)
        #expect(try fact("n", "stoi") == 2)
        let text = try report(["--db", "results.sqlite"]).output
        #expect(text.contains("s: stoi was computed for 2 of 3 items"), "\(text)")
        #expect(try ResultsStore(path: space.store, access: .readOnly).runs().count == 1)
    }

    @Test("replaced imports: rows that are gone are named, and changed rows need --replace")
    func replacedImport() throws {
        let heading = "system,speaker,utterance,snr_db,noise_type,pesq,stoi\n"
        try space.write(
            Data((heading + "s,p1,u1,5,car,2,0.5\ns,p1,u2,5,car,3,0.6\n").utf8), "a.csv")
        _ = try report(["import", "a.csv", "--db", "results.sqlite"])
        try space.write(
            Data("system,speaker,utterance,snr_db,noise_type,pesq\ns,p2,u1,5,car,2\n".utf8), "b.csv")
        let refused = try report(["import", "b.csv", "--db", "results.sqlite"], exitCode: 65)
        #expect(
            refused.errors.contains("speaker of u1 at 5.0 dB (car) of s is stored as p1 and now given as p2"))
        #expect(refused.errors.contains("--replace"))
        let replaced = try report(["import", "b.csv", "--db", "results.sqlite", "--replace"])
        #expect(replaced.output.contains("4 scores of earlier imports are gone"), "\(replaced)")
        #expect(replaced.output.contains("pesq of s for u2 at 5.0 dB (car): 3.0"), "\(replaced)")
        #expect(try fact("n", "pesq") == 1 && fact("n", "stoi") == nil)
        // The files of one command are one import.
        let both = try report(
            ["import", "a.csv", "c.csv", "--db", "results.sqlite", "--replace"], exitCode: 66)
        #expect(both.output.isEmpty)
        try space.write(Data((heading + "s,p1,u3,5,car,1,0.1\n").utf8), "c.csv")
        _ = try report(["import", "a.csv", "c.csv", "--db", "results.sqlite", "--replace"])
        #expect(try fact("n", "pesq") == 3)
    }

    @Test("remove prints what goes, and --dry-run leaves it")
    func remove() throws {
        try space.recordings(["u0"])
        try wavs(space.folders + few)
        let trial = try report(["remove", "--system", "s", "--db", "results.sqlite", "--dry-run"])
        #expect(trial.output.contains("run 1 of s") && trial.output.contains("nothing removed"), "\(trial)")
        #expect(try fact("n") == 1)
        _ = try report(["remove", "--run", "9", "--db", "results.sqlite"], exitCode: 64)
        _ = try report(["remove", "--system", "t", "--db", "results.sqlite"], exitCode: 64)
        _ = try report(["remove", "--db", "results.sqlite"], exitCode: 64)
        _ = try report(["remove", "--system", "s", "--db", "none.sqlite"], exitCode: 66)
        #expect(!FileManager.default.fileExists(atPath: space.file("none.sqlite")))
        _ = try report(["remove", "--system", "s", "--db", "results.sqlite"])
        #expect(try report(["list", "--db", "results.sqlite"]).output.contains("holds no runs"))
    }

    @Test("a loop over experiments reads statistics.si_snr.mean of each, of recordings and checkpoints alike")
    func loop() throws {
        try space.recordings(["u0", "u1"])
        for system in ["audio_only", "audio_rgb"] {
            let arguments = ["wavs", "--system", system, "--db", space.store] + space.folders
            let metrics = ["--metrics", "pesq,stoi,si_snr,sdr", "--quiet"]
            let outcome = try Tool.eval.run(arguments + metrics)
            #expect(outcome.exitCode == 0, "\(outcome)")
        }
        for experiment in ["audio_only", "audio_rgb"] {
            let file = space.file("eval/\(experiment)/eval_metrics.json")
            let whole = try json(file)
            #expect(whole["experiment"] as? String == experiment && whole["n_samples"] as? Int == 2)
            #expect(whole.keys.contains("checkpoint"))
            for metric in ["pesq", "stoi", "si_snr", "sdr"] {
                for name in ["mean", "std", "median", "ci_95_low", "ci_95_high", "n"] {
                    #expect(try statistic(name, metric, file: file) != nil, "\(metric) \(name)")
                }
            }
            let raw = try json(space.file("eval/\(experiment)/eval_raw_metrics.json"))
            #expect((raw["items"] as? [Any])?.count == 2 && (raw["si_snr"] as? [Any])?.count == 2)
        }
    }
}
