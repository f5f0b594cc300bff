import TAVSEAnalysis
import TAVSEReport
import TAVSEStats
import TAVSEStore
import TestSupport
import Testing

@Suite("Comparison")
struct ComparisonTests {
    @Test("names the better system, and the other one when lower is better")
    func direction() throws {
        let metrics = [
            SyntheticTable.metric("pesq"), SyntheticTable.metric("lsd", unit: "dB", higherIsBetter: false),
        ]
        let table = SyntheticTable.make(systems: ["A", "A+R"], gains: [0, 0.3], metrics: metrics)
        let comparison = try Comparison(table)
        #expect(comparison.pairs.map(\.first) == ["A+R", "A+R"])
        #expect(comparison.pairs.map(\.verdict) == [.firstBetter, .secondBetter])
        #expect(comparison.pairs.allSatisfy { $0.meanDifference > 0.2 })
        // The higher mean rank is the better system in both directions.
        #expect(try #require(comparison.omnibus["pesq"]).friedman.meanRanks == [1, 2])
        #expect(try #require(comparison.omnibus["lsd"]).friedman.meanRanks == [2, 1])
    }

    @Test("is the same for any number of threads, order of items and order of systems (property)")
    func invariance() throws {
        let table = SyntheticTable.make(systems: ["A", "A+R", "A+T", "A+R+T"], gains: [0, 0.05, 0.02, 0.1])
        let reference = try Comparison(table)
        var options = ComparisonOptions()
        options.threads = 1
        #expect(try Comparison(table, options: options).jsonData() == reference.jsonData())

        var reversed = table
        reversed.systems.reverse()
        reversed.columns.reverse()
        #expect(try Comparison(reversed).jsonData() == reference.jsonData())
    }

    @Test("strict matching lists the items that lack a partner; lenient matching counts and reports them")
    func matching() throws {
        let table = SyntheticTable.make(systems: ["A", "A+R"], gains: [0, 0.3]).removing(
            system: 1, items: [0, 7])
        #expect(
            throws: ComparisonError.unmatched(
                first: "A+R", second: "A", metric: "pesq", onlyFirst: [],
                onlySecond: [
                    PairingKey(utterance: "s10_u0", snrDB: -5, condition: "babble"),
                    PairingKey(utterance: "s11_u0", snrDB: 5, condition: "babble"),
                ])
        ) { try Comparison(table) }
        var options = ComparisonOptions()
        options.matching = .lenient
        let comparison = try Comparison(table, options: options)
        #expect(comparison.pairs[0].nOnlySecond == 2)
        #expect(comparison.pairs[0].nPairs == 82)
        #expect(comparison.warnings.map(\.kind) == [.unmatchedRows])
    }

    @Test("failed rows are left out of their metric alone, counted by reason, and warned about")
    func failures() throws {
        let metrics = [SyntheticTable.metric("pesq"), SyntheticTable.metric("stoi")]
        let table = SyntheticTable.make(systems: ["A", "A+R"], gains: [0, 0.3], metrics: metrics)
            .removing(system: 0, items: [1, 2], failed: true)
        let comparison = try Comparison(table)
        #expect(comparison.pairs.map(\.nNonfinite) == [2, 0])
        let summary = try #require(comparison.models["A"]?["pesq"])
        #expect(summary.failures == ["too_short": 2])
        #expect(summary.failureRate == 2.0 / 84)
        #expect(comparison.failedRows.map(\.reason) == ["too_short", "too_short"])
        #expect(comparison.failedRows.map(\.utterance) == ["s10_u0", "s10_u1"])
        #expect(comparison.warnings.map(\.kind) == [.failureRate, .failureGap])
    }

    @Test("a metric one system was never scored in gives no data, and is not in the family")
    func neverScored() throws {
        let metrics = [SyntheticTable.metric("pesq"), SyntheticTable.metric("stoi")]
        let table = SyntheticTable.make(systems: ["A", "A+R"], gains: [0, 0.3], metrics: metrics)
            .removing(system: 0, metric: 1, items: Array(0..<84))
        let comparison = try Comparison(table)
        let missing = comparison.pairs[1]
        #expect(missing.status == .noData)
        #expect(missing.wilcoxon.p.isNaN && missing.clusteredSignedRank.pExact.isNaN)
        #expect(missing.adjusted.clusteredSignedRank.holm.isNaN)
        #expect(missing.verdict == .noData)
        let p = comparison.pairs[0].clusteredSignedRank.pExact
        #expect(comparison.pairs[0].adjusted.clusteredSignedRank.holm == p)
        #expect(comparison.warnings.map(\.kind) == [.noData])
    }

    @Test("identical systems: p = 1, interval [0, 0], no conclusion")
    func identical() throws {
        var table = SyntheticTable.make(systems: ["A", "A+R"], gains: [0, 0])
        table.columns[1] = table.columns[0]
        let pair = try Comparison(table).pairs[0]
        #expect(pair.status == .allZero)
        #expect(pair.wilcoxon.p == 1 && pair.clusteredSignedRank.pExact == 1 && pair.signFlipP == 1)
        #expect(pair.cr2.interval95 == ConfidenceInterval(level: 0.95, low: 0, high: 0))
        #expect(pair.rankBiserial == 0 && pair.cohenDz.isNaN && pair.verdict == .noConclusion)
    }

    @Test("a constant difference up to round-off is constant, and the rank test decides")
    func constant() throws {
        var table = SyntheticTable.make(systems: ["A", "A+R"], gains: [0, 0])
        table.columns[1][0].values = table.columns[0][0].values.map { $0 + 0.3 }
        let pair = try Comparison(table).pairs[0]
        #expect(pair.status == .constant)
        #expect(pair.cr2.t == .infinity && pair.cr2.p == 0)
        #expect(pair.clusteredSignedRank.pExact == 0x1p-13)
        #expect(pair.verdict == .firstBetter)
    }

    @Test("too few speakers for the threshold: says so instead of testing")
    func fewSpeakers() throws {
        let table = SyntheticTable.make(systems: ["A", "A+R"], gains: [0, 0.5], speakers: 5)
        let comparison = try Comparison(table)
        #expect(comparison.pairs[0].clusteredSignedRank.smallestP == 0x1p-4)
        #expect(comparison.pairs[0].verdict == .cannotBeSignificant)
        #expect(comparison.pairs[0].guide.isSignificant)
        #expect(comparison.pairs[0].disagreement != nil)
        #expect(comparison.warnings.map(\.kind) == [.fewSpeakers])
    }

    @Test("one speaker: row-wise numbers only")
    func oneSpeaker() throws {
        let table = SyntheticTable.make(systems: ["A", "A+R"], gains: [0, 0.5], speakers: 1)
        let pair = try Comparison(table).pairs[0]
        #expect(pair.cr2.status == .tooFewClusters)
        #expect(pair.clusteredSignedRank.pExact.isNaN && pair.signFlipP.isNaN)
        #expect(pair.wilcoxon.p.isFinite)
    }

    @Test("unknown speakers: utterances are the clusters, with a warning")
    func unknownSpeakers() throws {
        var table = SyntheticTable.make(systems: ["A", "A+R"], gains: [0, 0.3])
        for index in table.items.indices { table.items[index].speaker = nil }
        let comparison = try Comparison(table)
        #expect(comparison.settings.clusterUnit == "utterance")
        #expect(comparison.settings.nClusters == 42)
        #expect(comparison.pairs[0].clusteredSignedRank.isMonteCarlo)
        #expect(comparison.warnings.map(\.kind) == [.unknownSpeakers, .monteCarlo])
    }

    @Test("with margins a small difference is equivalent; without, never")
    func equivalence() throws {
        let table = SyntheticTable.make(systems: ["A", "A+R"], gains: [0, 0.001])
        #expect(try Comparison(table).pairs[0].verdict == .noConclusion)
        var options = ComparisonOptions()
        options.margins = ["pesq": 0.1]
        let pair = try Comparison(table, options: options).pairs[0]
        #expect(pair.verdict == .equivalent)
        #expect(try #require(pair.equivalence).equivalent)
        options.margins = ["pesk": 0.1]
        #expect(throws: ComparisonError.unknownMargin(metric: "pesk", known: ["pesq"])) {
            try Comparison(table, options: options)
        }
    }

    @Test("metrics that differ by the same offset for every system are one test")
    func sameTest() throws {
        let metrics = [
            SyntheticTable.metric("si_snr", unit: "dB"), SyntheticTable.metric("si_snri", unit: "dB"),
        ]
        var table = SyntheticTable.make(
            systems: ["A", "A+R", "A+T"], gains: [0, 0.1, 0.2], metrics: metrics)
        for system in 0..<3 {
            for item in table.items.indices {
                table.columns[system][1].values[item] =
                    table.columns[system][0].values[item] - Double(item % 7)
            }
        }
        let comparison = try Comparison(table)
        #expect(comparison.metrics.map(\.sameTestAs) == [nil, "si_snr"])
        #expect(comparison.settings.distinctTests == 3)
        #expect(comparison.warnings.map(\.kind) == [.sameTest])
    }

    @Test("the noisy input and the oracle are not members of the family; improvements are one of their own")
    func references() throws {
        var table = SyntheticTable.make(systems: ["noisy", "A", "A+R", "oracle"], gains: [0, 0.2, 0.3, 1])
        table.systems[0].kind = .noisy
        table.systems[3].kind = .oracle
        let comparison = try Comparison(table)
        #expect(comparison.pairs.count == 1)
        #expect(comparison.settings.familySize == 1)
        #expect(comparison.systems.map(\.name) == ["A", "A+R", "noisy", "oracle"])
        #expect(comparison.models.count == 4)
        #expect(comparison.improvements?.map(\.first) == ["A", "A+R"])
    }

    @Test("a declared family larger than the tests is used; a smaller one is refused")
    func family() throws {
        let table = SyntheticTable.make(systems: ["A", "A+R", "A+T"], gains: [0, 0.3, 0.3])
        var options = ComparisonOptions()
        options.familySize = 30
        let comparison = try Comparison(table, options: options)
        #expect(comparison.settings.threshold == 0.05 / 30)
        let pair = comparison.pairs[0]
        #expect(pair.adjusted.wilcoxon.bonferroni == min(1, 30 * pair.wilcoxon.p))
        options.familySize = 2
        #expect(throws: ComparisonError.options(.familyTooSmall(planned: 2, tests: 3))) {
            try Comparison(table, options: options)
        }
    }

    @Test("refuses tables that hold nothing, repeat a name, or name two speakers for one item")
    func refusal() throws {
        let table = SyntheticTable.make(systems: ["A", "A+R"], gains: [0, 0.3])
        var empty = table
        empty.items = []
        #expect(throws: ComparisonError.emptyTable(what: "item")) { try Comparison(empty) }
        var twice = table
        twice.systems[1].name = "A"
        #expect(throws: ComparisonError.duplicateName("A")) { try Comparison(twice) }
        var short = table
        short.columns[0][0].values.removeLast()
        #expect(throws: ComparisonError.malformedTable(system: "A", metric: "pesq")) { try Comparison(short) }
        var conflict = table
        conflict.items[1] = conflict.items[0]
        conflict.items[1].speaker = "someone else"
        #expect(throws: ComparisonError.self) { try Comparison(conflict) }
    }

    @Test(
        "pairs come with the richer system first where names tell, in table order otherwise",
        arguments: [
            (
                ["A+R+T", "A+T", "A", "A+R"],
                ["A+R>A", "A+T>A", "A+R+T>A", "A+T>A+R", "A+R+T>A+R", "A+R+T>A+T"]
            ),
            (["audio_rgb", "audio_only"], ["audio_rgb>audio_only"]),
            (["mpsenet", "demucs"], ["demucs>mpsenet"]),
            // What takes something away comes before the plain system: plain minus control is what the video gives.
            (
                ["audio_rgb", "audio_rgb+shuffle", "audio_rgb@audio"],
                [
                    "audio_rgb+shuffle>audio_rgb@audio", "audio_rgb>audio_rgb@audio",
                    "audio_rgb>audio_rgb+shuffle",
                ]
            ),
            (
                ["ART@audio+rgb", "ART", "ART@audio", "ART@audio+rgb+zero"],
                [
                    "ART@audio+rgb+zero>ART@audio", "ART@audio+rgb>ART@audio", "ART>ART@audio",
                    "ART@audio+rgb>ART@audio+rgb+zero", "ART>ART@audio+rgb+zero", "ART>ART@audio+rgb",
                ]
            ),
            (["audio_rgb+shift", "audio_only"], ["audio_rgb+shift>audio_only"]),
        ])
    func pairOrder(systems: [String], expected: [String]) throws {
        let table = SyntheticTable.make(systems: systems, gains: systems.map { _ in 0 })
        #expect(try Comparison(table).pairs.map { "\($0.first)>\($0.second)" } == expected)
    }
}
