#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The first operation whose result was infinite or not a number.
public struct NonFinite: Error, Equatable, Sendable, CustomStringConvertible {
    /// Name of the operation.
    public let operation: String
    /// Path of the parameter it used, if any.
    public let parameter: String?
    /// Shape of the offending value.
    public let shape: [Int]
    /// Position in the record.
    public let index: Int
    /// True when a gradient was not finite, false when a result was.
    public let isBackward: Bool

    /// One line.
    public var description: String {
        let what = isBackward ? "gradient through" : "result of"
        return "first value that is not finite: \(what) operation \(index), \(operation)"
            + (parameter.map { " with \($0)" } ?? "") + ", shape \(shape)"
    }

    /// True when the environment variable `TAVSE_TRACE_NAN` is 1.
    public static let isTracingByDefault = getenv("TAVSE_TRACE_NAN").map { strcmp($0, "1") == 0 } ?? false
}
