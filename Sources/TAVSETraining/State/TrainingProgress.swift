/// Where a training run is: everything besides weights and moments that the rest of it depends on.
struct TrainingProgress: Codable, Equatable {
    /// The epoch being trained, from 1.
    var epoch = 1
    /// Batches of it that are behind; all of them when only its validation is left.
    var batch = 0
    /// Optimiser steps behind, skipped ones included; the schedule follows it.
    var step = 0
    /// Over the epoch so far.
    var epochSums = LossSums()
    /// Since the last report.
    var intervalSums = LossSums()
    /// The best checkpoints, best first.
    var ranking: [RankedCheckpoint] = []
    /// The best epoch so far.
    var best: RankedCheckpoint?
    /// Skipped steps in all.
    var skippedSteps = 0
    /// Skipped steps in a row up to now.
    var skippedInARow = 0

    /// What was wrong with the data so far: per file or utterance, the kind of data and what was said. nil in states of
    /// versions that ended at the first bad example.
    var badData: [String: BadData]?

    /// Something wrong with the data that training continued without.
    struct BadData: Codable, Equatable {
        /// What of the data it concerns, as the names of ``DataFingerprint`` do: `train_audio`, `train_noise`.
        var kinds: [String]
        /// What was said.
        var reason: String
    }

    /// Finished epochs since the best one, or since the start.
    var epochsWithoutImprovement: Int { epoch - 1 - (best?.epoch ?? 0) }

    /// Enters a validation score.
    ///
    /// The best is the highest, the earliest among equals; a score that is not finite is never kept.
    ///
    /// - Returns: whether the epoch is the best so far, whether its checkpoint is kept, and whose checkpoints go.
    mutating func rank(
        _ siSNR: Double?, keeping count: Int
    ) -> (isBest: Bool, kept: RankedCheckpoint?, dropped: [RankedCheckpoint]) {
        guard let siSNR, siSNR.isFinite else { return (false, nil, []) }
        let entry = RankedCheckpoint(epoch: epoch, siSNR: siSNR)
        let isBest = best.map { siSNR > $0.siSNR } ?? true
        if isBest { best = entry }
        ranking.append(entry)
        ranking.sort { ($1.siSNR, $0.epoch) < ($0.siSNR, $1.epoch) }
        let dropped = Array(ranking.dropFirst(count))
        ranking.removeLast(dropped.count)
        return (isBest, ranking.contains(entry) ? entry : nil, dropped.filter { $0 != entry })
    }

    /// Goes to the next epoch.
    mutating func finishEpoch() {
        epoch += 1
        batch = 0
        epochSums = LossSums()
    }
}
