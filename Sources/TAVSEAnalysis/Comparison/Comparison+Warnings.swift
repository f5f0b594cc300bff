import TAVSEStats

extension Comparison {
    /// The same comparison with sentences about the choice of evaluations before its own warnings.
    package func withNotes(_ notes: [String]) -> Comparison {
        var copy = self
        copy.warnings =
            notes.map { Warning(kind: .selection, text: $0, systems: [], metric: nil) } + warnings
        return copy
    }

    private enum Limit {
        /// Share of failed rows beyond which a system's means may mislead.
        static let failureRate = 0.01
        /// Difference of such shares beyond which a comparison may mislead.
        static let failureGap = 0.005
    }

    /// What a reader must know before believing the tables.
    func makeWarnings(_ grouping: ItemGrouping) -> [Warning] {
        var warnings: [Warning] = []
        if grouping.unknownSpeakers > 0 {
            warnings.append(
                Warning(
                    kind: .unknownSpeakers,
                    text:
                        "\(grouping.unknownSpeakers) of \(settings.nItems) items name no speaker: utterances are "
                        + "the clusters there, so dependence between utterances of one speaker is ignored",
                    systems: [], metric: nil))
        }
        if !grouping.repeatedKeys.isEmpty {
            warnings.append(
                Warning(
                    kind: .repeatedKeys,
                    text:
                        "\(grouping.repeatedKeys.count) combinations of utterance, SNR and noise type occur as "
                        + "several items (first: \(grouping.repeatedKeys[0])); they are matched item by item",
                    systems: [], metric: nil))
        }
        warnings += clusterWarnings() + sameTestWarnings() + matchingWarnings() + failureWarnings()
        return warnings
    }

    private func clusterWarnings() -> [Warning] {
        var warnings: [Warning] = []
        let limited = pairs.filter {
            $0.status == .ok && $0.clusteredSignedRank.smallestP >= settings.threshold
        }
        if let worst = limited.map(\.clusteredSignedRank).min(by: { $0.nClustersUsed < $1.nClustersUsed }) {
            let remedy = worst.isMonteCarlo ? "; draw more sign patterns" : ""
            warnings.append(
                Warning(
                    kind: .fewSpeakers,
                    text:
                        "with \(worst.nClustersUsed) \(settings.clusterUnit)s the exact test cannot go below "
                        + "p = \(worst.smallestP), which is not under the threshold of \(settings.familySize) tests: "
                        + "\(limited.count) comparison\(limited.count == 1 ? "" : "s") cannot be significant\(remedy)",
                    systems: [], metric: nil))
        }
        if pairs.contains(where: \.clusteredSignedRank.isMonteCarlo) {
            warnings.append(
                Warning(
                    kind: .monteCarlo,
                    text: "more than 40 \(settings.clusterUnit)s: the exact tests over them are drawn "
                        + "(\(settings.signFlipPatterns) sign patterns, seed \(settings.signFlipSeed))",
                    systems: [], metric: nil))
        }
        return warnings
    }

    private func sameTestWarnings() -> [Warning] {
        metrics.compactMap { metric in
            metric.sameTestAs.map { other in
                Warning(
                    kind: .sameTest,
                    text:
                        "\(other) and \(metric.name) differ by the same number for every system: their paired "
                        + "tests are one test (\(settings.distinctTests) distinct of \(settings.familySize)); both "
                        + "stay in the family, which is on the safe side",
                    systems: [], metric: metric.name)
            }
        }
    }

    private func matchingWarnings() -> [Warning] {
        var warnings: [Warning] = []
        for pair in pairs {
            if pair.status == .noData {
                warnings.append(
                    Warning(
                        kind: .noData,
                        text:
                            "\(pair.first) and \(pair.second) have no usable row in common in \(pair.metric): there is no comparison, and "
                            + "it is not in the family of tests",
                        systems: [pair.first, pair.second], metric: pair.metric))
            } else if pair.nOnlyFirst + pair.nOnlySecond > 0, pair.metric == metrics.first?.name {
                warnings.append(
                    Warning(
                        kind: .unmatchedRows,
                        text:
                            "left out because the other system lacks them: \(pair.nOnlyFirst) rows of \(pair.first), "
                            + "\(pair.nOnlySecond) rows of \(pair.second)",
                        systems: [pair.first, pair.second], metric: nil))
            }
        }
        return warnings
    }

    private func failureWarnings() -> [Warning] {
        var warnings: [Warning] = []
        for metric in metrics {
            var rates: [(system: String, rate: Double)] = []
            for system in systems {
                guard let summary = models[system.name]?[metric.name], summary.failureRate.isFinite else {
                    continue
                }
                if system.kind == "enhanced" { rates.append((system.name, summary.failureRate)) }
                guard summary.failureRate > Limit.failureRate else { continue }
                let reasons = summary.failures.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
                warnings.append(
                    Warning(
                        kind: .failureRate,
                        text:
                            "\(metric.name) failed on \(summary.nNonfinite) of \(summary.n + summary.nNonfinite) rows "
                            + "of \(system.name) (\(reasons.joined(separator: ", "))). The mean covers the other rows; "
                            + "failures are usually the hardest rows, so it may be too good",
                        systems: [system.name], metric: metric.name))
            }
            guard let low = rates.min(by: { $0.rate < $1.rate }),
                let high = rates.max(by: { $0.rate < $1.rate }),
                high.rate - low.rate > Limit.failureGap
            else { continue }
            warnings.append(
                Warning(
                    kind: .failureGap,
                    text:
                        "\(metric.name) fails on \(PairComparison.decimal(100 * high.rate)) % of the rows of "
                        + "\(high.system) and \(PairComparison.decimal(100 * low.rate)) % of \(low.system): "
                        + "the systems are compared on the rows that both have, which may not be typical",
                    systems: [high.system, low.system], metric: metric.name))
        }
        return warnings
    }
}
