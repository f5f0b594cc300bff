import TAVSEBase
import TAVSEStats

/// One question that was decided on in advance, its answer in numbers, and the sentence that the numbers support.
public struct GateFinding: Sendable, Equatable {
    /// What is asked.
    public enum Kind: String, Sendable {
        /// Lowest against highest SNR, within utterances.
        case snr
        /// One noise type against the others, within utterances.
        case noise
        /// Lower against upper half of the frequency rows, within items.
        case frequency
        /// First against second half of the time, within items.
        case time
        /// One camera against another, within items.
        case modality
        /// Spearman's correlation with the SI-SNR improvement, over all items.
        case correlation
        /// The same within SNR and noise type.
        case correlationWithin = "correlation_within_condition"
        /// Without a modality against with all of them, within items.
        case removal
    }

    /// What the numbers support.
    public enum Verdict: String, Sendable {
        /// The difference is there: corrected p below α, and the interval without 0.
        case supported
        /// The numbers do not decide it.
        case noConclusion = "no_conclusion"
        /// Not enough speakers to decide anything.
        case tooFewSpeakers = "too_few_speakers"
        /// No interval could be made.
        case notEstimable = "not_estimable"
    }

    /// The words of a finding.
    struct Words: Sendable, Equatable {
        /// The claim when the estimate is positive, e.g. "The rgb gate is higher at -5 dB than at 15 dB".
        var above: String
        /// The claim when it is negative.
        var below: String
        /// What is asked, after "whether", e.g. "the rgb gate differs between -5 dB and 15 dB".
        var question: String
        /// Unit of the estimate with a space before it; empty for a pure number.
        var unit = ""
    }

    /// What is asked.
    public var kind: Kind
    /// Camera it is about; nil for the score.
    public var modality: String?
    /// Gate or contribution; nil for the score.
    public var quantity: GateQuantity?
    /// What is compared, e.g. "-5 dB − 15 dB".
    public var contrast: String
    /// Difference or correlation coefficient; NaN when there is none.
    public var estimate: Double
    /// Limits of the 95 % interval; NaN when not estimable.
    public var low: Double, high: Double
    /// Two-sided p, not corrected.
    public var p: Double
    /// p corrected by Holm's method over all findings of the report.
    public var adjustedP: Double
    /// Rows: utterances or items.
    public var n: Int
    /// Speakers (or utterances where the speaker is unknown).
    public var clusters: Int
    /// What the numbers support.
    public var verdict: Verdict
    let words: Words

    /// Unit of the estimate with a space before it; empty for a pure number.
    package var unit: String { words.unit }

    init(
        kind: Kind, modality: String?, quantity: GateQuantity?, contrast: String, words: Words,
        mean: ClusterRobustMean, level: Double
    ) throws(StatisticsError) {
        let interval = try mean.interval(level: level)
        self.init(
            kind: kind, modality: modality, quantity: quantity, contrast: contrast, words: words,
            estimate: mean.mean, interval: interval, p: mean.p.twoSided, n: mean.n,
            clusters: mean.clusterCount)
    }

    init(
        kind: Kind, modality: String?, quantity: GateQuantity?, contrast: String, words: Words,
        estimate: Double, interval: ConfidenceInterval, p: Double, n: Int, clusters: Int
    ) {
        self.kind = kind
        self.modality = modality
        self.quantity = quantity
        self.contrast = contrast
        self.words = words
        self.estimate = estimate
        (low, high) = (interval.low, interval.high)
        (self.p, adjustedP) = (p, p)
        (self.n, self.clusters) = (n, clusters)
        verdict = .noConclusion
    }

    package var isCorrelation: Bool { kind == .correlation || kind == .correlationWithin }

    /// Corrects the p-values for all findings together and settles what each supports.
    static func conclude(
        _ findings: inout [GateFinding], alpha: Double, minimumSpeakers: Int
    ) throws(StatisticsError) {
        let adjusted = try MultipleTesting.holm.adjust(findings.map(\.p))
        for index in findings.indices {
            let finding = findings[index]
            findings[index].adjustedP = adjusted[index]
            if finding.clusters < minimumSpeakers {
                findings[index].verdict = .tooFewSpeakers
            } else if finding.p.isNaN || finding.low.isNaN || finding.high.isNaN {
                findings[index].verdict = .notEstimable
            } else {
                let excludesZero = finding.low > 0 || finding.high < 0
                findings[index].verdict = excludesZero && adjusted[index] < alpha ? .supported : .noConclusion
            }
        }
    }

    /// Digits after the point that suit the interval.
    package var decimals: Int { min(4, NumberText.decimals(forHalfWidth: (high - low) / 2) ?? 3) }

    /// The numbers in brackets of the sentence.
    private func numbers(unit: String, alpha: Double) -> String {
        let percent = NumberText.exact(((1 - alpha) * 1000).rounded() / 10)
        let count = unit.split(separator: " ").map {
            $0 == "or" ? "or" : String($0) + (clusters == 1 ? "" : "s")
        }
        let interval = NumberText.interval(
            low: low, high: high, decimals: decimals, signed: isCorrelation || verdict == .noConclusion)
        return "\(percent) % interval \(interval), \(clusters) \(count.joined(separator: " ")), "
            + "p = \(NumberText.probability(adjustedP)) after Holm"
    }

    /// The sentence that the numbers support.
    ///
    /// - Parameters:
    ///   - clusterUnit: what a cluster is, e.g. "speaker".
    ///   - minimumSpeakers: how many are needed.
    ///   - alpha: level of the intervals.
    package func sentence(clusterUnit: String, minimumSpeakers: Int, alpha: Double) -> String {
        switch verdict {
        case .supported:
            let claim = estimate > 0 ? words.above : words.below
            if isCorrelation {
                return "\(claim) (Spearman \(NumberText.signed(estimate, decimals: decimals)), "
                    + "\(numbers(unit: clusterUnit, alpha: alpha)))"
            }
            // The claim has the direction, so size and interval are given without a sign.
            var positive = self
            if estimate < 0 { (positive.estimate, positive.low, positive.high) = (-estimate, -high, -low) }
            return "\(claim) by \(NumberText.fixed(positive.estimate, decimals: decimals))\(words.unit) "
                + "(\(positive.numbers(unit: clusterUnit, alpha: alpha)))"
        case .noConclusion:
            let name = isCorrelation ? "Spearman" : contrast
            return "No conclusion whether \(words.question): \(name) is "
                + "\(NumberText.signed(estimate, decimals: decimals))\(words.unit) "
                + "(\(numbers(unit: clusterUnit, alpha: alpha)))"
        case .tooFewSpeakers:
            return "No conclusion whether \(words.question): \(clusters) of the \(minimumSpeakers) "
                + "\(clusterUnit)s that it takes"
        case .notEstimable:
            return "No conclusion whether \(words.question): no interval can be made of these values"
        }
    }
}
