/// A metric as it was computed; scores of different signatures are never compared.
public struct MetricDescription: Sendable, Hashable {
    /// Name, e.g. "pesq_wb".
    public var name: String
    /// Every choice that could move the score.
    public var signature: String
    /// Name in words; may be empty.
    public var title: String
    /// Unit, e.g. "dB"; empty for a pure number.
    public var unit: String
    /// Whether larger scores are better.
    public var higherIsBetter: Bool
    /// Smallest possible score; nil when unbounded.
    public var lowerBound: Double?
    /// Greatest possible score; nil when unbounded.
    public var upperBound: Double?

    /// Describes a metric; see the properties.
    public init(
        name: String, signature: String, title: String = "", unit: String = "", higherIsBetter: Bool = true,
        lowerBound: Double? = nil, upperBound: Double? = nil
    ) {
        self.name = name
        self.signature = signature
        self.title = title
        self.unit = unit
        self.higherIsBetter = higherIsBetter
        self.lowerBound = lowerBound
        self.upperBound = upperBound
    }
}

/// A finite value, or why there is none.
public enum ScoreOutcome: Sendable, Hashable {
    /// A finite number.
    case value(Double)
    /// A short code, e.g. "too_short", and a sentence.
    case failed(status: String, reason: String)

    /// A value, or a failure in words where the number is not finite.
    public init(_ number: Double) {
        if number.isFinite {
            self = .value(number)
        } else if number.isNaN {
            self = .failed(status: "not_a_number", reason: "the value is NaN")
        } else {
            self = .failed(status: "infinite", reason: "the value is \(number > 0 ? "+" : "−")infinity")
        }
    }

    /// The number; nil for a failure.
    public var value: Double? {
        if case .value(let number) = self { number } else { nil }
    }

    /// "ok" or the failure's code.
    public var status: String {
        if case .failed(let status, _) = self { status } else { "ok" }
    }

    /// The failure's sentence; nil for a value.
    public var reason: String? {
        if case .failed(_, let reason) = self { reason } else { nil }
    }
}

/// One score of an item.
public struct ScoreRecord: Sendable, Hashable {
    /// Which signal.
    public var signal: SignalKind
    /// Which metric.
    public var metric: MetricID
    /// A value, or why there is none.
    public var outcome: ScoreOutcome
    /// Time taken; nil when not measured.
    public var milliseconds: Double?

    /// Describes a score; see the properties.
    public init(signal: SignalKind, metric: MetricID, outcome: ScoreOutcome, milliseconds: Double? = nil) {
        self.signal = signal
        self.metric = metric
        self.outcome = outcome
        self.milliseconds = milliseconds
    }
}

/// What a run produced for an item.
public struct EstimateRecord: Sendable, Hashable {
    /// File, as given; nil for audio that was never a file.
    public var path: String?
    /// SHA-256 of the samples; nil when the file could not be read.
    public var contentHash: String?
    /// Samples cut from the longer signals so that all have the same length.
    public var trimmedSamples: Int
    /// Time the system took; nil when not measured.
    public var processingSeconds: Double?

    /// Describes an estimate; see the properties.
    public init(
        path: String?, contentHash: String?, trimmedSamples: Int = 0, processingSeconds: Double? = nil
    ) {
        self.path = path
        self.contentHash = contentHash
        self.trimmedSamples = trimmedSamples
        self.processingSeconds = processingSeconds
    }
}

/// Audio kept for listening.
public struct SampleRecord: Sendable, Hashable {
    /// What the file holds.
    public enum Kind: String, Sendable, CaseIterable {
        case clean, noisy, enhanced, oracle
    }
    /// What the file holds.
    public var kind: Kind
    /// File; relative to the database's folder, or absolute.
    public var path: String
    /// SHA-256 of the samples.
    public var contentHash: String

    /// Describes a sample; see the properties.
    public init(kind: Kind, path: String, contentHash: String) {
        self.kind = kind
        self.path = path
        self.contentHash = contentHash
    }
}

/// Everything that an evaluation has to say about one item; stored whole or not at all.
public struct ItemResult: Sendable {
    /// The item.
    public var item: ItemDescription
    /// What the system produced.
    public var estimate: EstimateRecord
    /// New scores; scores already stored for the same keys are replaced.
    public var scores: [ScoreRecord]
    /// Audio kept.
    public var samples: [SampleRecord]

    /// Describes a result; see the properties.
    public init(
        item: ItemDescription, estimate: EstimateRecord, scores: [ScoreRecord], samples: [SampleRecord] = []
    ) {
        self.item = item
        self.estimate = estimate
        self.scores = scores
        self.samples = samples
    }
}
