import TAVSEAnalysis
import TAVSEBase
import TAVSEMetrics
import TAVSEStore

/// Names as a report prints them.
enum ReportLabels {
    /// "SI-SNR ↑ (dB)": printed name, direction, unit.
    static func metric(_ metric: Comparison.MetricInfo) -> String {
        let unit = metric.unit.isEmpty ? "" : " (\(metric.unit))"
        return "\(name(metric)) \(metric.higherIsBetter ? "↑" : "↓")\(unit)"
    }

    /// "SI-SNR".
    static func name(_ metric: Comparison.MetricInfo) -> String { MetricCatalog.label(metric.name) }

    /// "A+R − A".
    static func pair(_ pair: PairComparison) -> String { "\(pair.first) − \(pair.second)" }

    /// The system's name, with what it is when it is a reference.
    static func system(_ system: Comparison.SystemInfo) -> String {
        switch system.kind {
        case ScoreTable.System.Kind.noisy.rawValue: "noisy input"
        case ScoreTable.System.Kind.oracle.rawValue: "oracle mask"
        default: system.name
        }
    }

    /// A stem of file names and anchors: lower-case ASCII letters and digits, hyphens for all else.
    static func stem(_ text: String) -> String {
        let characters = text.lowercased().map { character in
            character.isASCII && (character.isLetter || character.isNumber) ? character : "-"
        }
        let parts = String(characters).split(separator: "-")
        return parts.isEmpty ? "x" : parts.joined(separator: "-")
    }

    /// Stems of several names, made different by a number where they would be the same.
    static func stems(_ names: [String]) -> [String] {
        var seen: [String: Int] = [:]
        return names.map { name in
            let base = stem(name)
            seen[base, default: 0] += 1
            let count = seen[base] ?? 1
            return count == 1 ? base : "\(base)-\(count)"
        }
    }

    /// A verdict as a word and its colour.
    static func tone(_ verdict: PairComparison.Verdict) -> ReportTable.Tone {
        switch verdict {
        case .firstBetter: .good
        case .secondBetter: .bad
        case .noConclusion, .equivalent, .noData: .plain
        case .cannotBeSignificant: .warning
        }
    }

    /// Mark of a cell where the row-wise decision and the primary one differ.
    static let disagreementMark = "†"

    /// The verdict with the mark of disagreement.
    static func verdict(_ pair: PairComparison) -> String {
        words(pair) + (pair.disagreement == nil ? "" : " " + disagreementMark)
    }

    /// The verdict with the better system's name and the mean difference.
    static func words(_ pair: PairComparison) -> String {
        guard let better = pair.betterSystem, let worse = pair.worseSystem else {
            return pair.verdict.rawValue
        }
        return "\(better) better than \(worse)\(amount(pair))"
    }

    /// " by 0.31": the mean difference as the better system's gain; empty where ranks and mean disagree.
    static func amount(_ pair: PairComparison) -> String {
        let isFirst = pair.verdict == .firstBetter
        let gain = isFirst == pair.higherIsBetter ? pair.meanDifference : -pair.meanDifference
        guard gain > 0, gain.isFinite else { return "" }
        let digits =
            NumberText.decimals(forHalfWidth: (pair.cr2.interval95.high - pair.cr2.interval95.low) / 2) ?? 3
        return " by \(NumberText.fixed(gain, decimals: digits))"
    }
}
