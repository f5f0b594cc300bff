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
        }
    }
}
