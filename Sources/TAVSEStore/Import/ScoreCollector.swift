import TAVSEBase

/// Sorts rows of a table of scores into columns, one per system and metric, by item.
struct ScoreCollector {
    /// What makes an item, as numbers of interned names; -1 where there is none.
    private struct ItemKey: Hashable {
        var utterance: Int, snr: UInt64, noiseType: Int, split: Int
    }

    let path: String
    let heading: ImportHeading
    let options: ImportOptions
    private(set) var rowCount = 0
    private(set) var failedCount = 0
    private var systems = ByteInterner(), utterances = ByteInterner(), speakers = ByteInterner()
    private var noises = ByteInterner(), splits = ByteInterner(), metrics = ByteInterner()
    private var statuses = ByteInterner()
    /// Long layout: metrics as they are spelled, and their numbers under the catalogue's names.
    private var rawMetrics = ByteInterner()
    private var canonical: [Int] = []
    private var itemIndex: [ItemKey: Int] = [:]
    private var items: [(key: ItemKey, speaker: Int)] = []
    private var lastItem: (key: ItemKey, index: Int)?
    /// `columns[system][metric]`, grown as they appear.
    private var columns: [[ScoreTable.Column]] = []
    private var duplicates: [String] = []
    private var duplicateCount = 0
    private static let listedDuplicates = 10
    private static let listedOutOfRange = 5

    private var unknownWords: [String: Int] = [:]
    private var metricRanges: [KnownMetric?] = []
    private var outOfRange: [ImportError.OutOfRange] = []
    private var outOfRangeCount = 0

    /// Status names after "ok" and "absent", in order.
    private static let failures = ["missing", "nan", "inf", "-inf"]

    init(path: String, heading: ImportHeading, options: ImportOptions) {
        self.path = path
        self.heading = heading
        self.options = options
        if let system = options.system { _ = systems.intern(Array(system.utf8)[...]) }
        if let split = options.split { _ = splits.intern(Array(split.utf8)[...]) }
        for metric in heading.metrics { _ = metrics.intern(Array(metric.name.utf8)[...]) }
        for status in ["ok", "absent"] + Self.failures { _ = statuses.intern(Array(status.utf8)[...]) }
    }

    /// Takes the reader's current record.
    mutating func add(_ reader: borrowing CSVReader) throws(ImportError) {
        guard reader.fields.count == heading.names.count else {
            throw .fieldCount(
                path: path, line: reader.line, expected: heading.names.count, found: reader.fields.count)
        }
        rowCount += 1
        var system = 0
        if let column = heading.system { system = try systemName(column, of: reader) }
        let item = try item(of: reader)
        if let metricColumn = heading.metric, let valueColumn = heading.value {
            let metric = try metricName(metricColumn, of: reader)
            var (value, status) = try cell(valueColumn, of: reader)
            if let column = heading.status, status != ScoreTable.okStatus {
                let bytes = reader.bytes(of: column)
                // "ok" beside a cell without a number cannot be: the number decides.
                if !bytes.isEmpty, !bytes.elementsEqual("ok".utf8), !bytes.elementsEqual("absent".utf8) {
                    status = UInt16(clamping: try name(column, of: reader, in: &statuses))
                    value = .nan
                }
            }
            checkRange(value, metric: metric, column: valueColumn, line: reader.line)
            store(value, status, system: system, metric: metric, item: item, line: reader.line)
        } else {
            for (metric, column) in heading.metrics.enumerated() {
                let (value, status) = try cell(column.column, of: reader)
                checkRange(value, metric: metric, column: column.column, line: reader.line)
                store(value, status, system: system, metric: metric, item: item, line: reader.line)
            }
        }
    }

    private func name(
        _ column: Int, of reader: borrowing CSVReader, in interner: inout ByteInterner
    ) throws(ImportError) -> Int {
        let bytes = Self.unquoted(reader.bytes(of: column))
        guard !bytes.isEmpty else {
            throw .emptyField(path: path, line: reader.line, column: heading.names[column])
        }
        let known = interner.count
        let index = interner.intern(bytes)
        if index == known, String(validating: bytes, as: UTF8.self) == nil {
            throw .invalidText(path: path, line: reader.line, column: heading.names[column])
        }
        return index
    }

    /// A cell without the apostrophe that a spreadsheet-safe export puts before `=`, `+`, `-` and `@`.
    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard bytes.first == 0x27, let second = bytes.dropFirst().first, CSV.startsFormula(second) else {
            return bytes
        }
        return bytes.dropFirst()
    }

    private func optionalName(
        _ column: Int?, of reader: borrowing CSVReader, in interner: inout ByteInterner,
        counting words: inout [String: Int]
    ) throws(ImportError) -> Int {
        guard let column else { return -1 }
        let bytes = reader.bytes(of: column)
        if bytes.isEmpty { return -1 }
        if bytes.count <= 8, let text = String(validating: bytes, as: UTF8.self), MissingWord.matches(text) {
            words["\(heading.names[column]) \"\(text)\"", default: 0] += 1
            return -1
        }
        return try name(column, of: reader, in: &interner)
    }

    /// The number of a system; "noisy" and "oracle" are the references whatever their case.
    private mutating func systemName(
        _ column: Int, of reader: borrowing CSVReader
    ) throws(ImportError) -> Int {
        let bytes = reader.bytes(of: column)
        if bytes.count == 5 || bytes.count == 6, let text = String(validating: bytes, as: UTF8.self),
            case let lowered = text.lowercased(), lowered != text, lowered == "noisy" || lowered == "oracle"
        {
            return systems.intern(Array(lowered.utf8)[...])
        }
        return try name(column, of: reader, in: &systems)
    }

    /// The number of a long table's metric, under the catalogue's name where it knows it.
    private mutating func metricName(
        _ column: Int, of reader: borrowing CSVReader
    ) throws(ImportError) -> Int {
        let raw = try name(column, of: reader, in: &rawMetrics)
        while canonical.count <= raw {
            canonical.append(
                metrics.intern(Array(canonicalMetric(rawMetrics[canonical.count]).utf8)[...]))
        }
        return canonical[raw]
    }

    /// The catalogue's name of a metric in any spelling, or the spelling itself.
    private func canonicalMetric(_ name: String) -> String { options.vocabulary.known(name)?.name ?? name }

    private mutating func checkRange(_ value: Double, metric: Int, column: Int, line: Int) {
        guard value.isFinite else { return }
        while metricRanges.count <= metric {
            metricRanges.append(options.vocabulary.known(metrics[metricRanges.count]))
        }
        guard let known = metricRanges[metric], !known.allows(value) else { return }
        outOfRangeCount += 1
        if outOfRange.count < Self.listedOutOfRange {
            outOfRange.append(
                .init(
                    line: line, column: heading.names[column], value: value, metric: known.label,
                    range: known.rangeText ?? ""))
        }
    }

    private func cell(_ column: Int, of reader: borrowing CSVReader) throws(ImportError) -> (Double, UInt16) {
        switch NumberParser.parse(reader.bytes(of: column)) {
        case .number(let value): return (value, ScoreTable.okStatus)
        case .missing: return (.nan, 2)
        case .nan: return (.nan, 3)
        case .infinity(let isNegative): return (.nan, isNegative ? 5 : 4)
        case .invalid:
            throw .invalidNumber(
                path: path, line: reader.line, column: heading.names[column],
                text: reader.text(of: column) ?? "bytes that are not UTF-8")
        }
    }

    private mutating func item(of reader: borrowing CSVReader) throws(ImportError) -> Int {
        var key = ItemKey(utterance: 0, snr: Double.nan.bitPattern, noiseType: -1, split: -1)
        key.utterance = try name(heading.utterance, of: reader, in: &utterances)
        if let column = heading.snr {
            switch NumberParser.parse(reader.bytes(of: column)) {
            case .number(let value): key.snr = (value == 0 ? 0 : value).bitPattern
            case .missing, .nan: break
            case .infinity, .invalid:
                throw .invalidNumber(
                    path: path, line: reader.line, column: heading.names[column],
                    text: reader.text(of: column) ?? "bytes that are not UTF-8")
            }
        }
        key.noiseType = try optionalName(
            heading.noiseType, of: reader, in: &noises, counting: &unknownWords)
        key.split =
            heading.split == nil && options.split != nil
            ? 0 : try optionalName(heading.split, of: reader, in: &splits, counting: &unknownWords)
        let speaker = try optionalName(
            heading.speaker, of: reader, in: &speakers, counting: &unknownWords)
        if let lastItem, lastItem.key == key, items[lastItem.index].speaker == speaker {
            return lastItem.index
        }
        let index: Int
        if let known = itemIndex[key] {
            index = known
            if items[known].speaker != speaker {
                throw .speakerDiffers(
                    path: path, line: reader.line, item: label(known),
                    first: items[known].speaker < 0 ? "" : speakers[items[known].speaker],
                    second: speaker < 0 ? "" : speakers[speaker])
            }
        } else {
            index = items.count
            itemIndex[key] = index
            items.append((key, speaker))
        }
        lastItem = (key, index)
        return index
    }

    private mutating func store(
        _ value: Double, _ status: UInt16, system: Int, metric: Int, item: Int, line: Int
    ) {
        while columns.count <= system { columns.append([]) }
        while columns[system].count <= metric {
            columns[system].append(ScoreTable.Column(values: [], status: []))
        }
        let missing = item + 1 - columns[system][metric].values.count
        if missing > 0 {
            columns[system][metric].values.append(contentsOf: repeatElement(.nan, count: missing))
            columns[system][metric].status.append(
                contentsOf: repeatElement(ScoreTable.absentStatus, count: missing))
        }
        guard columns[system][metric].status[item] == ScoreTable.absentStatus else {
            duplicateCount += 1
            if duplicates.count < Self.listedDuplicates {
                duplicates.append("\(systems[system]), \(label(item)), \(metrics[metric]) (line \(line))")
            }
            return
        }
        columns[system][metric].values[item] = value
        columns[system][metric].status[item] = status
        if status != ScoreTable.okStatus { failedCount += 1 }
    }

    /// An item in words, for errors.
    private func label(_ index: Int) -> String {
        let key = items[index].key
        var parts = [utterances[key.utterance]]
        let snr = Double(bitPattern: key.snr)
        if !snr.isNaN { parts.append("\(NumberText.exact(snr)) dB") }
        if key.noiseType >= 0 { parts.append(noises[key.noiseType]) }
        return parts.joined(separator: " at ")
    }

    /// Checks what only the whole file can tell.
    func checkComplete() throws(ImportError) {
        guard rowCount > 0 else { throw .noRows(path: path) }
        if duplicateCount > 0 { throw .duplicates(path: path, keys: duplicates, count: duplicateCount) }
        let found = (0..<metrics.count).map { metrics[$0] }
        for name in options.lowerIsBetter.union(options.higherIsBetter).sorted()
        where options.vocabulary.resolve(name, among: found) == nil {
            throw .unknownMetric(path: path, name: name, found: found)
        }
        if heading.guessesSNR {
            let values = Set(items.map(\.key.snr))
            if values.count > 40, values.count > items.count / 2, let column = heading.snr {
                throw .conditionLooksLikeScore(
                    path: path, column: heading.names[column], distinct: values.count)
            }
        }
        if outOfRangeCount > 0 { throw .outOfRange(path: path, cells: outOfRange, count: outOfRangeCount) }
        let unknown = found.filter { direction(of: $0) == nil }
        guard unknown.isEmpty else { throw .unknownDirection(path: path, names: unknown) }
    }

    /// Whether larger is better in a metric: by option, by catalogue, or as the store has it; nil when nothing says.
    private func direction(of name: String) -> Bool? {
        func names(_ list: Set<String>) -> Bool {
            list.contains { options.vocabulary.resolve($0, among: [name]) != nil }
        }
        if names(options.lowerIsBetter) { return false }
        if names(options.higherIsBetter) { return true }
        return options.vocabulary.known(name)?.higherIsBetter ?? options.knownDirections[name]
    }

    /// What a user should know about assumptions made.
    var warnings: [String] {
        var list = heading.remarks
        list += unknownWords.sorted { ItemOrder.text($0.key, $1.key) }.map { word, count in
            "\(word) is read as unknown in \(count) row\(count == 1 ? "" : "s")"
        }
        if heading.speaker == nil {
            list.append(
                "no speaker column: dependence between utterances of one speaker cannot be accounted for")
        }
        return list
    }

    /// The columns by sorted item; gives up the collector's own copy.
    consuming func table() -> ScoreTable {
        var described: [ScoreTable.Item] = []
        described.reserveCapacity(items.count)
        for (key, speaker) in items {
            let snr = Double(bitPattern: key.snr)
            described.append(
                ScoreTable.Item(
                    utterance: utterances[key.utterance], speaker: speaker < 0 ? nil : speakers[speaker],
                    snrDB: snr.isNaN ? nil : snr, noiseType: key.noiseType < 0 ? nil : noises[key.noiseType],
                    split: key.split < 0 ? nil : splits[key.split]))
        }
        let order = described.indices.sorted { ItemOrder.precedes(described[$0], described[$1]) }
        let isSorted = zip(order, order.indices).allSatisfy { $0 == $1 }
        let metricNames = (0..<metrics.count).map { metrics[$0] }
        var sorted: [[ScoreTable.Column]] = []
        for system in 0..<systems.count {
            sorted.append(
                metricNames.indices.map { metric in
                    let hasColumn = system < columns.count && metric < columns[system].count
                    var column =
                        hasColumn ? columns[system][metric] : ScoreTable.Column(values: [], status: [])
                    if hasColumn { columns[system][metric] = ScoreTable.Column(values: [], status: []) }
                    let missing = items.count - column.values.count
                    column.values.append(contentsOf: repeatElement(.nan, count: missing))
                    column.status.append(contentsOf: repeatElement(ScoreTable.absentStatus, count: missing))
                    guard !isSorted else { return column }
                    return ScoreTable.Column(
                        values: order.map { column.values[$0] }, status: order.map { column.status[$0] })
                })
        }
        return ScoreTable(
            items: order.map { described[$0] },
            systems: (0..<systems.count).map { index in
                let name = systems[index]
                let kind: ScoreTable.System.Kind =
                    name == "noisy" ? .noisy : name == "oracle" ? .oracle : .enhanced
                return ScoreTable.System(name: name, kind: kind)
            },
            metrics: metricNames.map { name in
                return ScoreTable.Metric(
                    name: name, signature: "\(options.source)|\(name)",
                    unit: options.vocabulary.known(name)?.unit ?? "",
                    higherIsBetter: direction(of: name) ?? true)
            },
            columns: sorted,
            statusNames: (0..<statuses.count).map { statuses[$0] })
    }
}

/// The order of items in a ``ScoreTable``.
package enum ItemOrder {
    /// Utterance by Unicode scalars, then SNR, noise type and split; an unknown part comes first.
    package static func precedes(_ a: ScoreTable.Item, _ b: ScoreTable.Item) -> Bool {
        if a.utterance != b.utterance { return text(a.utterance, b.utterance) }
        if a.snrDB != b.snrDB { return (a.snrDB ?? -.infinity) < (b.snrDB ?? -.infinity) }
        if a.noiseType != b.noiseType { return text(a.noiseType ?? "", b.noiseType ?? "") }
        return text(a.split ?? "", b.split ?? "")
    }

    /// Unicode scalar order, which is the order of UTF-8 bytes.
    package static func text(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
}
