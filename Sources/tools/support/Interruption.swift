import TAVSEBase

/// Lets a signal stop work on a list of items: the first one after the items at hand, a second one at once.
public struct Interruption {
    /// To be given to the work.
    public let stop: StopFlag
    private let watch: SignalWatch

    /// Watches for signals while the value lives.
    ///
    /// - Parameters:
    ///   - unit: what is worked on, in the plural.
    ///   - diagnostics: says that the work stops.
    public init(_ unit: String, _ diagnostics: Diagnostics) {
        let stop = StopFlag()
        self.stop = stop
        watch = SignalWatch {
            diagnostics.say("stopping after the \(unit) at hand; once more to stop at once")
            stop.raise()
        }
    }

    /// The exit code for the signal that was received; nil when there was none.
    public var exitStatus: ExitStatus? { watch.exitStatus }
}
