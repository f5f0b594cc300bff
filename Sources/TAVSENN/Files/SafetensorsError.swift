/// Why a safetensors file cannot be read or written.
public enum SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file cannot be opened, read or written.
    case file(path: String, reason: String)
    /// Fewer bytes than the eight of the header length.
    case tooShort(bytes: Int)
    /// The header length goes beyond the file or beyond what is accepted.
    case headerLength(UInt64, limit: Int)
    /// The header is not the JSON of this format; position in bytes from its start.
    case header(position: Int, reason: String)
    /// A tensor's entry says something impossible.
    case entry(name: String, reason: String)
    /// An element type this reader does not know.
    case unknownType(name: String, type: String)
    /// A tensor's bytes go beyond the end of the file.
    case truncated(name: String, end: Int, bytes: Int)
    /// Two tensors claim the same bytes.
    case overlap(String, String)
    /// Bytes that belong to no tensor.
    case gap(at: Int, bytes: Int)
    /// No tensor of this name.
    case missing(name: String)
    /// The tensor has another shape than asked for.
    case shape(name: String, expected: [Int], found: [Int])
    /// The tensor has an element type that cannot be converted to the one asked for.
    case type(name: String, expected: String, found: String)
    /// The file has tensors that nobody asked for.
    case unexpected(names: [String])

    /// One line: what, where, expected, found.
    public var description: String {
        switch self {
        case .file(let path, let reason): "cannot use \(path): \(reason)"
        case .tooShort(let bytes): "not a safetensors file: \(bytes) bytes, at least 8 expected"
        case .headerLength(let length, let limit):
            "header length \(length) is impossible: at most \(limit) bytes can follow; the file is damaged or of another kind"
        case .header(let position, let reason): "header byte \(position): \(reason)"
        case .entry(let name, let reason): "tensor \(name): \(reason)"
        case .unknownType(let name, let type):
            "tensor \(name): unknown element type \(type); readable are BF16, F16, F32, F64, I64"
        case .truncated(let name, let end, let bytes):
            "tensor \(name) ends at byte \(end) of the data, but the file has \(bytes): it was cut short"
        case .overlap(let a, let b): "tensors \(a) and \(b) overlap"
        case .gap(let position, let bytes): "\(bytes) bytes at \(position) of the data belong to no tensor"
        case .missing(let name): "tensor \(name) is missing"
        case .shape(let name, let expected, let found):
            "tensor \(name): expected shape \(expected), found \(found)"
        case .type(let name, let expected, let found):
            "tensor \(name): expected type \(expected), found \(found)"
        case .unexpected(let names):
            "the file has tensors that the network lacks: \(names.prefix(5).joined(separator: ", "))"
                + (names.count > 5 ? " and \(names.count - 5) more" : "")
        }
    }
}
