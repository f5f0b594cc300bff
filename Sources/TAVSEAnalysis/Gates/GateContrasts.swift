import TAVSEBase
import TAVSEStats
import TAVSEStore

/// The questions about one modality and quantity that are asked of every run, and their answers in numbers.
struct GateContrasts {
    let summary: GateSummary
    let items: GateItems
    let table: GateTable
    let context: GateContext

    private typealias Row = (position: Int, value: Double)

    /// Every question that the data has an answer to.
    func findings(grid: GateGrid?) throws(StatisticsError) -> [GateFinding] {
        var findings = try snr() + noise()
        findings += try frequency(grid) + time()
        for correlation in summary.correlations where correlation.result.kind == .spearman {
            findings.append(self.correlation(correlation))
        }
        return findings
    }

    private var name: String { summary.quantity.words(summary.modality) }

    private func finding(
        _ kind: GateFinding.Kind, _ rows: [Row], contrast: String, first: String, second: String
    ) throws(StatisticsError) -> GateFinding {
        let subject = name.capitalizedSentence
        return try GateFinding(
            kind: kind, modality: summary.modality, quantity: summary.quantity, contrast: contrast,
            words: .init(
                above: "\(subject) is higher \(first) than \(second)",
                below: "\(subject) is lower \(first) than \(second)",
                question: "\(name) is higher or lower \(first) than \(second)"),
            mean: try context.robustMean(rows), level: 1 - context.options.alpha)
    }

    /// An utterance of a speaker: what is compared with itself across conditions.
    private struct Utterance: Hashable {
        var name: String
        var speaker: String?
    }

    /// Differences of an utterance's means over two kinds of items, for the utterances that have both.
    private func withinUtterances(
        _ first: (Int) -> Bool, _ second: (Int) -> Bool
    ) -> [Row] {
        struct Means {
            var position: Int
            var first: [Double] = []
            var second: [Double] = []
        }
        var places: [Utterance: Int] = [:]
        var list: [Means] = []
        for item in items.items {
            let description = table.items[item.position].description
            let key = Utterance(name: description.utterance, speaker: description.speaker)
            let place = places[key] ?? list.count
            if place == list.count {
                places[key] = place
                list.append(Means(position: item.position))
            }
            if first(item.position) { list[place].first.append(item.mean) }
            if second(item.position) { list[place].second.append(item.mean) }
        }
        return list.filter { !$0.first.isEmpty && !$0.second.isEmpty }.map {
            ($0.position, GateItems.average($0.first) - GateItems.average($0.second))
        }
    }

    private func snr() throws(StatisticsError) -> [GateFinding] {
        let snr = context.grouping.snr
        guard snr.labels.count > 1, let high = snr.labels.last else { return [] }
        let last = snr.labels.count - 1
        let rows = withinUtterances({ snr.index[$0] == 0 }, { snr.index[$0] == last })
        guard !rows.isEmpty else { return [] }
        return [
            try finding(
                .snr, rows, contrast: "\(snr.labels[0]) dB − \(high) dB", first: "at \(snr.labels[0]) dB",
                second: "at \(high) dB")
        ]
    }

    /// With two noise types one comparison says it all; with more, each is compared with the others.
    private func noise() throws(StatisticsError) -> [GateFinding] {
        let noise = context.grouping.noise
        guard noise.labels.count > 1 else { return [] }
        var findings: [GateFinding] = []
        for index in noise.labels.indices.prefix(noise.labels.count == 2 ? 1 : noise.labels.count) {
            let other = noise.labels.count == 2 ? noise.labels[1] : "the other noises"
            let rows = withinUtterances(
                { noise.index[$0] == index }, { noise.index[$0].map { $0 != index } ?? false })
            guard !rows.isEmpty else { continue }
            findings.append(
                try finding(
                    .noise, rows, contrast: "\(noise.labels[index]) − \(other)",
                    first: "in \(noise.labels[index])", second: "in \(other)"))
        }
        return findings
    }

    /// The middle row of an odd number belongs to neither half.
    private func frequency(_ grid: GateGrid?) throws(StatisticsError) -> [GateFinding] {
        let half = items.rowCount / 2
        guard half > 0 else { return [] }
        let upper = items.rowCount - half
        let rows: [Row] = items.items.map { item in
            let lower = GateItems.average(Array(item.rows.prefix(half)))
            let higher = GateItems.average(item.rows.count > upper ? Array(item.rows[upper...]) : [])
            return (item.position, lower - higher)
        }.filter { !$0.value.isNaN }
        func kilohertz(_ row: Int) -> String? {
            grid.map { NumberText.fixed(Double(row) * $0.rowHertz / 1000, decimals: 1) + " kHz" }
        }
        let first = kilohertz(half - 1).map { "up to \($0)" } ?? "in the lower half of the rows"
        let second = kilohertz(upper).map { "from \($0)" } ?? "in the upper half"
        guard !rows.isEmpty else { return [] }
        return [
            try finding(.frequency, rows, contrast: "lower half − upper half", first: first, second: second)
        ]
    }

    private func time() throws(StatisticsError) -> [GateFinding] {
        let half = GateItems.parts / 2
        let rows: [Row] = items.items.map { item in
            let (early, late) = (Array(item.parts[..<half]), Array(item.parts[half...]))
            return (item.position, GateItems.average(early) - GateItems.average(late))
        }.filter { !$0.value.isNaN }
        guard !rows.isEmpty, items.items.contains(where: { $0.slots.count > 1 }) else { return [] }
        return [
            try finding(
                .time, rows, contrast: "first half − second half", first: "in the first half of an item",
                second: "in the second")
        ]
    }

    private func correlation(_ correlation: GateCorrelation) -> GateFinding {
        let result = correlation.result
        let isPooled = correlation.scope == .pooled
        let scope = isPooled ? "over all items" : "within SNR and noise type"
        let subject = name.capitalizedSentence
        return GateFinding(
            kind: isPooled ? .correlation : .correlationWithin, modality: summary.modality,
            quantity: summary.quantity, contrast: scope,
            words: .init(
                above: "\(subject) and the SI-SNR improvement rise together \(scope)",
                below: "\(subject) falls where the SI-SNR improvement rises, \(scope)",
                question: "\(name) and the SI-SNR improvement go together \(scope)"),
            estimate: result.estimate, interval: result.interval, p: result.p, n: result.n,
            clusters: result.clusterCount)
    }

    /// One camera against another, item by item.
    static func betweenModalities(
        _ parts: [GateReduction.Part], context: GateContext
    ) throws(StatisticsError) -> [GateFinding] {
        var findings: [GateFinding] = []
        for quantity in GateQuantity.allCases {
            let list = parts.filter { $0.quantity == quantity }
            for (index, first) in list.enumerated() {
                for second in list.dropFirst(index + 1) {
                    let other = Dictionary(
                        uniqueKeysWithValues: second.values.map { ($0.position, $0.value) })
                    let rows: [Row] = first.values.compactMap { row in
                        other[row.position].map { (row.position, row.value - $0) }
                    }
                    guard !rows.isEmpty else { continue }
                    let (a, b) = (quantity.words(first.modality), quantity.words(second.modality))
                    findings.append(
                        try GateFinding(
                            kind: .modality, modality: first.modality, quantity: quantity,
                            contrast: "\(first.modality) − \(second.modality)",
                            words: .init(
                                above: "\(a.capitalizedSentence) is higher than \(b)",
                                below: "\(a.capitalizedSentence) is lower than \(b)",
                                question: "\(a) is higher or lower than \(b)"),
                            mean: try context.robustMean(rows), level: 1 - context.options.alpha))
                }
            }
        }
        return findings
    }
}
