import Foundation
import TAVSEAnalysis
import TAVSEBase
import TAVSEStore
import TestSupport
import Testing

@testable import TAVSEReport

@Suite struct GateReportTests {
    private func report() throws -> GateReport {
        let table = SyntheticGates(speakers: 6, snrEffect: 0.2).table()
        var options = GateAnalysis.Options()
        options.replicates = 199
        return GateReport(
            try GateAnalysis(
                GateSource(
                    overview: SyntheticGates.overview(), table: table, scores: SyntheticGates.scores(table)),
                options: options), toolVersion: "test")
    }

    @Test(
        "text formats are the same, byte for byte (whole-file pin)",
        arguments: [GateReport.Format.markdown, .json])
    func format(_ format: GateReport.Format) throws {
        try ReportFixtures.check(
            try report().text(format, figureFolder: GateReport.figureFolder), format.fileName)
    }

    @Test("a picture of each kind is the same, byte for byte (whole-file pin)")
    func figures() throws {
        let figures = try report().document.figures
        for name in ["heat-map-rgb-gate", "distribution-gate", "improvement-gate", "snr-gate"] {
            let figure = try #require(figures.first { $0.id == name })
            try ReportFixtures.check(figure.file, "gates-\(name).svg")
        }
        #expect(Set(figures.map(\.id)).count == figures.count)
    }

    @Test("the HTML holds every picture and needs nothing else (property)")
    func html() throws {
        let report = try report()
        let html = report.text(.html)
        #expect(html.components(separatedBy: "<svg").count - 1 == report.document.figures.count)
        for outside in ["http:", "https:", "src=", "href=\"/"] {
            #expect(!html.replacing("http://www.w3.org/2000/svg", with: "").contains(outside))
        }
    }

    @Test("the CSV has one fact per line under seven columns, and every finding's sentence (property)")
    func csv() throws {
        let report = try report()
        let lines = report.text(.csv).split(separator: "\n")
        #expect(lines.first == "table,modality,quantity,condition,condition_value,statistic,value")
        #expect(lines.contains("breakdown,rgb,gate,snr_db,-5,n,24"))
        #expect(
            lines.count { $0.hasPrefix("finding,") && $0.contains(",sentence,") }
                == report.analysis.findings.count)
    }

    @Test("writes the same files again, and reads a store by system name (property)")
    func store() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tavse-\(UUID().uuidString)"
        ).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try OutputFolder.make(folder)
        let store = try ResultsStore(path: folder + "/r.sqlite", access: .readWrite)
        #expect(
            throws: GateError.noGates(path: store.path, system: nil, split: nil, known: [])
        ) { try GateSource(store: store) }
        let table = SyntheticGates(speakers: 6).table()
        for overview in [
            SyntheticGates.overview(), SyntheticGates.overview("A+R", modalities: ["audio", "rgb"]),
            SyntheticGates.overview("other", checkpoint: "beef"),
        ] {
            let run = try store.openRun(overview.run).run
            let metric = try store.register([
                MetricDescription(name: "si_snr", signature: "s", unit: "dB")
            ])[0]
            for (index, item) in table.items.enumerated() {
                try store.commit(
                    [
                        ItemResult(
                            item: item.description, estimate: EstimateRecord(path: nil, contentHash: "e"),
                            scores: [
                                ScoreRecord(
                                    signal: .noisy, metric: metric, outcome: .value(item.noisyScore ?? 0)),
                                ScoreRecord(
                                    signal: .enhanced, metric: metric,
                                    outcome: .value(item.enhancedScore ?? 0)),
                            ])
                    ], run: run)
                let rows = (0..<table.rowCount).filter { Int(table.item[$0]) == index }
                    .filter {
                        overview.run.modalities?.contains(table.modalities[Int(table.modality[$0])]) ?? true
                    }
                try store.replaceGates(
                    rows.map { row in
                        GateRecord(
                            modality: table.modalities[Int(table.modality[row])],
                            frequencyRow: Int(table.frequencyRow[row]), timeSlot: Int(table.timeSlot[row]),
                            mean: table.mean[row], p10: table.p10[row], p50: table.p50[row],
                            p90: table.p90[row], effectiveContribution: table.effectiveContribution[row])
                    }, of: item.description, run: run)
            }
            if overview.run.system == "A+R" {
                // A run with fewer modalities of the same checkpoint is not a second system to choose from.
                #expect(try GateSource(store: store).overview.run.system == "A+R+T")
            }
        }
        #expect(throws: GateError.severalSystems(path: store.path, known: ["A+R+T", "other"])) {
            try GateSource(store: store)
        }
        #expect(
            throws: GateError.noGates(
                path: store.path, system: "B", split: nil, known: ["A+R+T", "A+R", "other"])
        ) { try GateSource(store: store, system: "B") }
        let source = try GateSource(store: store, system: "A+R+T", split: "test")
        #expect(source.table == table && source.reduced.map(\.overview.run.system) == ["A+R"])
        var options = GateAnalysis.Options()
        options.replicates = 99
        let report = GateReport(try GateAnalysis(source, options: options), toolVersion: "test")
        let files = try report.write(to: folder + "/one").map { URL(fileURLWithPath: $0).lastPathComponent }
        #expect(
            files.contains("gates.md") && files.contains("gates.html")
                && files.contains("heat-map-rgb-gate.svg"))
        options.threads = 1
        let again = GateReport(
            try GateAnalysis(GateSource(store: store, system: "A+R+T", split: "test"), options: options),
            toolVersion: "test")
        for format in GateReport.Format.allCases { #expect(report.text(format) == again.text(format)) }
        var lines = 0
        GateRowExport.write(source.table, overview: source.overview) { _ in lines += 1 }
        #expect(lines == table.rowCount + 1)
    }
}
