import TAVSEStats

/// A mean over items with its cluster-robust interval.
public struct GateEstimate: Sendable, Equatable {
    /// Items.
    public var n: Int
    /// Speakers (or utterances where the speaker is unknown).
    public var clusters: Int
    /// Mean over items.
    public var mean: Double
    /// Limits of the 95 % interval (CR2); NaN with fewer than two speakers.
    public var low: Double, high: Double
}

/// The means of one modality and quantity in each of several conditions.
public struct GateBreakdown: Sendable, Equatable {
    /// By what the tokens or items are divided.
    public enum Kind: String, Sendable, CaseIterable {
        /// Signal-to-noise ratio of the item.
        case snr = "snr_db"
        /// Noise type of the item.
        case noise = "noise_type"
        /// Frequency row of the token.
        case row = "frequency_row"
        /// Tenth of the item in which the token lies.
        case part = "relative_time"
        /// Time slot of the token, from the beginning of the item.
        case slot = "time_slot"
        /// Speaker of the item.
        case speaker
    }
    /// One condition.
    public struct Level: Sendable, Equatable {
        /// Key as it is exported, e.g. "-5", "babble", "0".
        public var key: String
        /// Name as it is printed, e.g. "-5 dB".
        public var name: String
        /// Place along an axis; nil for conditions without an order.
        public var place: Double?
        /// The mean.
        public var estimate: GateEstimate
    }
    /// By what.
    public var kind: Kind
    /// Conditions in order.
    public var levels: [Level]
}

/// How an item's mean goes together with its SI-SNR improvement.
public struct GateCorrelation: Sendable, Equatable {
    /// Which items are compared with which.
    public enum Scope: String, Sendable {
        /// All items: conditions that raise both the gate and the improvement show up as correlation.
        case pooled
        /// Every item's distance from the mean of its own SNR and noise type: what conditions do to both is taken out.
        case withinCondition = "within_condition"
    }
    /// Which items are compared.
    public var scope: Scope
    /// Coefficient, interval, p.
    public var result: ClusterCorrelation
}

/// Shares of tokens between equally wide bounds; every item weighs the same.
public struct GateHistogram: Sendable, Equatable {
    /// Lower end of the first bin.
    public var low: Double
    /// Upper end of the last bin.
    public var high: Double
    /// Share of each bin, sum 1.
    public var shares: [Double]
}

/// Everything about one modality and quantity.
public struct GateSummary: Sendable, Equatable {
    /// One item in the scatter plot.
    public struct Point: Sendable, Equatable {
        /// The item's mean.
        public var mean: Double
        /// Its SI-SNR improvement, dB.
        public var improvement: Double
    }

    /// Camera.
    public var modality: String
    /// Gate or effective contribution.
    public var quantity: GateQuantity
    /// Over all items.
    public var overall: GateEstimate
    /// Tokens.
    public var tokens: Int
    /// 5, 25, 50, 75 and 95 % quantiles of the tokens (type 7).
    public var quantiles: [Double]
    /// Mean distance of the 90th from the 10th percentile over the groups of a token; nil for the contribution.
    public var groupSpread: Double?
    /// Distribution of the tokens.
    public var histogram: GateHistogram
    /// By condition; a breakdown that nothing is known for is left out.
    public var breakdowns: [GateBreakdown]
    /// Means per frequency row and tenth of the item, `[row][part]`; NaN where there is no token.
    public var heatMap: [[Double]]
    /// Items with an SI-SNR improvement.
    public var points: [Point]
    /// Pearson and Spearman, pooled and within conditions; empty without improvements.
    public var correlations: [GateCorrelation]

    /// Probabilities of ``quantiles``.
    public static let probabilities = [0.05, 0.25, 0.5, 0.75, 0.95]

    /// The breakdown of a kind; nil when nothing is known for it.
    public func breakdown(_ kind: GateBreakdown.Kind) -> GateBreakdown? {
        breakdowns.first { $0.kind == kind }
    }
}
