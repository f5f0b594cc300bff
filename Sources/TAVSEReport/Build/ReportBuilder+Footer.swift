import TAVSEAnalysis
import TAVSEBase
import TAVSEMetrics
import TAVSEStore

extension ReportBuilder {
    /// What a reviewer asks: counts, family, tests, seeds, signatures, provenance, limits.
    func footer() -> [String] {
        counts() + comparison.warnings.map(\.text) + methods() + signatures() + provenance() + [
            "What this cannot tell: variation between training runs. One checkpoint per system supports claims about these "
                + "checkpoints only."
        ]
    }

    private func counts() -> [String] {
        let settings = comparison.settings
        var lines = [
            "\(settings.nItems) items, \(settings.nClusters) \(clusterUnits); rows are matched by item "
                + (settings.matching == .strict
                    ? "(strict: a row without a partner is an error)."
                    : "(lenient: rows without a partner are left out).")
        ]
        let failed = comparison.systems.compactMap { system -> String? in
            let parts = comparison.metrics.compactMap { metric -> String? in
                guard let summary = comparison.models[system.name]?[metric.name], summary.nNonfinite > 0
                else {
                    return nil
                }
                let reasons = summary.failures.sorted { ItemOrder.text($0.key, $1.key) }
                    .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
                return "\(ReportLabels.name(metric)) \(summary.nNonfinite) (\(reasons))"
            }
            return parts.isEmpty ? nil : "\(ReportLabels.system(system)): \(parts.joined(separator: ", "))"
        }
        lines.append(
            failed.isEmpty
                ? "Failed scores: none."
                : "Failed scores, left out of that metric only: \(failed.joined(separator: "; ")).")
        return lines
    }

    private func methods() -> [String] {
        guard !comparison.pairs.isEmpty else { return [] }
        let settings = comparison.settings
        let alpha = NumberText.exact(settings.alpha)
        var lines = [
            "Family: \(settings.familySize) planned tests"
                + (settings.distinctTests < settings.familySize
                    ? " (\(settings.distinctTests) distinct)" : "")
                + ", level \(alpha). Verdicts: two-sided exact clustered signed-rank test over \(clusterUnits), "
                + "Holm's correction.",
            "\"Rows treated as independent\": row-wise Wilcoxon (zeros: \(settings.zeroMethod.rawValue); exact up to 50 "
                + "non-zero differences, no continuity correction), Bonferroni, threshold \(alpha)/\(settings.familySize) = "
                + "\(NumberText.fixed(settings.threshold, decimals: 7)). Shown for comparison; not valid where rows share a "
                + "speaker.",
        ]
        let cells = comparison.pairs.filter { $0.disagreement != nil }
        if !cells.isEmpty {
            let effects = cells.map(\.designEffect).filter(\.isFinite).sorted()
            let range = effects.first.flatMap { low in effects.last.map { (low, $0) } }
            let words = range.map { low, high in
                let range =
                    NumberText.fixed(low, decimals: 1)
                    + (low == high ? "" : " to \(NumberText.fixed(high, decimals: 1))")
                let meaning =
                    low >= 1
                    ? ": a row carries that many times less information than an independent one"
                    : "; above 1 a row carries less information than an independent one, below 1 more"
                return " (design effect \(range)\(meaning))"
            }
            lines.append(
                "\(ReportLabels.disagreementMark) In \(Self.count(cells.count, "cell")) the two tests decide differently, "
                    + "because rows of one \(settings.clusterUnit) are not independent\(words ?? "").")
        }
        lines.append(
            "Intervals: cluster-robust CR2 with Satterthwaite degrees of freedom; each holds alone at 95 %. Cluster bootstrap "
                + "(in the JSON): \(settings.bootstrapReplicates) resamples, seed base \(settings.bootstrapSeedBase) "
                + "(SplitMix64). Tie tolerance \(NumberText.exact(settings.tieTolerance)).")
        lines.append(
            settings.equivalenceMargins.isEmpty
                ? "No equivalence margins were given: \"no conclusion\" does not mean equal."
                : "Equivalence margins, given by the user: "
                    + settings.equivalenceMargins.sorted { ItemOrder.text($0.key, $1.key) }
                    .map { "\(MetricCatalog.label($0.key)) ±\(NumberText.exact($0.value))" }.joined(
                        separator: ", ")
                    + ".")
        return lines
    }

    private func signatures() -> [String] {
        let list = comparison.metrics.map { "\(ReportLabels.name($0)): \($0.signature)" }
        return ["Signatures: \(list.joined(separator: "; "))."]
    }

    private func provenance() -> [String] {
        let runs = source.runs.map { overview -> String in
            let run = overview.run
            var parts = ["run \(overview.id.rawValue) (\(run.source.rawValue), version \(run.toolVersion))"]
            let hashes = [
                ("checkpoint", run.checkpointHash), ("configuration", run.configHash),
                ("manifest", run.manifestHash),
                ("noise", run.noiseHash),
            ]
            parts += hashes.compactMap { name, hash in hash.map { "\(name) \($0.prefix(12))" } }
            if let modalities = run.modalities {
                parts.append("modalities \(modalities.joined(separator: "+"))")
            }
            if let seed = run.seed { parts.append("seed \(seed)") }
            if let partial = overview.partialText { parts.append("not complete: \(partial)") }
            return "\(run.system): \(parts.joined(separator: ", "))"
        }
        return [
            "Scores from \(runs.joined(separator: "; ")).", "Made by tavse-report \(options.toolVersion).",
        ]
    }
}
