import Foundation
import TAVSEAnalysis
import TestSupport
import Testing

@Suite struct ReportCommandTests {
    private static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
            "fixtures/report/scores.csv"
        ).path

    /// A folder with the fixture's scores in `x.sqlite`.
    private func imported() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let outcome = try Tool.report.run(["import", Self.fixture, "--db", "x.sqlite"], in: folder.path)
        try #require(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.output.contains("192 rows, 4 systems, 3 metrics, 48 items; 576 scores added"))
        return folder
    }

    @Test("the report goes to standard output, or whole into a folder, and is the same twice (property)")
    func report() throws {
        let folder = try imported()
        let first = try Tool.report.run(["--db", "x.sqlite"], in: folder.path)
        #expect(first.exitCode == 0, "\(first)")
        #expect(first.output.hasPrefix("# Comparison of speech enhancement systems\n"))
        #expect(first.errors == "")
        #expect(try Tool.report.run(["report", "--db", "x.sqlite"], in: folder.path).output == first.output)
        var texts: [[String: Data]] = []
        for name in ["a", "b"] {
            let outcome = try Tool.report.run(["--db", "x.sqlite", "--out", name], in: folder.path)
            #expect(outcome.exitCode == 0, "\(outcome)")
            var files: [String: Data] = [:]
            for line in outcome.output.split(separator: "\n") {
                files[String(line.dropFirst(2))] = FileManager.default.contents(
                    atPath: folder.path + "/" + line)
            }
            texts.append(files)
        }
        #expect(texts[0] == texts[1])
        #expect(
            Set(texts[0].keys).isSuperset(of: [
                "report.md", "report.csv", "report.tex", "report.html", "report.json",
            ]))
    }

    @Test("systems, metrics, split and formats can be chosen")
    func selection() throws {
        let folder = try imported()
        let outcome = try Tool.report.run(
            [
                "--db", "x.sqlite", "--systems", "base+video,base", "--metrics", "stoi", "--format", "csv",
                "--lenient",
            ],
            in: folder.path)
        #expect(outcome.exitCode == 0, "\(outcome)")
        let pairs = outcome.output.split(separator: "\n").filter {
            $0.hasPrefix("pair,") && $0.contains(",verdict,")
        }
        #expect(pairs.count == 1)
        #expect(pairs.first?.hasPrefix("pair,stoi,,base,base+video,") == true)
        #expect(!outcome.output.contains("pesq"))
        let unknown = try Tool.report.run(["--db", "x.sqlite", "--split", "train"], in: folder.path)
        #expect(unknown.exitCode == 65)
        #expect(unknown.errors.contains("holds no scores of split \"train\""))
    }

    @Test("a store with one system still gets its summary")
    func oneSystem() throws {
        let folder = try TemporaryFolder()
        let table = try folder.write("utterance,pesq\nu1,2\nu2,3\n", to: "one.csv")
        #expect(
            try Tool.report.run(["import", table, "--db", "x.sqlite", "--system", "only"], in: folder.path)
                .exitCode == 0)
        for format in ["md", "csv", "latex", "html", "json"] {
            let outcome = try Tool.report.run(["--db", "x.sqlite", "--format", format], in: folder.path)
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(outcome.output.contains("only"))
        }
        let text = try Tool.report.run(["--db", "x.sqlite"], in: folder.path).output
        #expect(text.contains("Nothing to compare"))
    }

    @Test("compare prints one pair, in either order of the names")
    func compare() throws {
        let folder = try imported()
        let outcome = try Tool.report.run(
            ["compare", "base", "base+video", "--metric", "pesq", "--db", "x.sqlite"], in: folder.path)
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.output.hasPrefix("PESQ ↑: base − base+video\n"))
        #expect(outcome.output.contains("base+video better"))
        let same = try Tool.report.run(["compare", "base", "base", "--db", "x.sqlite"], in: folder.path)
        #expect(same.exitCode == 64)
        let unknown = try Tool.report.run(["compare", "base", "nobody", "--db", "x.sqlite"], in: folder.path)
        #expect(unknown.exitCode == 64)
        #expect(unknown.errors.contains("no system named \"nobody\""))
    }

    @Test("list shows runs and metrics; export gives back every score")
    func listAndExport() throws {
        let folder = try imported()
        let list = try Tool.report.run(["list", "--db", "x.sqlite"], in: folder.path)
        #expect(list.exitCode == 0)
        #expect(list.output.contains("| base+video |"))
        #expect(list.output.contains("lsd ↓ (decades)"))
        let export = try Tool.report.run(["export", "--db", "x.sqlite"], in: folder.path)
        #expect(export.output.split(separator: "\n").count == 1 + 576)
        let lines = try Tool.report.run(["export", "--db", "x.sqlite", "--format", "jsonl"], in: folder.path)
        #expect(lines.output.split(separator: "\n").count == 576)
        let guide = try Tool.report.run(
            ["export", "--db", "x.sqlite", "--format", "guide", "--out", "g"], in: folder.path)
        #expect(guide.exitCode == 0, "\(guide)")
        let metrics = try String(
            contentsOfFile: folder.path + "/g/base+video/eval_metrics.json", encoding: .utf8)
        #expect(metrics.contains("\"n_failed\": 1"))
        #expect(
            try Tool.report.run(["export", "--db", "x.sqlite", "--format", "guide"], in: folder.path).exitCode
                == 64)
    }

    @Test("importing again changes nothing; a contradiction is refused and leaves the store as it was")
    func importTwice() throws {
        let folder = try imported()
        let again = try Tool.report.run(["import", Self.fixture, "--db", "x.sqlite"], in: folder.path)
        #expect(again.output.contains("0 scores added, 576 unchanged"))
        let before = try Tool.report.run(["export", "--db", "x.sqlite"], in: folder.path).output
        let other = try folder.write(
            "system,speaker,utterance,snr_db,noise_type,pesq\nnew,s01,s01_u1,-5,traffic,1\nbase,s01,s01_u1,-5,traffic,4\n",
            to: "other.csv")
        let refused = try Tool.report.run(["import", other, "--db", "x.sqlite"], in: folder.path)
        #expect(refused.exitCode == 65, "\(refused)")
        #expect(try Tool.report.run(["export", "--db", "x.sqlite"], in: folder.path).output == before)
        let replaced = try Tool.report.run(
            ["import", other, "--db", "x.sqlite", "--replace"], in: folder.path)
        #expect(replaced.output.contains("1 scores added, 0 unchanged, 1 replaced"), "\(replaced)")
    }

    @Test("merge joins shards once")
    func merge() throws {
        let folder = try imported()
        for expected in ["576 scores added", "0 scores added"] {
            let outcome = try Tool.report.run(["merge", "x.sqlite", "--db", "all.sqlite"], in: folder.path)
            #expect(outcome.exitCode == 0, "\(outcome)")
            #expect(outcome.output.contains(expected))
        }
        #expect(
            try Tool.report.run(["merge", "no.sqlite", "--db", "all.sqlite"], in: folder.path).exitCode == 66)
    }

    @Test("check exits 0 when every rule holds and 4 when one is broken or undecided")
    func check() throws {
        let folder = try imported()
        let rules = try folder.write(
            #"{"rules": [{"metric": "pesq", "allowed_drop": 0.1, "because": "audible"}]}"#,
            to: "rules.json")
        func run(_ baseline: String, _ candidate: String) throws -> Tool.Outcome {
            try Tool.report.run(
                [
                    "check", "--db", "x.sqlite", "--baseline", baseline, "--candidate", candidate, "--rules",
                    rules,
                    "--junit", "j.xml", "--json", "j.json",
                ], in: folder.path)
        }
        let good = try run("base", "base+video")
        #expect(good.exitCode == 0, "\(good)")
        let bad = try run("base+video", "base")
        #expect(bad.exitCode == 4, "\(bad)")
        #expect(bad.output.contains("BROKEN"))
        #expect(
            try String(contentsOfFile: folder.path + "/j.xml", encoding: .utf8).contains("failures=\"1\""))
        #expect(
            try String(contentsOfFile: folder.path + "/j.json", encoding: .utf8).contains("\"passed\": false")
        )
        let broken = try folder.write("{}", to: "rules.json")
        #expect(broken == rules)
        #expect(try run("base", "base+video").exitCode == 64)
    }

    @Test("what is wrong with a store is said in one line with the right exit code")
    func badStores() throws {
        let folder = try TemporaryFolder()
        func run(_ name: String) throws -> Tool.Outcome {
            try Tool.report.run(["--db", name], in: folder.path)
        }
        #expect(try run("missing.sqlite").exitCode == 66)
        _ = try folder.write("", to: "empty.sqlite")
        #expect(try run("empty.sqlite").exitCode == 65)
        _ = try folder.write("this is not a database, only some words", to: "words.sqlite")
        let words = try run("words.sqlite")
        #expect(words.exitCode == 65)
        #expect(words.errors.contains("is not an SQLite database"))
        #expect(words.errors.split(separator: "\n").count == 1)
    }

    @Test("a folder that cannot be written is error 73, a wrong option 64")
    func badOutput() throws {
        let folder = try imported()
        _ = try folder.write("in the way", to: "file")
        let blocked = try Tool.report.run(["--db", "x.sqlite", "--out", "file"], in: folder.path)
        #expect(blocked.exitCode == 73, "\(blocked)")
        for arguments in [
            ["--format", "pdf"], ["--format", "md,csv"], ["--alpha", "2"], ["--margins", "pesq"],
            ["--margins", "pesq=-1"],
            ["--margins", "nope=1"], ["--metrics", "nope"], ["--systems", "nobody"], ["--resamples", "0"],
            ["--family", "2"],
        ] {
            let outcome = try Tool.report.run(["--db", "x.sqlite"] + arguments, in: folder.path)
            #expect(outcome.exitCode == 64, "\(arguments): \(outcome)")
            #expect(outcome.output == "")
        }
    }
}
