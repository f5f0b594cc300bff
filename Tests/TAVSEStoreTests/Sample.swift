import Foundation

@testable import TAVSEStore

/// Small records that tests vary.
enum Sample {
    static let stoi = MetricDescription(name: "stoi", signature: "STOI|v:1")
    static let lsd = MetricDescription(name: "lsd", signature: "LSD|v:1", unit: "dB", higherIsBetter: false)

    static func item(_ utterance: String, snr: Double? = 0, clean: String? = "c", noisy: String? = "n")
        -> ItemDescription
    {
        ItemDescription(
            utterance: utterance, speaker: "s1", split: "test", snrDB: snr, noiseType: "babble",
            cleanHash: clean,
            noisyHash: noisy)
    }

    static func run(_ system: String, generation: Int = 1) -> RunDescription {
        RunDescription(system: system, source: .recordings, generation: generation, toolVersion: "1.0")
    }

    /// Stores one metric's values of a system, by utterance.
    @discardableResult
    static func fill(
        _ store: ResultsStore, system: String, generation: Int = 1, metric: MetricDescription = stoi,
        started: Date = Date(timeIntervalSince1970: 0), noisy: Double? = nil, _ values: [(String, Double)]
    ) throws -> RunID {
        let run = try store.openRun(self.run(system, generation: generation), started: started).run
        let id = try store.register([metric])[0]
        try store.commit(
            values.map { utterance, value in
                var scores = [ScoreRecord(signal: .enhanced, metric: id, outcome: ScoreOutcome(value))]
                if let noisy {
                    scores.append(ScoreRecord(signal: .noisy, metric: id, outcome: .value(noisy)))
                }
                return ItemResult(
                    item: item(utterance), estimate: EstimateRecord(path: nil, contentHash: "e"),
                    scores: scores)
            }, run: run)
        try store.setStatus(.finished, of: run, finished: started)
        return run
    }
}
