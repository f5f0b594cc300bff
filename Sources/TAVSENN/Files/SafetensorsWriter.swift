import Foundation
import TAVSEBase

/// Collects tensors and writes them as one safetensors file.
///
/// The same content gives the same bytes: tensors keep their order, metadata is sorted, the header is padded so
/// that the data starts at a multiple of 8.
public struct SafetensorsWriter: Sendable {
    private enum Content: Sendable {
        case floats(Tensor)
        case integers(shape: [Int], values: [Int64])

        var shape: [Int] {
            switch self {
            case .floats(let tensor): tensor.shape
            case .integers(let shape, _): shape
            }
        }
        var type: String {
            switch self {
            case .floats: "F32"
            case .integers: "I64"
            }
        }
        var bytes: Int {
            switch self {
            case .floats(let tensor): tensor.count * 4
            case .integers(_, let values): values.count * 8
            }
        }
    }

    /// Free text of the file.
    public var metadata: [String: String]
    private var contents: [(name: String, content: Content)] = []
    private var names: Set<String> = []

    /// Nothing yet.
    public init(metadata: [String: String] = [:]) {
        self.metadata = metadata
    }

    /// Adds a tensor as F32. A name can be used once.
    public mutating func add(_ name: String, _ tensor: Tensor) {
        claim(name)
        contents.append((name, .floats(tensor.detached)))
    }

    /// Adds whole numbers as I64. A name can be used once.
    public mutating func add(_ name: String, shape: [Int], integers: [Int64]) {
        claim(name)
        if shape.reduce(1, *) != integers.count {
            Contract.fail("safetensors", "\(name): shape \(shape) does not hold \(integers.count) integers")
        }
        contents.append((name, .integers(shape: shape, values: integers)))
    }

    private mutating func claim(_ name: String) {
        if name == "__metadata__" || !names.insert(name).inserted {
            Contract.fail("safetensors", "name \(name) is reserved or used twice")
        }
    }

    /// The file up to its data: the header's length and the header.
    public var header: Data {
        var members: [String] = []
        if !metadata.isEmpty {
            let texts = metadata.sorted { $0.key < $1.key }.map {
                "\(Self.quoted($0.key)):\(Self.quoted($0.value))"
            }
            members.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
        }
        var offset = 0
        for (name, content) in contents {
            let shape = content.shape.map(String.init).joined(separator: ",")
            let end = offset + content.bytes
            members.append(
                "\(Self.quoted(name)):{\"dtype\":\"\(content.type)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var header = Array("{\(members.joined(separator: ","))}".utf8)
        header += repeatElement(UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        var data = Data(capacity: 8 + header.count)
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(contentsOf: header)
        return data
    }

    /// Calls `body` with the bytes that follow the header, piece by piece in their order in the file.
    public func forEachPiece(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        for (_, content) in contents { try Self.withBytes(of: content, body) }
    }

    /// Calls `body` with every tensor's bytes in the byte order of names, as ``Safetensors/forEachTensor(_:)`` does.
    public func forEachTensor(
        _ body: (_ name: String, _ type: String, _ shape: [Int], UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        for (name, content) in contents.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            try Self.withBytes(of: content) { try body(name, content.type, content.shape, $0) }
        }
    }

    private static func withBytes(
        of content: Content, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        switch content {
        case .floats(let tensor):
            #if _endian(little)
                try tensor.withUnsafeBuffer { try body(UnsafeRawBufferPointer($0)) }
            #else
                try tensor.values.map(\.bitPattern.littleEndian).withUnsafeBytes(body)
            #endif
        case .integers(_, let values): try values.map(\.littleEndian).withUnsafeBytes(body)
        }
    }

    /// The content of the file.
    public var data: Data {
        var data = header
        data.reserveCapacity(data.count + contents.reduce(0) { $0 + $1.content.bytes })
        forEachPiece { data.append(contentsOf: $0) }
        return data
    }

    /// Writes the file as a whole or not at all: to a neighbour first, then renamed.
    public func write(to path: String) throws(SafetensorsError) {
        do throws(FileWriteError) {
            try AtomicFile.write(data, to: path)
        } catch {
            throw .file(path: path, reason: error.reason)
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
