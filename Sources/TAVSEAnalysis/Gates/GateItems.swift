import TAVSEStats
import TAVSEStore

/// What of the gates is looked at.
public enum GateQuantity: String, Sendable, CaseIterable, Codable {
    /// How far the gates are open, 0…1.
    case gate
    /// What passes them relative to the token, ‖g·c‖/‖z‖, 0 or more.
    case contribution
}

/// One modality and quantity reduced to means per item: every item then weighs the same, however long it is.
struct GateItems: Sendable {
    /// Parts into which an item's length is divided, so that items of different lengths can be laid over each other.
    static let parts = 10
    /// Long items have one stored slot per several columns of the network, at most so many.
    private static let largestGap = 64

    /// An item's means.
    struct Item: Sendable {
        /// Position in the table's items.
        var position: Int
        /// Over all tokens.
        var mean: Double
        /// Over the slots of each frequency row; NaN for a row without tokens.
        var rows: [Double]
        /// Over the rows of each time slot; NaN for a slot without tokens.
        var slots: [Double]
        /// Over the slots that overlap each tenth of the item, per row: `cells[row][part]`.
        var cells: [[Double]]
        /// Over the rows of each tenth.
        var parts: [Double]
    }

    /// Items with at least one token, in the table's order.
    var items: [Item] = []
    /// Frequency rows of the highest item.
    var rowCount: Int { items.map(\.rows.count).max() ?? 0 }

    /// Reduces a table.
    ///
    /// - Throws: `.malformed` where a row or slot is numbered far beyond the number of tokens that the item has: no grid
    ///   has such a token, and the number must not decide how much memory is taken.
    init(_ table: GateTable, modality: Int, quantity: GateQuantity) throws(GateError) {
        let values = quantity == .gate ? table.mean : table.effectiveContribution
        var start = 0
        while start < table.rowCount {
            let position = Int(table.item[start])
            var end = start + 1
            while end < table.rowCount, Int(table.item[end]) == position { end += 1 }
            let tokens = (start..<end).filter { Int(table.modality[$0]) == modality && values[$0].isFinite }
            if !tokens.isEmpty {
                items.append(try Self.reduce(table, values, tokens: tokens, position: position))
            }
            start = end
        }
    }

    /// A mean in the making.
    private struct Mean {
        var sum = 0.0
        var count = 0
        mutating func add(_ value: Double) {
            sum += value
            count += 1
        }
        var value: Double { count > 0 ? sum / Double(count) : .nan }
    }

    private static func reduce(
        _ table: GateTable, _ values: [Double], tokens: [Int], position: Int
    ) throws(GateError) -> Item {
        func size(_ indices: [Int32], _ what: String) throws(GateError) -> Int {
            let largest = tokens.reduce(0) { max($0, Int(indices[$1])) }
            let limit = tokens.count * largestGap
            guard largest < limit, tokens.allSatisfy({ indices[$0] >= 0 }) else {
                throw .malformed(
                    item: table.items[position].description.label, what: what, found: largest,
                    limit: limit)
            }
            return largest + 1
        }
        let rowCount = try size(table.frequencyRow, "frequency row")
        let slotCount = try size(table.timeSlot, "time slot")
        var mean = Mean()
        var rows = [Mean](repeating: Mean(), count: rowCount)
        var slots = [Mean](repeating: Mean(), count: slotCount)
        var cells = [[Mean]](repeating: Array(repeating: Mean(), count: parts), count: rowCount)
        for token in tokens {
            let (row, slot) = (Int(table.frequencyRow[token]), Int(table.timeSlot[token]))
            mean.add(values[token])
            rows[row].add(values[token])
            slots[slot].add(values[token])
            // Slot s of S covers s/S … (s+1)/S of the item; every tenth that overlaps it has a share in it.
            let first = slot * parts / slotCount
            let last = ((slot + 1) * parts - 1) / slotCount
            for part in first...last { cells[row][part].add(values[token]) }
        }
        let cellMeans = cells.map { $0.map(\.value) }
        return Item(
            position: position, mean: mean.value, rows: rows.map(\.value), slots: slots.map(\.value),
            cells: cellMeans,
            parts: (0..<parts).map { part in average(cellMeans.map { $0[part] }) })
    }

    /// Mean of the values that are numbers; NaN without any.
    static func average(_ values: [Double]) -> Double {
        let numbers = values.filter { !$0.isNaN }
        return numbers.isEmpty ? .nan : numbers.reduce(0, +) / Double(numbers.count)
    }
}
