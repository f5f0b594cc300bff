/// Scores of one training run in one metric, one entry per item.
///
/// Absent and failed rows are told apart: an item without a row was never scored, a row with a value that is not
/// finite was scored and failed.
public struct RunScores: Sendable, Equatable {
    /// Scores `[items]`; not finite where the metric failed, anything where there is no row.
    public var values: [Double]
    /// Whether the run has a row for each item.
    public var isPresent: [Bool]

    /// Describes a run; see the properties.
    public init(values: [Double], isPresent: [Bool]) {
        self.values = values
        self.isPresent = isPresent
    }

    /// A run with a row for every item.
    public init(_ values: [Double]) {
        self.init(values: values, isPresent: [Bool](repeating: true, count: values.count))
    }

    /// A run from optional scores; nil means no row.
    public init(_ values: [Double?]) {
        self.init(values: values.map { $0 ?? .nan }, isPresent: values.map { $0 != nil })
    }

    /// Whether an item has a finite score.
    @inline(__always)
    func isUsable(_ item: Int) -> Bool { isPresent[item] && values[item].isFinite }

    /// Whether the run has not one finite score.
    var hasFailed: Bool { !values.indices.contains { isUsable($0) } }
}
