/// Numbers byte strings in order of first appearance, without making a `String` for each one it sees again.
struct ByteInterner {
    private var arena: [UInt8] = []
    private var ends: [Int] = []
    private var slots = [Int32](repeating: -1, count: 64)
    private var last = -1

    /// How many different strings there are.
    var count: Int { ends.count }

    /// The string of a number.
    subscript(index: Int) -> String { String(decoding: arena[range(index)], as: UTF8.self) }

    private func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    private func matches(_ index: Int, _ bytes: ArraySlice<UInt8>) -> Bool {
        let range = range(index)
        return range.count == bytes.count && arena[range].elementsEqual(bytes)
    }

    /// The number of a string, a new one when it was not seen before.
    mutating func intern(_ bytes: ArraySlice<UInt8>) -> Int {
        if last >= 0, matches(last, bytes) { return last }
        var slot = Int(truncatingIfNeeded: Self.hash(bytes) & UInt64(slots.count - 1))
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if matches(index, bytes) {
                last = index
                return index
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        arena += bytes
        ends.append(arena.count)
        slots[slot] = Int32(ends.count - 1)
        last = ends.count - 1
        if ends.count * 2 > slots.count { grow() }
        return last
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for index in ends.indices {
            var slot = Int(truncatingIfNeeded: Self.hash(arena[range(index)]) & UInt64(slots.count - 1))
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(index)
        }
    }

    /// FNV-1a with a final mix (names differ mostly in their last digits).
    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return (hash ^ (hash >> 32)) &* 0x9E37_79B9_7F4A_7C15 >> 20
    }
}
