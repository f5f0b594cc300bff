import TAVSEBase

/// Why a network cannot be built or run.
public enum ModelError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A setting of the specification is impossible.
    case specification(key: String, value: String, expected: String)
    /// An input has the wrong shape.
    case inputShape(input: String, expected: String, found: [Int])
    /// Audio too short for one analysis frame with reflected edges.
    case tooShort(samples: Int, minimum: Int)
    /// Frames of a modality that the network lacks.
    case unknownModality(String, known: [String])
    /// A modality is marked present but has no frames.
    case missingFrames(modality: String)
    /// As many presence marks as samples in the batch are needed.
    case presence(modality: String, expected: Int, found: Int)
    /// A sample of the input is NaN or infinite; counted from 0.
    case nonFinite(sample: Int)
    /// The network made a sample that is NaN or infinite of finite ones; its weights are damaged.
    case nonFiniteOutput(sample: Int)
    /// Frames of a modality cannot be read.
    case frames(modality: String, reason: String)
    /// An option of inference is impossible.
    case option(name: String, value: String, expected: String)

    /// One line: what, where, expected, found.
    public var description: String {
        switch self {
        case .specification(let key, let value, let expected): "\(key) is \(value), expected \(expected)"
        case .inputShape(let input, let expected, let found):
            "\(input) has shape \(found), expected \(expected)"
        case .tooShort(let samples, let minimum):
            "audio has \(samples) samples, at least \(minimum) are needed"
        case .unknownModality(let name, let known):
            "the network has no modality \(name); it has \(known.joined(separator: ", "))"
        case .missingFrames(let modality): "modality \(modality) is marked present but has no frames"
        case .presence(let modality, let expected, let found):
            "modality \(modality) needs \(expected) presence marks, got \(found)"
        case .nonFinite(let sample): "sample \(sample) is NaN or infinite; repair or replace the recording"
        case .nonFiniteOutput(let sample):
            "the network made sample \(sample) NaN or infinite of finite ones; its weights are of no use"
        case .frames(let modality, let reason): "frames of \(modality) cannot be read: \(reason)"
        case .option(let name, let value, let expected): "\(name) is \(value), expected \(expected)"
        }
    }
}

extension ModelError: ClassifiedError {
    /// The kind of failure, which decides a tool's exit code.
    public var failureKind: FailureKind {
        switch self {
        case .specification: .usage
        default: .badData
        }
    }
}
