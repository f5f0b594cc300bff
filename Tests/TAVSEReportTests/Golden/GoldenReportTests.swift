import Foundation
import TAVSEAnalysis
import TAVSEMetrics
import TAVSEReport
import TAVSEStore
import TestSupport
import Testing

/// Where the repository's fixtures of reports lie.
enum ReportFixtures {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("fixtures/report")

    /// Metrics are known by the catalogue.
    static let options = ImportOptions(vocabulary: MetricCatalog.vocabulary)

    /// A report of the fixture's scores, through a store as a user makes one.
    static func report(margins: [String: Double] = [:]) throws -> Report {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tavse-\(UUID().uuidString).sqlite"
        ).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let store = try ResultsStore(path: path, access: .readWrite)
        let file = try ScoreFile(
            path: folder.appendingPathComponent("scores.csv").path, options: Self.options)
        _ = try ScoreFile.add([file], to: store, toolVersion: "test")
        var options = ComparisonOptions()
        options.margins = margins
        return try Report(
            source: ReportSource(store: store), comparison: options, options: .init(toolVersion: "test"))
    }

    /// Compares a text with a golden file, or writes it when `TAVSE_UPDATE_GOLDEN` is set.
    static func check(_ text: String, _ name: String) throws {
        let url = folder.appendingPathComponent("golden").appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["TAVSE_UPDATE_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
            return
        }
        let golden = try String(contentsOf: url, encoding: .utf8)
        let (lines, expected) = (text.split(separator: "\n"), golden.split(separator: "\n"))
        let first = zip(lines, expected).enumerated().first { $0.element.0 != $0.element.1 }
        let place = first.map { "line \($0.offset + 1):\n\($0.element.0)\nexpected:\n\($0.element.1)" }
        #expect(
            text == golden, "\(name) differs: \(place ?? "\(lines.count) lines, expected \(expected.count)")")
    }
}

@Suite struct GoldenReportTests {
    @Test("every format is the same, byte for byte (whole-file pin)", arguments: Report.Format.allCases)
    func format(_ format: Report.Format) throws {
        let report = try ReportFixtures.report(margins: ["pesq": 0.2])
        try ReportFixtures.check(try report.text(format, figureFolder: Report.figureFolder), format.fileName)
    }

    @Test("a picture of each kind is the same, byte for byte (whole-file pin)")
    func figures() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tavse-\(UUID().uuidString)"
        ).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let written = try ReportFixtures.report(margins: ["pesq": 0.2]).write([.markdown], to: folder)
        let names = written.map { URL(fileURLWithPath: $0).lastPathComponent }
        #expect(names.contains("report.md"))
        for name in ["snr-pesq.svg", "noise-stoi.svg", "differences-pesq.svg", "ranks-lsd.svg"] {
            #expect(names.contains(name))
            let text = try String(contentsOfFile: folder + "/figures/" + name, encoding: .utf8)
            try ReportFixtures.check(text, "figures/" + name)
        }
    }

    @Test("the same scores in another row order give the same report (property)")
    func orderDoesNotMatter() throws {
        let text = try String(
            contentsOf: ReportFixtures.folder.appendingPathComponent("scores.csv"), encoding: .utf8)
        let lines = text.split(separator: "\n").map(String.init)
        let shuffled = [lines[0]] + lines.dropFirst().reversed()
        try TemporaryFile.with(Array(shuffled.joined(separator: "\n").utf8)) { path in
            let table = try ScoreFile(path: path, options: ReportFixtures.options).table
            let original = try ScoreFile(
                path: ReportFixtures.folder.appendingPathComponent("scores.csv").path,
                options: ReportFixtures.options
            ).table
            let store = FileManager.default.temporaryDirectory.path
            let reports = try [table, original].map { table in
                try Report(
                    source: ReportSource(table: table, runs: [], samples: [], folder: store),
                    comparison: ComparisonOptions(), options: .init(toolVersion: "test")
                ).text(.markdown)
            }
            #expect(reports[0] == reports[1])
        }
    }
}
