/// The header of a safetensors file: a strict reader of the one JSON shape that the format allows.
///
///     { "name": { "dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24] }, …, "__metadata__": { "key": "text" } }
///
/// Written for the purpose, because a general JSON reader accepts what must be refused here: duplicate names,
/// fractional or negative lengths, and numbers that overflow.
struct SafetensorsHeader {
    struct Entry {
        var type: String
        var shape: [Int]
        var start: Int
        var end: Int
    }

    private(set) var entries: [(name: String, entry: Entry)] = []
    private(set) var metadata: [String: String] = [:]

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) throws(SafetensorsError) {
        self.bytes = bytes
        var names: Set<String> = []
        try object { (reader, name) throws(SafetensorsError) in
            guard names.insert(name).inserted else { throw reader.failure("name \(name) appears twice") }
            if name == "__metadata__" {
                reader.metadata = try reader.texts()
            } else {
                reader.entries.append((name, try reader.entry(name)))
            }
        }
        skipSpace()
        guard position == bytes.count else { throw failure("text after the end of the object") }
    }

    private mutating func entry(_ name: String) throws(SafetensorsError) -> Entry {
        var (type, shape, offsets): (String?, [Int]?, [Int]?) = (nil, nil, nil)
        try object { (reader, key) throws(SafetensorsError) in
            switch key {
            case "dtype" where type == nil: type = try reader.text()
            case "shape" where shape == nil: shape = try reader.integers()
            case "data_offsets" where offsets == nil: offsets = try reader.integers()
            default: throw reader.failure("unexpected or repeated key \(key) in tensor \(name)")
            }
        }
        guard let type, let shape, let offsets else {
            throw .entry(name: name, reason: "needs dtype, shape and data_offsets")
        }
        guard offsets.count == 2, offsets[0] <= offsets[1] else {
            throw .entry(name: name, reason: "data_offsets must be start and end, got \(offsets)")
        }
        return Entry(type: type, shape: shape, start: offsets[0], end: offsets[1])
    }

    private mutating func texts() throws(SafetensorsError) -> [String: String] {
        var result: [String: String] = [:]
        try object { (reader, key) throws(SafetensorsError) in
            guard result.updateValue(try reader.text(), forKey: key) == nil else {
                throw reader.failure("metadata key \(key) appears twice")
            }
        }
        return result
    }

    private mutating func object(
        _ member: (inout SafetensorsHeader, String) throws(SafetensorsError) -> Void
    ) throws(SafetensorsError) {
        try expect("{")
        if accept("}") { return }
        repeat {
            let name = try text()
            try expect(":")
            try member(&self, name)
        } while accept(",")
        try expect("}")
    }

    private mutating func integers() throws(SafetensorsError) -> [Int] {
        try expect("[")
        if accept("]") { return [] }
        var result: [Int] = []
        repeat { result.append(try integer()) } while accept(",")
        try expect("]")
        return result
    }

    private mutating func integer() throws(SafetensorsError) -> Int {
        skipSpace()
        var (value, digits) = (0, 0)
        while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
            let (scaled, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = scaled.addingReportingOverflow(Int(bytes[position] - 0x30))
            guard !first, !second else { throw failure("number is too large") }
            value = sum
            digits += 1
            position += 1
        }
        guard digits > 0 else { throw failure("expected a whole number that is not negative") }
        return value
    }

    private mutating func text() throws(SafetensorsError) -> String {
        try expect("\"")
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw failure("text is not UTF-8")
                }
                return text
            case UInt8(ascii: "\\"): content += try escape()
            case 0..<0x20: throw failure("control character inside text")
            default: content.append(byte)
            }
        }
        throw failure("text without an end")
    }

    private mutating func escape() throws(SafetensorsError) -> [UInt8] {
        guard position < bytes.count else { throw failure("text without an end") }
        let byte = bytes[position]
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"):
            var scalar = try hexadecimal()
            if (0xD800..<0xDC00).contains(scalar) {
                guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                    bytes[position + 1] == UInt8(ascii: "u")
                else { throw failure("half of a surrogate pair") }
                position += 2
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw failure("half of a surrogate pair") }
                scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let unicode = Unicode.Scalar(scalar) else { throw failure("half of a surrogate pair") }
            return Array(String(Character(unicode)).utf8)
        default: throw failure("unknown escape in text")
        }
    }

    private mutating func hexadecimal() throws(SafetensorsError) -> UInt32 {
        guard position + 4 <= bytes.count,
            bytes[position..<position + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw failure("expected four hexadecimal digits") }
        position += 4
        return value
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(SafetensorsError) {
        guard accept(character) else { throw failure("expected \(character)") }
    }

    private func failure(_ reason: String) -> SafetensorsError { .header(position: position, reason: reason) }
}
