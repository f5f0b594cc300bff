import TAVSEBase

/// How a table of scores made elsewhere is to be read.
public struct ImportOptions: Sendable, Equatable {
    /// Shape of the table.
    public enum Layout: String, Sendable, CaseIterable {
        /// One row per system and item, one column per metric.
        case wide
        /// One row per score, with columns `metric` and `value`.
        case long
    }

    /// Shape; nil finds it from the heading (long when it has both `metric` and `value`).
    public var layout: Layout?
    /// Metrics of which smaller is better, beside those the catalogue knows.
    public var lowerIsBetter: Set<String>
    /// Metrics of which larger is better, beside those the catalogue knows.
    public var higherIsBetter: Set<String>
    /// Names of known metrics; the catalogue's as a rule.
    public var vocabulary: MetricVocabulary
    /// Directions that the store has of metrics unknown to the catalogue: whether larger is better.
    public var knownDirections: [String: Bool] = [:]
    /// Columns to leave out.
    public var ignoredColumns: Set<String>
    /// Name of the system for a table without a system column.
    public var system: String?
    /// Split of all rows of a table without a split column.
    public var split: String?
    /// Where the scores come from, e.g. the tool's name and version; part of every metric's signature.
    public var source: String

    /// Describes an import; see the properties.
    public init(
        layout: Layout? = nil, lowerIsBetter: Set<String> = [], higherIsBetter: Set<String> = [],
        ignoredColumns: Set<String> = [], system: String? = nil, split: String? = nil,
        source: String = "external", vocabulary: MetricVocabulary = .empty
    ) {
        self.vocabulary = vocabulary
        self.layout = layout
        self.lowerIsBetter = lowerIsBetter
        self.higherIsBetter = higherIsBetter
        self.ignoredColumns = ignoredColumns
        self.system = system
        self.split = split
        self.source = source
    }
}
