import TAVSEStore
import Testing

@testable import TAVSEEvaluation

@Suite struct MetricSummaryTests {
    private func table(speakers: [String?], lower: Bool = false) -> ScoreTable {
        let metric = ScoreTable.Metric(
            name: "pesq_wb", signature: "s", unit: "MOS-LQO", higherIsBetter: !lower)
        return ScoreTable(
            items: speakers.enumerated().map { ScoreTable.Item(utterance: "u\($0)", speaker: $1) },
            systems: [.init(name: "noisy", kind: .noisy), .init(name: "A")], metrics: [metric],
            columns: [
                [.init(values: [1, 1, .nan, 1], status: [0, 0, 2, 0])],
                [.init(values: [2, 3, 4, .nan], status: [0, 0, 0, 2])],
            ], statusNames: ["ok", "absent", "too_short"])
    }

    @Test("gives mean, spread, interval, counts and the gain over items that both have (closed form)")
    func summary() throws {
        let summary = try #require(
            MetricSummary.all(in: table(speakers: [nil, nil, nil, nil]), system: "A").first)
        #expect(summary.n == 3 && summary.nFailed == 1)
        #expect(summary.mean == 3 && summary.median == 3 && summary.standardDeviation == 1)
        // t(0.975, 2 degrees of freedom) = 4.302652729911275 (tables); times 1/√3.
        let half = 4.302652729911275 / 3.0.squareRoot()
        #expect(
            abs(summary.interval.high - (3 + half)) < 1e-9 && abs(summary.interval.low - (3 - half)) < 1e-9)
        #expect(summary.intervalMethod == .studentT)
        #expect(summary.noisyMean == 1 && summary.improvement == 1.5)
        let lower = MetricSummary.all(in: table(speakers: [nil, nil, nil, nil], lower: true), system: "A")
        #expect(lower.first?.improvement == -1.5)
    }

    @Test("takes speakers as the unit only where all are known (property)")
    func speakers() {
        let known = MetricSummary.all(in: table(speakers: ["a", "b", "c", "a"]), system: "A")
        #expect(known.first?.intervalMethod == .clusteredBySpeaker)
        let partly = MetricSummary.all(in: table(speakers: ["a", nil, "c", "a"]), system: "A")
        #expect(partly.first?.intervalMethod == .studentT)
    }

    @Test("prints one aligned line per metric, with the short name of PESQ (closed form)")
    func text() {
        let lines = SummaryText.table(table(speakers: [nil, nil, nil, nil]), system: "A").split(
            separator: "\n")
        #expect(lines.count == 2 && Set(lines.map(\.count)).count == 1)
        #expect(lines[1].hasPrefix("pesq ↑"))
    }
}
