import TAVSEBase
import TAVSEStats
import TAVSEStore

extension GateSummary {
    private enum Constants {
        /// Bars of a histogram.
        static let bins = 20
        /// Slots are listed as far as this share of items reaches.
        static let slotShare = 0.5
        /// Slots listed at most: ten seconds at 25 columns per second.
        static let mostSlots = 250
    }

    /// Summarises one modality and quantity; nil where the table has no number for it.
    init?(
        _ table: GateTable, modality: Int, quantity: GateQuantity, items: GateItems, grid: GateGrid?,
        context: GateContext
    ) throws(StatisticsError) {
        guard !items.items.isEmpty else { return nil }
        let reduced = items.items
        self.modality = table.modalities[modality]
        self.quantity = quantity
        overall = try context.estimate(reduced.map { ($0.position, $0.mean) })
        let values = quantity == .gate ? table.mean : table.effectiveContribution
        let rows = (0..<table.rowCount).filter { Int(table.modality[$0]) == modality && values[$0].isFinite }
        tokens = rows.count
        let sorted = rows.map { values[$0] }.sorted()
        quantiles = Self.probabilities.map { quantile(ofSorted: sorted, $0) }
        groupSpread =
            quantity == .gate
            ? rows.reduce(0.0) { $0 + table.p90[$1] - table.p10[$1] } / Double(rows.count) : nil
        histogram = Self.histogram(table, values, rows: rows, largest: sorted.last ?? 1, quantity: quantity)
        heatMap = (0..<items.rowCount).map { row in
            (0..<GateItems.parts).map { part in
                GateItems.average(reduced.map { row < $0.cells.count ? $0.cells[row][part] : .nan })
            }
        }
        points = reduced.compactMap { item in
            context.improvements[item.position].map { Point(mean: item.mean, improvement: $0) }
        }
        correlations = try context.correlations(reduced.map { ($0.position, $0.mean) })
        breakdowns = try Self.breakdowns(
            table, reduced, rowCount: items.rowCount, grid: grid, context: context)
    }

    /// Tokens weighted so that every item counts the same.
    private static func histogram(
        _ table: GateTable, _ values: [Double], rows: [Int], largest: Double, quantity: GateQuantity
    ) -> GateHistogram {
        let bins = Constants.bins
        let high = quantity == .gate ? 1 : max(NumberText.roundStep(atLeast: largest), .leastNormalMagnitude)
        var perItem = [Int](repeating: 0, count: table.items.count)
        for row in rows { perItem[Int(table.item[row])] += 1 }
        let itemCount = Double(perItem.count { $0 > 0 })
        var shares = [Double](repeating: 0, count: bins)
        for row in rows {
            let bin = min(bins - 1, max(0, Int(values[row] / high * Double(bins))))
            shares[bin] += 1 / (Double(perItem[Int(table.item[row])]) * itemCount)
        }
        return GateHistogram(low: 0, high: high, shares: shares)
    }

    private static func breakdowns(
        _ table: GateTable, _ items: [GateItems.Item], rowCount: Int, grid: GateGrid?, context: GateContext
    ) throws(StatisticsError) -> [GateBreakdown] {
        var result: [GateBreakdown] = []
        func add(_ kind: GateBreakdown.Kind, _ levels: [GateBreakdown.Level]) {
            if !levels.isEmpty { result.append(GateBreakdown(kind: kind, levels: levels)) }
        }
        func level(
            _ key: String, _ name: String, _ place: Double?, _ pick: (GateItems.Item) -> Double
        ) throws(StatisticsError) -> GateBreakdown.Level {
            let values = items.map { ($0.position, pick($0)) }.filter { !$0.1.isNaN }
            return GateBreakdown.Level(
                key: key, name: name, place: place, estimate: try context.estimate(values))
        }
        var levels: [GateBreakdown.Level] = []
        for (index, snr) in context.snrs.enumerated() {
            let key = context.grouping.snr.labels[index]
            levels.append(
                try level(key, key + " dB", snr) {
                    context.grouping.snr.index[$0.position] == index ? $0.mean : .nan
                })
        }
        add(.snr, levels)
        levels = []
        for (index, noise) in context.grouping.noise.labels.enumerated() {
            levels.append(
                try level(noise, noise, nil) {
                    context.grouping.noise.index[$0.position] == index ? $0.mean : .nan
                })
        }
        add(.noise, levels)
        levels = []
        for row in 0..<rowCount {
            let name =
                grid.map { "\(NumberText.fixed(Double(row) * $0.rowHertz / 1000, decimals: 1)) kHz" }
                ?? "row \(row)"
            levels.append(
                try level(String(row), name, grid.map { Double(row) * $0.rowHertz / 1000 } ?? Double(row)) {
                    row < $0.rows.count ? $0.rows[row] : .nan
                })
        }
        add(.row, levels)
        levels = []
        for part in 0..<GateItems.parts {
            let share = (Double(part) + 0.5) / Double(GateItems.parts)
            let name = "\(part * 100 / GateItems.parts)–\((part + 1) * 100 / GateItems.parts) %"
            levels.append(try level(NumberText.exact(share), name, 100 * share) { $0.parts[part] })
        }
        add(.part, levels)
        levels = []
        let needed = max(1, Int((Constants.slotShare * Double(items.count)).rounded(.up)))
        for slot in 0..<Constants.mostSlots {
            let reaching = items.count { slot < $0.slots.count && !$0.slots[slot].isNaN }
            guard reaching >= needed else { continue }
            let seconds = grid.map { Double(slot) * $0.slotSeconds }
            let name = seconds.map { "\(NumberText.fixed($0, decimals: 2)) s" } ?? "slot \(slot)"
            levels.append(
                try level(String(slot), name, seconds ?? Double(slot)) {
                    slot < $0.slots.count ? $0.slots[slot] : .nan
                })
        }
        add(.slot, levels)
        levels = []
        for speaker in context.speakers {
            levels.append(
                try level(speaker, speaker, nil) {
                    table.items[$0.position].description.speaker == speaker ? $0.mean : .nan
                })
        }
        add(.speaker, levels)
        return result
    }
}
