import TAVSEBase
import TAVSEStats
import TAVSEStore

/// Small tables of scores with known structure.
package enum SyntheticTable {
    /// `systems` scored on speakers × 3 utterances × 2 SNRs; score = speaker effect + noise + gain of the system.
    package static func make(
        systems: [String], gains: [Double], metrics: [ScoreTable.Metric] = [metric("pesq")],
        speakers: Int = 14,
        seed: UInt64 = 1
    ) -> ScoreTable {
        let generator = SplitMix64(seed: seed)
        var position: UInt64 = 0
        func uniform() -> Double {
            position += 1
            return Double(generator.output(position) >> 11) * 0x1p-53
        }
        var items: [ScoreTable.Item] = []
        for speaker in 0..<speakers {
            for utterance in 0..<3 {
                for snr in [-5.0, 5] {
                    items.append(
                        ScoreTable.Item(
                            utterance: "s\(10 + speaker)_u\(utterance)", speaker: "s\(10 + speaker)",
                            snrDB: snr,
                            noiseType: utterance == 0 ? "babble" : "cafe"))
                }
            }
        }
        let base = items.map { _ in 2 + uniform() }
        let columns = systems.indices.map { system in
            metrics.map { _ in
                ScoreTable.Column(
                    values: base.map { $0 + gains[system] + 0.2 * uniform() },
                    status: Array(repeating: ScoreTable.okStatus, count: items.count))
            }
        }
        return ScoreTable(
            items: items, systems: systems.map { ScoreTable.System(name: $0) }, metrics: metrics,
            columns: columns, statusNames: ["ok", "absent", "too_short"])
    }

    package static func metric(_ name: String, unit: String = "", higherIsBetter: Bool = true)
        -> ScoreTable.Metric
    {
        ScoreTable.Metric(name: name, signature: name, unit: unit, higherIsBetter: higherIsBetter)
    }
}

extension ScoreTable {
    /// The same table without a score: absent, or failed with the third status.
    package func removing(system: Int, metric: Int = 0, items: [Int], failed: Bool = false) -> ScoreTable {
        var table = self
        for item in items {
            table.columns[system][metric].values[item] = .nan
            table.columns[system][metric].status[item] = failed ? 2 : ScoreTable.absentStatus
        }
        return table
    }
}
