/// What is known of a metric by its name alone.
public struct KnownMetric: Sendable, Equatable {
    /// The name used in files, tables and on the command line.
    public let name: String
    /// Short printed name, for headings.
    public let label: String
    /// Unit; empty for a pure number.
    public let unit: String
    /// Smallest possible score; nil when unbounded.
    public let lowerBound: Double?
    /// Greatest possible score; nil when unbounded.
    public let upperBound: Double?
    /// Whether larger is better.
    public let higherIsBetter: Bool
    /// Other spellings, beside the name and the label.
    public let aliases: [String]

    /// Describes a metric; see the properties.
    public init(
        name: String, label: String, unit: String, lowerBound: Double?, upperBound: Double?,
        higherIsBetter: Bool, aliases: [String]
    ) {
        self.name = name
        self.label = label
        self.unit = unit
        self.lowerBound = lowerBound
        self.upperBound = upperBound
        self.higherIsBetter = higherIsBetter
        self.aliases = aliases
    }

    /// Whether a score can be a value of this metric; a thousandth of the range is allowed for rounding.
    public func allows(_ value: Double) -> Bool {
        let span = (upperBound ?? 1) - (lowerBound ?? 0)
        let slack = 0.001 * max(1, span)
        if let lowerBound, value < lowerBound - slack { return false }
        if let upperBound, value > upperBound + slack { return false }
        return true
    }

    /// The range in words, e.g. "-1 to 1", "at least 0"; nil when unbounded.
    public var rangeText: String? {
        func text(_ bound: Double) -> String {
            let rounded = (bound * 100).rounded() / 100
            return rounded == rounded.rounded() ? String(Int(rounded)) : "\(rounded)"
        }
        switch (lowerBound, upperBound) {
        case (let low?, let high?): return "\(text(low)) to \(text(high))"
        case (let low?, nil): return "at least \(text(low))"
        case (nil, let high?): return "at most \(text(high))"
        case (nil, nil): return nil
        }
    }
}

/// Names of metrics in any spelling: case, blanks and punctuation do not count.
///
/// The catalogue of metrics fills it; rooms that know no metric (the store's import) are given it.
public struct MetricVocabulary: Sendable, Equatable {
    /// All metrics, in the catalogue's order.
    public let metrics: [KnownMetric]
    private let spellings: [String: Int]

    /// Nothing is known.
    public static let empty = MetricVocabulary([])

    /// Indexes metrics by their names, labels and aliases; an earlier metric keeps a spelling that a later one repeats.
    public init(_ metrics: [KnownMetric]) {
        self.metrics = metrics
        var spellings: [String: Int] = [:]
        func add(_ name: String, _ index: Int) {
            let plain = Self.normalized(name)
            if spellings[plain] == nil { spellings[plain] = index }
        }
        // Names first, so that no alias takes another metric's name.
        for (index, metric) in metrics.enumerated() { add(metric.name, index) }
        for (index, metric) in metrics.enumerated() {
            for name in [metric.label] + metric.aliases { add(name, index) }
        }
        self.spellings = spellings
    }

    /// What is known of a name in any spelling; nil when nothing is.
    public func known(_ text: String) -> KnownMetric? { spellings[Self.normalized(text)].map { metrics[$0] } }

    /// The one of `names` that `text` means: the same text, the same but for case and punctuation, or `pesq` for `pesq_wb`.
    public func resolve(_ text: String, among names: [String]) -> String? {
        if names.contains(text) { return text }
        let wanted = Self.normalized(text)
        if let name = names.first(where: { Self.normalized($0) == wanted }) { return name }
        guard let known = known(text) else { return nil }
        if names.contains(known.name) { return known.name }
        return known.name == "pesq" && names.contains("pesq_wb") ? "pesq_wb" : nil
    }

    /// A name without case, blanks and punctuation.
    public static func normalized(_ text: String) -> String {
        text.lowercased().filter { $0.isLetter || $0.isNumber }
    }
}
