import TAVSEBase

/// Why training cannot start, go on or end.
public enum TrainingError: Error, Equatable, Sendable {
    /// A fresh start where an experiment already is.
    case experimentExists(folder: String, found: String)
    /// `--resume` where no state is.
    case nothingToResume(path: String)
    /// Another process trains this experiment.
    case locked(folder: String, owner: String)
    /// The state file is cut short, altered or of another kind.
    case damagedState(path: String, reason: String)
    /// The state was made with other settings.
    case configurationChanged(path: String, changes: [String])
    /// The state was made with other data.
    case dataChanged(path: String, changes: [String])
    /// A file could not be written.
    case cannotWrite(path: String, reason: String)
    /// Too many steps in a row had no finite loss or gradient.
    case diverged(step: Int, inARow: Int, last: String, statePath: String?)
    /// More examples than allowed cannot be read.
    case badExamples(count: Int, of: Int, limit: Int, last: String, statePath: String)
    /// A setting cannot apply to this data.
    case setting(key: String, reason: String)
    /// One batch could not be overfitted.
    case notLearned(String)
}

extension TrainingError: CustomStringConvertible {
    /// One line: what, where, and what to do.
    public var description: String {
        switch self {
        case .experimentExists(let folder, let found):
            "\(folder) already holds an experiment (\(found)); pass --resume to go on with it, give another "
                + "experiment_name, or remove the folder"
        case .nothingToResume(let path):
            "\(path): no saved state to resume from; start without --resume, or check experiment_name and "
                + "training.checkpoint_dir"
        case .locked(let folder, let owner):
            "\(folder): another process trains this experiment (\(owner)); wait for it, or give another "
                + "experiment_name"
        case .damagedState(let path, let reason):
            "\(path): not a usable training state: \(reason); put back a copy, or remove the experiment's folder "
                + "and start again"
        case .configurationChanged(let path, let changes):
            "\(path) was made with other settings, and going on would not be the same experiment: "
                + changes.joined(separator: "; ") + ". Put them back, or give another experiment_name"
        case .dataChanged(let path, let changes):
            "\(path) was made with other data, and going on would not be the same experiment: "
                + changes.joined(separator: "; ") + ". Put the data back, or give another experiment_name"
        case .cannotWrite(let path, let reason): "\(path): cannot be written: \(reason)"
        case .diverged(let step, let inARow, let last, let statePath):
            "stopped at step \(step): \(inARow) steps in a row had no finite loss or gradient (\(last)). "
                + (statePath.map { "The state before them is in \($0). " } ?? "")
                + "TAVSE_TRACE_NAN=1 with --resume names the first operation that is not finite; a lower training.lr "
                + "or a longer training.warmup_steps in a new experiment usually helps"
        case .badExamples(let count, let total, let limit, let last, let statePath):
            "\(count) of \(total) training utterances cannot be read, \(limit) are allowed (training.max_bad_share); "
                + "the last one: \(last). Repair them and pass --resume; the state is in \(statePath)"
        case .setting(let key, let reason): "\(key): \(reason)"
        case .notLearned(let reason): reason
        }
    }
}

extension TrainingError: ClassifiedError {
    /// The kind of failure, which decides a tool's exit code.
    public var failureKind: FailureKind {
        switch self {
        case .nothingToResume: .missingInput
        case .experimentExists, .locked, .cannotWrite: .cannotWrite
        case .damagedState, .dataChanged, .badExamples: .badData
        case .configurationChanged, .setting: .usage
        case .diverged, .notLearned: .failed
        }
    }
}
