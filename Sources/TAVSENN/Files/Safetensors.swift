import Foundation

/// The tensors of a safetensors file, read completely and checked before anything is used.
///
/// Layout: header length (8 bytes, little endian), header (JSON), data. Refused with words: a header length beyond
/// the file, a damaged header, unknown element types, sizes that do not fit shapes, tensors that overlap or go
/// beyond the file, and bytes that belong to no tensor.
///
/// > Source: the safetensors format description, github.com/huggingface/safetensors.
public struct Safetensors: Sendable {
    /// Element types that can be read.
    public enum ElementType: String, Sendable, CaseIterable {
        /// Brain float, the upper half of a float32.
        case bfloat16 = "BF16"
        /// IEEE half precision.
        case float16 = "F16"
        /// IEEE single precision.
        case float32 = "F32"
        /// IEEE double precision.
        case float64 = "F64"
        /// Signed 64-bit integer.
        case int64 = "I64"

        var size: Int {
            switch self {
            case .bfloat16, .float16: 2
            case .float32: 4
            case .float64, .int64: 8
            }
        }
    }

    private struct Entry: Sendable {
        let type: ElementType
        let shape: [Int]
        let count: Int
        let range: Range<Int>
    }

    private enum Constants {
        /// Largest header accepted, as in the reference implementation.
        static let headerLimit = 100_000_000
    }

    /// Names in the order of the header.
    public let names: [String]
    /// Free text of the file.
    public let metadata: [String: String]
    private let entries: [String: Entry]
    private let data: Data
    private let dataStart: Int

    /// Reads a file.
    public init(contentsOf path: String) throws(SafetensorsError) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw .file(path: path, reason: error.localizedDescription)
        }
        try self.init(data)
    }

    /// Reads a file's content.
    public init(_ content: Data) throws(SafetensorsError) {
        let content = content.startIndex == 0 ? content : Data(content)
        guard content.count >= 8 else { throw .tooShort(bytes: content.count) }
        let length = content.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let limit = min(content.count - 8, Constants.headerLimit)
        guard length <= UInt64(limit) else { throw .headerLength(length, limit: limit) }
        let start = 8 + Int(length)
        let header = try SafetensorsHeader([UInt8](content[8..<start]))
        let bytes = content.count - start
        var entries: [String: Entry] = [:]
        for (name, raw) in header.entries {
            entries[name] = try Self.check(name, raw, dataStart: start, bytes: bytes)
        }
        try Self.checkCover(entries, dataStart: start, bytes: bytes)
        self.entries = entries
        names = header.entries.map(\.name)
        metadata = header.metadata
        data = content
        dataStart = start
    }

    private static func check(
        _ name: String, _ raw: SafetensorsHeader.Entry, dataStart: Int, bytes: Int
    ) throws(SafetensorsError) -> Entry {
        guard let type = ElementType(rawValue: raw.type) else {
            throw .unknownType(name: name, type: raw.type)
        }
        guard raw.end <= bytes else { throw .truncated(name: name, end: raw.end, bytes: bytes) }
        var size = type.size
        for length in raw.shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: length)
            guard !overflow else { throw .entry(name: name, reason: "shape \(raw.shape) is too large") }
            size = product
        }
        guard size == raw.end - raw.start else {
            throw .entry(
                name: name,
                reason:
                    "\(type.rawValue) \(raw.shape) needs \(size) bytes, offsets give \(raw.end - raw.start)")
        }
        return Entry(
            type: type, shape: raw.shape, count: size / type.size,
            range: dataStart + raw.start..<dataStart + raw.end)
    }

    /// Every byte of the data belongs to exactly one tensor.
    private static func checkCover(
        _ entries: [String: Entry], dataStart: Int, bytes: Int
    ) throws(SafetensorsError) {
        let order = entries.filter { !$0.value.range.isEmpty }.sorted {
            $0.value.range.lowerBound < $1.value.range.lowerBound
        }
        var (end, last) = (dataStart, "")
        for (name, entry) in order {
            if entry.range.lowerBound < end { throw .overlap(last, name) }
            if entry.range.lowerBound > end {
                throw .gap(at: end - dataStart, bytes: entry.range.lowerBound - end)
            }
            (end, last) = (entry.range.upperBound, name)
        }
        if end != dataStart + bytes { throw .gap(at: end - dataStart, bytes: dataStart + bytes - end) }
    }

    /// Calls `body` with the bytes that follow the header: every tensor, in the order of the file.
    public func withUnsafeData<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try data.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[dataStart...])) }
    }

    /// Calls `body` with every tensor's bytes in the byte order of names, wherever they lie in the file.
    public func forEachTensor(
        _ body: (_ name: String, _ type: String, _ shape: [Int], UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        try data.withUnsafeBytes { bytes in
            for (name, entry) in entries.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                try body(
                    name, entry.type.rawValue, entry.shape,
                    UnsafeRawBufferPointer(rebasing: bytes[entry.range]))
            }
        }
    }

    /// Number of elements of all tensors together.
    public var elementCount: Int { entries.values.reduce(0) { $0 + $1.count } }

    /// Shape of a tensor, nil when there is none of this name.
    public func shape(of name: String) -> [Int]? { entries[name]?.shape }
    /// Element type of a tensor, nil when there is none of this name.
    public func type(of name: String) -> ElementType? { entries[name]?.type }

    private func entry(_ name: String) throws(SafetensorsError) -> Entry {
        guard let entry = entries[name] else { throw .missing(name: name) }
        return entry
    }

    /// A tensor in single precision; F64 and I64 are rounded.
    public func tensor(_ name: String) throws(SafetensorsError) -> Tensor {
        let entry = try entry(name)
        return Tensor(entry.shape) { target in
            data.withUnsafeBytes { raw in
                for i in 0..<entry.count {
                    target[i] = Self.element(raw, entry.range.lowerBound + i * entry.type.size, entry.type)
                }
            }
        }
    }

    /// A tensor of a shape that must be the one in the file.
    public func tensor(_ name: String, shape: [Int]) throws(SafetensorsError) -> Tensor {
        let found = try entry(name).shape
        guard found == shape else { throw .shape(name: name, expected: shape, found: found) }
        return try tensor(name)
    }

    /// The elements of an I64 tensor.
    public func integers(_ name: String) throws(SafetensorsError) -> [Int64] {
        let entry = try entry(name)
        guard entry.type == .int64 else {
            throw .type(name: name, expected: ElementType.int64.rawValue, found: entry.type.rawValue)
        }
        return data.withUnsafeBytes { raw in
            (0..<entry.count).map {
                Int64(
                    littleEndian: raw.loadUnaligned(
                        fromByteOffset: entry.range.lowerBound + 8 * $0, as: Int64.self))
            }
        }
    }

    private static func element(_ raw: UnsafeRawBufferPointer, _ offset: Int, _ type: ElementType) -> Float {
        switch type {
        case .bfloat16:
            return BFloat16.value(
                UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
        case .float16:
            return Float16Bits.value(
                UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
        case .float32:
            return Float(
                bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        case .float64:
            return Float(
                Double(
                    bitPattern: UInt64(
                        littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))))
        case .int64:
            return Float(Int64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Int64.self)))
        }
    }
}

/// IEEE half precision read from its bits; `Float16` is not available on every platform.
enum Float16Bits {
    static func value(_ bits: UInt16) -> Float {
        let sign: Float = bits & 0x8000 == 0 ? 1 : -1
        let (exponent, fraction) = (Int(bits >> 10) & 0x1F, Float(bits & 0x3FF))
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default:
            return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction * 0x1p-10)
        }
    }
}
