/// How far the work on a list of items has come.
public struct EvaluationProgress: Sendable, Equatable {
    /// Items done and stored or about to be.
    public var done: Int
    /// Items in all.
    public var total: Int
    /// Items with a recording at fault, or without gates where gates are captured.
    public var failed: Int
    /// Items of which everything was stored before.
    public var reused: Int

    /// Whether items are left to do.
    public var isPartial: Bool { done < total }
}
