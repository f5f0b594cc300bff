/// What kind of failure an error is. Tools end with one exit code for each; the table is `ToolSupport.ExitStatus`.
public enum FailureKind: Sendable, Equatable {
    /// A reason that no other kind names.
    case failed
    /// A command line, setting or configuration that asks for something impossible.
    case usage
    /// An input exists and is not what it should be.
    case badData
    /// An input does not exist.
    case missingInput
    /// Output cannot be written.
    case cannotWrite
    /// Stopped on request, with its state saved.
    case stopped
}

/// An error that knows its kind; every public error of the libraries does.
public protocol ClassifiedError: Error {
    /// The kind of failure.
    var failureKind: FailureKind { get }
}
