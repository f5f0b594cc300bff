import Foundation

/// Reads delimited text record by record in bounded memory, at the byte level.
///
/// RFC 4180 with what is met in practice: LF, CRLF or CR line ends, a byte-order mark, empty lines skipped, comma or tab
/// (whichever the heading has more of). Fields are byte ranges of the current record, valid until the next one.
struct CSVReader {
    /// A field of the current record.
    struct Field {
        /// Bytes in ``CSVReader/buffer``, without surrounding quotes.
        var range: Range<Int>
        /// Whether doubled quotes inside still stand for one.
        var hasDoubledQuotes: Bool
    }

    /// Longest record: far beyond any table's, and the limit on what an unclosed quote can swallow.
    static let maximumRecordLength = 1 << 22
    private static let chunkLength = 1 << 18

    let path: String
    private(set) var buffer: [UInt8] = []
    private(set) var fields: [Field] = []
    /// Line on which the current record starts, from 1.
    private(set) var line = 0
    private let handle: FileHandle
    private var start = 0
    private var nextLine = 1
    private var isAtEnd = false
    private var delimiter: UInt8 = 0x2C

    /// Opens a file and finds its delimiter.
    init(path: String) throws(ImportError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .missingFile(path: path)
        }
        guard !isFolder.boolValue else { throw .cannotRead(path: path, reason: "it is a folder") }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw .cannotRead(path: path, reason: "permission denied")
        }
        self.path = path
        self.handle = handle
        try fill()
        if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
        let heading = buffer[start...].prefix { $0 != 0x0A && $0 != 0x0D }
        if heading.count(where: { $0 == 0x09 }) > heading.count(where: { $0 == 0x2C }) { delimiter = 0x09 }
    }

    private mutating func fill() throws(ImportError) {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        do {
            let chunk = try handle.read(upToCount: Self.chunkLength) ?? Data()
            if chunk.isEmpty { isAtEnd = true } else { buffer += chunk }
        } catch {
            throw .cannotRead(path: path, reason: "\(error.localizedDescription)")
        }
    }

    /// Moves to the next record that is not an empty line; false at the end of the file.
    mutating func next() throws(ImportError) -> Bool {
        while true {
            guard let after = try scan() else {
                if isAtEnd, start >= buffer.count { return false }
                guard buffer.count - start <= Self.maximumRecordLength else {
                    throw .unterminatedQuote(path: path, line: nextLine)
                }
                try fill()
                continue
            }
            let isEmptyLine = fields.count == 1 && fields[0].range.isEmpty && after.isEmptyLine
            line = nextLine
            nextLine += after.lineCount
            start = after.position
            if !isEmptyLine { return true }
        }
    }

    /// Where a record ended.
    private struct Ending {
        var position: Int, lineCount: Int, isEmptyLine: Bool
    }

    /// Splits the record at `start`; nil when the buffer ends before the record does and the file goes on.
    private mutating func scan() throws(ImportError) -> Ending? {
        fields.removeAll(keepingCapacity: true)
        let end = buffer.count
        guard start < end else { return nil }
        var position = start
        var lines = 0
        while true {
            let fieldStart = position
            if position < end, buffer[position] == 0x22 {
                var doubled = false
                position += 1
                while true {
                    guard position < end else {
                        if isAtEnd { throw .unterminatedQuote(path: path, line: nextLine) }
                        return nil
                    }
                    let byte = buffer[position]
                    if byte == 0x22 {
                        if position + 1 >= end, !isAtEnd { return nil }
                        if position + 1 < end, buffer[position + 1] == 0x22 {
                            doubled = true
                            position += 2
                            continue
                        }
                        break
                    }
                    if byte == 0x0A { lines += 1 }
                    position += 1
                }
                fields.append(Field(range: fieldStart + 1..<position, hasDoubledQuotes: doubled))
                position += 1
                if position < end, ![delimiter, 0x0A, 0x0D].contains(buffer[position]) {
                    throw .malformedQuote(path: path, line: nextLine + lines)
                }
            } else {
                while position < end {
                    let byte = buffer[position]
                    if byte == delimiter || byte == 0x0A || byte == 0x0D { break }
                    position += 1
                }
                fields.append(Field(range: fieldStart..<position, hasDoubledQuotes: false))
            }
            guard position < end else {
                guard isAtEnd else { return nil }
                return Ending(position: position, lineCount: lines + 1, isEmptyLine: false)
            }
            let byte = buffer[position]
            if byte == delimiter {
                position += 1
                continue
            }
            let isQuoted = fieldStart < position && buffer[fieldStart] == 0x22
            if byte == 0x0D {
                if position + 1 >= end, !isAtEnd { return nil }
                if position + 1 < end, buffer[position + 1] == 0x0A { position += 1 }
            }
            return Ending(position: position + 1, lineCount: lines + 1, isEmptyLine: !isQuoted)
        }
    }

    /// The bytes of a field with doubled quotes resolved and surrounding blanks of unquoted text removed.
    func bytes(of index: Int) -> ArraySlice<UInt8> {
        let field = fields[index]
        guard field.hasDoubledQuotes else { return buffer[trimmed(field.range)] }
        var result: [UInt8] = []
        var position = field.range.lowerBound
        while position < field.range.upperBound {
            result.append(buffer[position])
            position += buffer[position] == 0x22 ? 2 : 1
        }
        return result[...]
    }

    /// The range without blanks at its ends.
    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high, buffer[low] == 0x20 || buffer[low] == 0x09 { low += 1 }
        while high > low, buffer[high - 1] == 0x20 || buffer[high - 1] == 0x09 { high -= 1 }
        return low..<high
    }

    /// The text of a field; nil when it is not UTF-8.
    func text(of index: Int) -> String? { String(validating: bytes(of: index), as: UTF8.self) }
}
