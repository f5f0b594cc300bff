/// Comma-separated text as rows of fields, with the line on which each row begins.
///
/// Quoted fields may hold commas, quotes (doubled) and line ends; lines end in LF or CR LF; empty lines are skipped.
///
/// > Source: RFC 4180, section 2.
struct CSVTable {
    struct Row {
        var line: Int
        var fields: [String]
    }

    var rows: [Row] = []

    /// A mistake in the text; lines and fields count from 1.
    struct Problem: Error, Equatable {
        var line: Int
        var field: Int
        var text: String
    }

    init(_ bytes: [UInt8]) throws(Problem) {
        var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var line = 1
        while position < bytes.count {
            let start = line
            var fields: [String] = []
            var atEnd = false
            while !atEnd {
                let field = try Self.field(bytes, at: &position, line: &line, number: fields.count + 1)
                fields.append(field)
                switch position < bytes.count ? bytes[position] : nil {
                case UInt8(ascii: ","): position += 1
                case UInt8(ascii: "\r"):
                    position +=
                        position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "\n") ? 2 : 1
                    line += 1
                    atEnd = true
                case UInt8(ascii: "\n"):
                    position += 1
                    line += 1
                    atEnd = true
                default: atEnd = true
                }
            }
            if fields != [""] { rows.append(Row(line: start, fields: fields)) }
        }
    }

    private static func field(
        _ bytes: [UInt8], at position: inout Int, line: inout Int, number: Int
    ) throws(Problem) -> String {
        var content: [UInt8] = []
        let start = line
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
            position += 1
            while true {
                guard position < bytes.count else {
                    throw Problem(line: start, field: number, text: "a quote is opened and never closed")
                }
                let byte = bytes[position]
                position += 1
                if byte == UInt8(ascii: "\"") {
                    guard position < bytes.count, bytes[position] == byte else { break }
                    position += 1
                } else if byte == UInt8(ascii: "\n") {
                    line += 1
                }
                content.append(byte)
            }
            if position < bytes.count, !isEnd(bytes[position]) {
                throw Problem(
                    line: line, field: number,
                    text: "text after a closing quote; double the quotes inside a field")
            }
        } else {
            while position < bytes.count, !isEnd(bytes[position]) {
                if bytes[position] == UInt8(ascii: "\"") {
                    throw Problem(
                        line: line, field: number,
                        text: "a quote inside a field; put the field in quotes and double those inside")
                }
                content.append(bytes[position])
                position += 1
            }
        }
        guard let text = String(validating: content, as: UTF8.self), !content.contains(0) else {
            throw Problem(line: start, field: number, text: "not UTF-8 text")
        }
        return text
    }

    private static func isEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    }
}
