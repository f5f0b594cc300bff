import Foundation
import TAVSEBase

/// Reads a decimal number from bytes, correctly rounded, without making a string in the common case.
enum NumberParser {
    /// What a cell holds.
    enum Cell: Equatable {
        /// A finite number.
        case number(Double)
        /// Nothing, or a word for "missing".
        case missing
        /// Not a number.
        case nan
        /// Infinity of either sign.
        case infinity(negative: Bool)
        /// Something else.
        case invalid
    }

    /// Powers of ten that are exact in binary64.
    private static let powers: [Double] = (0...22).reduce(into: [Double]()) { list, exponent in
        list.append(exponent == 0 ? 1 : list[exponent - 1] * 10)
    }

    /// Reads a cell.
    ///
    /// Up to 15 digits and a power of ten within ±22 are exact operands of one rounded operation, so the fast way gives the
    /// nearest double (Clinger, *How to read floating point numbers accurately*, PLDI 1990); all else goes to the library.
    static func parse(_ bytes: ArraySlice<UInt8>) -> Cell {
        guard let first = bytes.first else { return .missing }
        var position = bytes.startIndex
        let end = bytes.endIndex
        let isNegative = first == 0x2D
        if isNegative || first == 0x2B { position += 1 }
        var mantissa: UInt64 = 0
        var digits = 0, exponent = 0, seen = 0
        while position < end, case let digit = bytes[position] &- 0x30, digit < 10 {
            seen += 1
            if digits > 0 || digit > 0 { digits += 1 }
            if digits <= 15 { mantissa = mantissa * 10 + UInt64(digit) }
            position += 1
        }
        if position < end, bytes[position] == 0x2E {
            position += 1
            while position < end, case let digit = bytes[position] &- 0x30, digit < 10 {
                seen += 1
                if digits > 0 || digit > 0 { digits += 1 }
                if digits <= 15 {
                    mantissa = mantissa * 10 + UInt64(digit)
                    exponent -= 1
                }
                position += 1
            }
        }
        if position == end, seen > 0, digits <= 15, exponent >= -22 {
            let value = Double(mantissa) / powers[-exponent]
            return .number(isNegative ? -value : value)
        }
        return slow(bytes)
    }

    private static func slow(_ bytes: ArraySlice<UInt8>) -> Cell {
        guard bytes.count <= 400, let text = String(validating: bytes, as: UTF8.self) else { return .invalid }
        switch text.lowercased() {
        case "nan", "-nan", "+nan": return .nan
        case let word where MissingWord.matches(word): return .missing
        case "inf", "+inf", "infinity", "+infinity": return .infinity(negative: false)
        case "-inf", "-infinity": return .infinity(negative: true)
        default: break
        }
        // Double(_:) also takes hexadecimal, which in a table of scores is a slip.
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let value = Double(text) else {
            return .invalid
        }
        return value.isFinite ? .number(value) : .infinity(negative: value < 0)
    }
}
