import TAVSEReport
import TAVSEStats
import TAVSEStore
import TestSupport
import Testing

@testable import TAVSEAnalysis

@Suite struct GateAnalysisTests {
    private func analysis(
        _ gates: SyntheticGates, reduced: [GateSource.Reduced] = []
    ) throws -> GateAnalysis {
        let table = gates.table()
        var options = GateAnalysis.Options()
        options.replicates = 999
        return try GateAnalysis(
            GateSource(
                overview: SyntheticGates.overview(), table: table, scores: SyntheticGates.scores(table),
                reduced: reduced), options: options)
    }

    private func finding(
        _ analysis: GateAnalysis, _ kind: GateFinding.Kind, _ modality: String? = "rgb",
        _ quantity: GateQuantity? = .gate
    ) throws -> GateFinding {
        try #require(
            analysis.findings.first {
                $0.kind == kind && $0.modality == modality && $0.quantity == quantity
            })
    }

    @Test("finds a gate that opens at low SNR, its size and its sentence (closed form)")
    func snrEffect() throws {
        let result = try analysis(SyntheticGates(snrEffect: 0.2))
        let snr = try finding(result, .snr)
        #expect(snr.verdict == .supported && snr.n == 16 && snr.clusters == 8)
        // 0.2 planted; the mean of 24 tokens of 0.1·uniform differs by at most 0.1.
        #expect(abs(snr.estimate - 0.2) < 0.02 && snr.low < 0.2 && snr.high > 0.2)
        let sentence = result.sentence(snr)
        #expect(
            sentence.hasPrefix("The rgb gate is higher at -5 dB than at 5 dB by 0.1983 (95 % interval [0.19"))
        #expect(sentence.contains("8 speakers") && sentence.contains("after Holm"))
        #expect(try finding(result, .snr, "thermal").verdict == .noConclusion)
    }

    @Test("means by SNR, row and speaker are those of the plain sums (closed form)")
    func breakdowns() throws {
        let gates = SyntheticGates(snrEffect: 0.2, rowEffect: 0.05)
        let table = gates.table()
        let result = try analysis(gates)
        let summary = try #require(result.summaries.first { $0.modality == "rgb" && $0.quantity == .gate })
        func plain(_ holds: (Int) -> Bool) -> Double {
            let rows = (0..<table.rowCount).filter { table.modality[$0] == 0 && holds($0) }
            return rows.reduce(0) { $0 + table.mean[$1] } / Double(rows.count)
        }
        func description(_ row: Int) -> ItemDescription { table.items[Int(table.item[row])].description }
        #expect(abs(summary.overall.mean - plain { _ in true }) < 1e-12)
        let snr = try #require(summary.breakdown(.snr))
        #expect(snr.levels.map(\.key) == ["-5", "5"] && snr.levels.map(\.estimate.n) == [32, 32])
        #expect(abs(snr.levels[0].estimate.mean - plain { description($0).snrDB == -5 }) < 1e-12)
        let rows = try #require(summary.breakdown(.row))
        #expect(rows.levels.map(\.name) == ["0.0 kHz", "1.0 kHz", "2.0 kHz", "3.0 kHz"])
        for row in 0..<4 {
            #expect(abs(rows.levels[row].estimate.mean - plain { table.frequencyRow[$0] == row }) < 1e-12)
        }
        let slots = try #require(summary.breakdown(.slot))
        #expect(slots.levels.map(\.name).prefix(3) == ["0.00 s", "0.32 s", "0.64 s"])
        #expect(abs(slots.levels[5].estimate.mean - plain { table.timeSlot[$0] == 5 }) < 1e-12)
        let speakers = try #require(summary.breakdown(.speaker))
        #expect(speakers.levels.count == 8)
        #expect(abs(speakers.levels[3].estimate.mean - plain { description($0).speaker == "s13" }) < 1e-12)
        #expect(speakers.levels[3].estimate.low.isNaN)
        // Six slots over tenths: the first tenth lies in slot 0, the second in slots 0 and 1.
        let first = plain { table.timeSlot[$0] == 0 && table.frequencyRow[$0] == 2 }
        let second = plain { table.timeSlot[$0] <= 1 && table.frequencyRow[$0] == 2 }
        #expect(abs(summary.heatMap[2][0] - first) < 1e-12 && abs(summary.heatMap[2][1] - second) < 1e-12)
        #expect(abs(summary.histogram.shares.reduce(0, +) - 1) < 1e-12)
        #expect(abs((summary.groupSpread ?? 0) - 0.1) < 1e-12)
        #expect(summary.quantiles == summary.quantiles.sorted() && summary.tokens == 64 * 24)
    }

    @Test("finds rows, cameras and a gate that goes with the improvement (closed form)")
    func otherEffects() throws {
        let result = try analysis(SyntheticGates(rowEffect: 0.05, itemEffect: 0.2, thermalEffect: -0.1))
        let frequency = try finding(result, .frequency)
        #expect(frequency.verdict == .supported && abs(frequency.estimate - -0.1) < 0.02)
        #expect(
            result.sentence(frequency).hasPrefix(
                "The rgb gate is lower up to 1.0 kHz than from 2.0 kHz by 0.09"))
        let modality = try finding(result, .modality)
        #expect(modality.verdict == .supported && modality.contrast == "rgb − thermal")
        for kind in [GateFinding.Kind.correlation, .correlationWithin] {
            let correlation = try finding(result, kind)
            #expect(correlation.verdict == .supported && correlation.estimate > 0.8)
            #expect(result.sentence(correlation).contains("rise together"))
        }
        let summary = result.summaries[0]
        let pooled = try #require(
            summary.correlations.first { $0.scope == .pooled && $0.result.kind == .pearson })
        let direct = try Correlation.pearson.coefficient(
            summary.points.map(\.mean), summary.points.map(\.improvement))
        #expect(pooled.result.estimate == direct)
    }

    @Test(
        "draws no conclusion from pure noise, whichever noise it is (property)",
        arguments: 1...6 as ClosedRange<UInt64>)
    func noise(seed: UInt64) throws {
        let result = try analysis(SyntheticGates(seed: seed))
        // Contributions of rgb and thermal have different scales by construction.
        let asked = result.findings.filter { !($0.kind == .modality && $0.quantity == .contribution) }
        #expect(asked.count == 25)
        for finding in asked {
            #expect(finding.verdict == .noConclusion, "\(result.sentence(finding))")
            #expect(result.sentence(finding).hasPrefix("No conclusion whether "))
        }
    }

    @Test("draws no conclusion from few speakers, however large the effect (closed form)")
    func fewSpeakers() throws {
        let result = try analysis(SyntheticGates(speakers: 4, snrEffect: 0.3))
        let snr = try finding(result, .snr)
        #expect(snr.verdict == .tooFewSpeakers)
        #expect(result.sentence(snr).hasSuffix("4 of the 6 speakers that it takes"))
    }

    @Test("measures what a removed modality changes, item by item (closed form)")
    func removal() throws {
        let table = SyntheticGates().table()
        var gates = GateTable(items: table.items, modalities: ["rgb"])
        for row in 0..<table.rowCount where table.modality[row] == 0 {
            gates.append(
                item: Int(table.item[row]), modality: 0,
                GateRecord(
                    modality: "rgb", frequencyRow: Int(table.frequencyRow[row]),
                    timeSlot: Int(table.timeSlot[row]), mean: table.mean[row] + 0.125, p10: 0, p50: 0.5,
                    p90: 1, effectiveContribution: table.effectiveContribution[row]))
        }
        let scores = SyntheticGates.scores(table).mapValues { $0 - 1 }
        let result = try analysis(
            SyntheticGates(),
            reduced: [
                .init(
                    overview: SyntheticGates.overview("A+R", modalities: ["audio", "rgb"], id: 2),
                    table: gates,
                    scores: scores),
                .init(
                    overview: SyntheticGates.overview("A", modalities: ["audio"], id: 3),
                    table: GateTable(items: [], modalities: []), scores: scores),
            ])
        let gate = try finding(result, .removal)
        #expect(abs(gate.estimate - 0.125) < 1e-12 && gate.n == 64)
        #expect(result.sentence(gate).hasPrefix("Without thermal, the rgb gate is higher by 0.12"))
        let contribution = try finding(result, .removal, "rgb", .contribution)
        #expect(contribution.verdict == .noConclusion && contribution.estimate == 0)
        let score = result.findings.filter { $0.kind == .removal && $0.modality == nil }
        #expect(score.map(\.contrast) == ["without thermal − with", "without rgb and thermal − with"])
        #expect(score.allSatisfy { abs($0.estimate - -1) < 1e-12 && $0.verdict == .supported })
        #expect(result.reducedSystems == ["A+R", "A"])
    }

    @Test(
        "Holm's correction is over all findings, and intervals without 0 can still be no conclusion (property)"
    )
    func correction() throws {
        let result = try analysis(SyntheticGates(snrEffect: 0.2))
        let adjusted = try MultipleTesting.holm.adjust(result.findings.map(\.p))
        #expect(result.findings.map(\.adjustedP) == adjusted)
        for finding in result.findings where finding.verdict == .supported {
            #expect(finding.adjustedP < 0.05 && (finding.low > 0 || finding.high < 0))
        }
    }

    @Test("works without scores, conditions, contribution or configuration (property)")
    func sparse() throws {
        let items = (0..<3).map { index in
            GateTable.Item(description: ItemDescription(utterance: "u\(index)"), key: "k\(index)")
        }
        var table = GateTable(items: items, modalities: ["rgb"])
        for index in items.indices {
            table.append(
                item: index, modality: 0,
                GateRecord(
                    modality: "rgb", frequencyRow: 0, timeSlot: 0, mean: 0.5, p10: 0.5, p50: 0.5, p90: 0.5,
                    effectiveContribution: nil))
        }
        var overview = SyntheticGates.overview(modalities: ["audio", "rgb"])
        overview.run.config = nil
        let result = try GateAnalysis(GateSource(overview: overview, table: table, scores: [:]))
        #expect(result.summaries.map(\.quantity) == [.gate] && result.findings.isEmpty)
        #expect(result.grid == nil && result.clusterUnit == "utterance" && result.scoredCount == 0)
        // The HTML's script names NaN itself.
        for format in GateReport.Format.allCases where format != .html {
            let text = GateReport(result, toolVersion: "test").text(format, figureFolder: "figures")
            #expect(!text.contains("NaN") && !text.contains("nan"))
        }
    }

    @Test("refuses tokens that no grid has and options out of range (closed form)")
    func malformed() throws {
        let item = GateTable.Item(description: ItemDescription(utterance: "u"), key: "k")
        var table = GateTable(items: [item], modalities: ["rgb"])
        table.append(
            item: 0, modality: 0,
            GateRecord(
                modality: "rgb", frequencyRow: 2_000_000_000, timeSlot: 0, mean: 0.5, p10: 0.5, p50: 0.5,
                p90: 0.5, effectiveContribution: nil))
        let source = GateSource(overview: SyntheticGates.overview(), table: table, scores: [:])
        #expect(
            throws: GateError.malformed(
                item: "u", what: "frequency row", found: 2_000_000_000, limit: 64)
        ) { try GateAnalysis(source) }
        var options = GateAnalysis.Options()
        options.alpha = 0
        #expect(throws: GateError.options(.notAProbability(what: "alpha", found: 0))) {
            try GateAnalysis(source, options: options)
        }
    }
}
