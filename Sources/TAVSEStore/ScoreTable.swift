/// Scores of several systems on one list of items, in columns: what statistics and reports read.
///
/// Every (system, metric) has one ``Column`` with one entry per item, so systems are matched by item, never by
/// position in a file.
public struct ScoreTable: Sendable, Equatable {
    /// What was scored: one utterance in one condition.
    public struct Item: Sendable, Hashable {
        /// Utterance id.
        public var utterance: String
        /// Speaker id; nil when unknown.
        public var speaker: String?
        /// Signal-to-noise ratio of the noisy input in dB; nil when unknown.
        public var snrDB: Double?
        /// Kind of noise; nil when unknown.
        public var noiseType: String?
        /// Data split, e.g. "test"; nil when unknown.
        public var split: String?
        /// Identity in every store, a hash over names, condition and audio; nil where there is no store.
        public var key: String?

        /// Describes an item; see the properties.
        public init(
            utterance: String, speaker: String? = nil, snrDB: Double? = nil, noiseType: String? = nil,
            split: String? = nil, key: String? = nil
        ) {
            self.utterance = utterance
            self.speaker = speaker
            self.snrDB = snrDB
            self.noiseType = noiseType
            self.split = split
            self.key = key
        }
    }

    /// A row of the comparison: a system, or one of the two references beside it.
    public struct System: Sendable, Hashable {
        /// What produced the signal.
        public enum Kind: String, Sendable {
            /// An enhancement system's output.
            case enhanced
            /// The unprocessed noisy input.
            case noisy
            /// The oracle mask, a ceiling.
            case oracle
        }
        /// Unique name, e.g. "audio_rgb"; "noisy" and "oracle" for the references.
        public var name: String
        /// What produced the signal.
        public var kind: Kind

        /// Describes a system; see the properties.
        public init(name: String, kind: Kind = .enhanced) {
            self.name = name
            self.kind = kind
        }
    }

    /// A metric as it was computed.
    public struct Metric: Sendable, Hashable {
        /// Name, e.g. "pesq_wb".
        public var name: String
        /// Every choice that could move the score.
        public var signature: String
        /// Unit, e.g. "dB"; empty for a pure number.
        public var unit: String
        /// Whether larger scores are better.
        public var higherIsBetter: Bool

        /// Describes a metric; see the properties.
        public init(name: String, signature: String, unit: String, higherIsBetter: Bool) {
            self.name = name
            self.signature = signature
            self.unit = unit
            self.higherIsBetter = higherIsBetter
        }
    }

    /// The scores of one system in one metric, one entry per item.
    public struct Column: Sendable, Equatable {
        /// Scores `[items]`; NaN wherever the status is not ``ScoreTable/okStatus``.
        public var values: [Double]
        /// Index into ``ScoreTable/statusNames`` `[items]`.
        public var status: [UInt16]

        /// Describes a column; see the properties.
        public init(values: [Double], status: [UInt16]) {
            self.values = values
            self.status = status
        }
    }

    /// Status index of a finite score.
    public static let okStatus: UInt16 = 0
    /// Status index of an item that the system has no row for.
    public static let absentStatus: UInt16 = 1

    /// Items, sorted by (utterance in Unicode scalar order, SNR, noise type).
    public var items: [Item]
    /// Systems in report order.
    public var systems: [System]
    /// Metrics in report order.
    public var metrics: [Metric]
    /// `columns[system][metric]`.
    public var columns: [[Column]]
    /// Names of the status codes; the first two are "ok" and "absent", the rest failure codes such as "too_short".
    public var statusNames: [String]

    /// Describes a table; see the properties.
    public init(
        items: [Item], systems: [System], metrics: [Metric], columns: [[Column]],
        statusNames: [String] = ["ok", "absent"]
    ) {
        self.items = items
        self.systems = systems
        self.metrics = metrics
        self.columns = columns
        self.statusNames = statusNames
    }
}
