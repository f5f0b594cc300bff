/// The number of a row in one database file; means nothing in another file.
public struct RowID<Record>: Hashable, Sendable, Comparable {
    /// The row's number.
    public let rawValue: Int64

    /// Wraps a number that came from the store.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    /// Earlier rows first.
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A run's number.
public typealias RunID = RowID<RunDescription>
/// An item's number.
public typealias ItemID = RowID<ItemDescription>
/// A metric's number.
public typealias MetricID = RowID<MetricDescription>

/// Which signal of an item a score is of.
public enum SignalKind: Int64, Sendable, CaseIterable, Codable {
    /// The unprocessed input.
    case noisy = 0
    /// The system's output.
    case enhanced = 1
    /// The output of the oracle mask.
    case oracle = 2

    /// The word used in views and exports.
    public var name: String {
        switch self {
        case .noisy: "noisy"
        case .enhanced: "enhanced"
        case .oracle: "oracle"
        }
    }
}
