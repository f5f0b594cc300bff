/// The order in which people number files: `frame2` before `frame10`.
public enum NaturalOrder {
    /// Whether one name comes before another: runs of digits are compared as numbers, everything else byte by byte.
    ///
    /// Names that are equal in this order, such as `a1` and `a01`, are ordered byte by byte, so that the order is total.
    public static func precedes(_ a: String, _ b: String) -> Bool {
        let (first, second) = (Array(a.utf8), Array(b.utf8))
        var (i, j) = (0, 0)
        while i < first.count, j < second.count {
            if isDigit(first[i]), isDigit(second[j]) {
                let left = number(first, from: &i)
                let right = number(second, from: &j)
                if left.count != right.count { return left.count < right.count }
                if !left.elementsEqual(right) { return left.lexicographicallyPrecedes(right) }
            } else if first[i] != second[j] {
                return first[i] < second[j]
            } else {
                (i, j) = (i + 1, j + 1)
            }
        }
        let (restA, restB) = (first.count - i, second.count - j)
        return restA != restB ? restA < restB : first.lexicographicallyPrecedes(second)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// The digits from a place on, without zeros in front; moves the place behind them.
    private static func number(_ bytes: [UInt8], from place: inout Int) -> ArraySlice<UInt8> {
        let start = place
        while place < bytes.count, isDigit(bytes[place]) { place += 1 }
        return bytes[start..<place].drop { $0 == 0x30 }
    }
}
