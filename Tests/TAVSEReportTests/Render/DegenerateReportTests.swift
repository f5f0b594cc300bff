import TAVSEAnalysis
import TAVSEStore
import TestSupport
import Testing

@testable import TAVSEReport

@Suite("Reports of degenerate stores: every format, no crash, no number out of nothing")
struct DegenerateReportTests {
    /// What is broken in a table.
    enum Damage: CaseIterable {
        case nothing, oneSystemFailed, everythingFailed, oneMetricFailed, noOverlap, allEqual, absentMetric
    }

    private static func table(systems: Int, speakers: Int, perSpeaker: Int, _ damage: Damage) -> ScoreTable {
        let names = Array(["noisy", "A", "B", "C", "=1+1|cmd"].prefix(systems))
        let metrics = [SyntheticTable.metric("pesq"), SyntheticTable.metric("lsd", higherIsBetter: false)]
        var table = SyntheticTable.make(
            systems: names, gains: names.indices.map { 0.1 * Double($0) }, metrics: metrics,
            speakers: speakers)
        table.systems[0].kind = .noisy
        let kept = table.items.indices.filter { $0 % 6 < perSpeaker }
        table.items = kept.map { table.items[$0] }
        for system in names.indices {
            for metric in metrics.indices {
                table.columns[system][metric].values = kept.map { table.columns[system][metric].values[$0] }
                table.columns[system][metric].status = kept.map { table.columns[system][metric].status[$0] }
            }
        }
        let all = Array(table.items.indices)
        for system in names.indices {
            for metric in metrics.indices {
                switch damage {
                case .nothing: break
                case .oneSystemFailed where system == names.count - 1, .everythingFailed,
                    .oneMetricFailed where metric == 1:
                    table = table.removing(system: system, metric: metric, items: all, failed: true)
                case .noOverlap:
                    let failed = all.filter { $0 % 2 == system % 2 }
                    table = table.removing(system: system, metric: metric, items: failed, failed: true)
                case .allEqual: table.columns[system][metric].values = all.map { _ in 2 }
                case .absentMetric where metric == 1 && system == names.count - 1:
                    table = table.removing(system: system, metric: metric, items: all)
                default: break
                }
            }
        }
        return table
    }

    @Test("every format is written (property)", arguments: 1...5, [1, 2, 5])
    func formats(systems: Int, speakers: Int) throws {
        for perSpeaker in [1, 2, 6] {
            for damage in Damage.allCases {
                let table = Self.table(
                    systems: systems, speakers: speakers, perSpeaker: perSpeaker, damage)
                var options = ComparisonOptions()
                options.bootstrapReplicates = 20
                options.matching = .lenient
                let report = try Report(
                    source: ReportSource(table: table, runs: [], samples: [], folder: "."),
                    comparison: options, options: .init(toolVersion: "test"))
                for format in Report.Format.allCases {
                    let text = try report.text(format, figureFolder: "figures")
                    #expect(!text.isEmpty)
                    if format == .csv {
                        #expect(!text.contains("mean_rank,NaN") && !text.contains(",=1+1|cmd"))
                    }
                }
                if systems > 1 {
                    options.pair = .init(first: "A", second: "noisy")
                    let comparison = try Comparison(table, options: options)
                    #expect(PairText(comparison).text(first: "A", second: "noisy") != nil)
                }
            }
        }
    }

    @Test("without a common block there are no ranks, and one entry per system (closed form)")
    func noBlocks() throws {
        let table = Self.table(systems: 4, speakers: 3, perSpeaker: 2, .oneSystemFailed)
        var options = ComparisonOptions()
        options.bootstrapReplicates = 20
        let omnibus = try #require(try Comparison(table, options: options).omnibus["pesq"])
        #expect(omnibus.friedman.nBlocks == 0)
        #expect(omnibus.friedman.meanRanks.count == 3)
        #expect(omnibus.friedman.meanRanks.allSatisfy { $0.isNaN })
    }
}

@Suite("Verdicts name systems, and differences are first minus second")
struct VerdictWordingTests {
    @Test("compare A B and compare B A say the same with opposite signs (property)")
    func order() throws {
        let table = SyntheticTable.make(systems: ["A", "B"], gains: [0, 0.3])
        var options = ComparisonOptions()
        options.pair = .init(first: "A", second: "B")
        let forward = try #require(try Comparison(table, options: options).pairs.first)
        options.pair = .init(first: "B", second: "A")
        let backward = try #require(try Comparison(table, options: options).pairs.first)
        #expect(forward.meanDifference == -backward.meanDifference)
        #expect(forward.betterSystem == "B" && backward.betterSystem == "B")
        #expect(ReportLabels.words(forward) == ReportLabels.words(backward))
        #expect(ReportLabels.words(forward).hasPrefix("B better than A by 0."))
    }

    @Test(
        "the noisy input can be compared, and every system stands beside it in the first table (closed form)")
    func noisy() throws {
        var table = SyntheticTable.make(systems: ["noisy", "A"], gains: [0, 0.3])
        table.systems[0].kind = .noisy
        let comparison = try Comparison(table)
        let improvement = try #require(comparison.improvements?.first)
        #expect(improvement.first == "A" && improvement.second == "noisy")
        #expect(improvement.verdict == .firstBetter)
        let report = try Report(
            source: ReportSource(table: table, runs: [], samples: [], folder: "."),
            comparison: ComparisonOptions(), options: .init(toolVersion: "test"))
        #expect(try report.text(.markdown).contains("A against the noisy input: better in PESQ"))
    }

    @Test("bold needs a verdict over every other system (closed form)")
    func bold() throws {
        let clear = SyntheticTable.make(systems: ["A", "B"], gains: [0, 0.3])
        let same = SyntheticTable.make(systems: ["A", "B"], gains: [0, 0])
        for (table, isBold) in [(clear, true), (same, false)] {
            let report = try Report(
                source: ReportSource(table: table, runs: [], samples: [], folder: "."),
                comparison: ComparisonOptions(), options: .init(toolVersion: "test"))
            let bold = try report.text(.markdown).contains { $0 == "*" }
            let cells = try report.text(.markdown).split(separator: "\n").filter {
                $0.hasPrefix("|") && $0.contains("**")
            }
            #expect(bold && cells.isEmpty == !isBold)
        }
    }
}

@Suite("LaTeX fragments and wide export")
struct FragmentTests {
    private static func report() throws -> (Report, ScoreTable) {
        var table = SyntheticTable.make(systems: ["noisy", "A_1", "B"], gains: [0, 0.3, 0.6])
        table.systems[0].kind = .noisy
        let source = ReportSource(table: table, runs: [], samples: [], folder: ".")
        return (
            try Report(source: source, comparison: ComparisonOptions(), options: .init(toolVersion: "test")),
            table
        )
    }

    @Test(
        "a fragment is one tabular with booktabs rules and no package beyond",
        arguments: LaTeXTable.Kind.allCases)
    func fragment(_ kind: LaTeXTable.Kind) throws {
        let text = try Self.report().0.latexTable(kind)
        #expect(text.contains("\\begin{tabular}") && text.hasSuffix("\\bottomrule\n\\end{tabular}\n"))
        #expect(!text.contains("\\documentclass") && !text.contains("resizebox") && text.contains("A\\_1"))
        if kind == .main {
            #expect(text.contains("$^{*}$") && text.contains("\\textbf{") && text.contains("$\\Delta$"))
        }
    }

    @Test("a wide export has a row per system and item (closed form)")
    func wide() throws {
        let lines = WideExport.csv(try Self.report().1).split(separator: "\n")
        #expect(lines.count == 1 + 3 * 84)
        #expect(lines.first == "system,utterance,speaker,snr_db,noise_type,split,pesq")
    }
}
