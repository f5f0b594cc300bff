import GRDB

extension ResultsStore {
    /// The scores of several systems in columns, matched by item: what statistics and reports read.
    ///
    /// Without `runs`, each system is represented by its last complete evaluation, or by its last one where none is
    /// complete, beside its imported scores; where both hold the same metric, the newer of the two counts. Of every run
    /// the items of its last command count. The noisy input and the oracle appear as systems named "noisy" and "oracle"
    /// where they have scores.
    ///
    /// Items of different runs are one item when their utterance, speaker, condition and split agree and their
    /// audio does not differ.
    ///
    /// - Parameters:
    ///   - systems: names in report order; nil for all, the noisy input first and the oracle last.
    ///   - metrics: names in report order; nil for all.
    ///   - split: data split; nil for all.
    ///   - runs: runs to read instead; a later one comes before an earlier one of the same system.
    /// - Throws: `StoreError.unknownSystem`, `.unknownMetric`, `.unknownRun`, `.ambiguousItem`, and what SQLite finds.
    public func scoreTable(
        systems: [String]? = nil, metrics: [String]? = nil, split: String? = nil, runs: [RunID]? = nil
    ) throws(StoreError) -> ScoreTable {
        try read { database in
            var builder = try ScoreTableBuilder(database, split: split)
            let selected = try SelectedRuns(database, systems: systems, runs: runs, split: split)
            let columns = try builder.metrics(named: metrics)
            for run in selected.runs { try builder.read(run, selected: selected, metrics: columns) }
            return builder.table(selected: selected, metrics: columns, keepEmpty: systems != nil)
        }
    }
}

/// Which runs speak for which system.
struct SelectedRuns {
    struct Run {
        var id: Int64
        var system: String
        /// Index into ``names``; nil when only the references of this run are wanted.
        var slot: Int?
    }

    /// System names in report order, "noisy" and "oracle" among them.
    private(set) var names: [String] = []
    /// In order of precedence.
    private(set) var runs: [Run] = []
    let noisySlot: Int?
    let oracleSlot: Int?

    init(_ database: Database, systems: [String]?, runs chosen: [RunID]?, split: String?) throws {
        let known = try String.fetchAll(database, sql: "SELECT name FROM system ORDER BY id")
        let references = ["noisy", "oracle"]
        let plain = known.filter { !references.contains($0) }
        if let unknown = systems?.first(where: { !known.contains($0) && !references.contains($0) }) {
            throw StoreError.unknownSystem(name: unknown, known: known)
        }
        var unique: Set<String> = []
        let names = (systems ?? ["noisy"] + plain + ["oracle"]).filter { unique.insert($0).inserted }
        self.names = names
        noisySlot = names.firstIndex(of: "noisy")
        oracleSlot = names.firstIndex(of: "oracle")
        let wanted = names.filter { !references.contains($0) }
        // A request for the references alone reads them from every system's run.
        let sources = (wanted.isEmpty ? plain : wanted) + references.filter { known.contains($0) }
        if let chosen {
            for id in chosen.reversed() {
                let system = try String.fetchOne(
                    database,
                    sql: "SELECT system.name FROM run JOIN system ON system.id = system_id WHERE run.id = ?",
                    arguments: [id.rawValue])
                guard let system else { throw StoreError.unknownRun(id.rawValue) }
                runs.append(Run(id: id.rawValue, system: system, slot: names.firstIndex(of: system)))
            }
        } else {
            for system in sources {
                for id in try Self.newest(database, system: system, split: split) {
                    runs.append(Run(id: id, system: system, slot: names.firstIndex(of: system)))
                }
            }
        }
    }

    /// The last complete evaluation of a system and its last import, the later one first.
    ///
    /// A complete evaluation comes before one that is not, and gates without an evaluation come last. Repetitions that
    /// are under way never count: the run that they will replace does.
    private static func newest(_ database: Database, system: String, split: String?) throws -> [Int64] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT run.id, run.source = 'import', run.activity,
                    \(SchemaVersion2.isComplete) OR run.source = 'import' AS complete
                FROM run JOIN system ON system.id = run.system_id
                WHERE system.name = ?1 AND run.replaces IS NULL AND (?2 IS NULL OR EXISTS (
                    SELECT 1 FROM member JOIN item ON item.id = member.item_id
                    WHERE member.run_id = run.id AND item.split = ?2))
                ORDER BY run.purpose = 'gates', complete DESC, run.activity DESC, run.generation DESC, run.id DESC
                """, arguments: [system, split])
        var found: [(id: Int64, activity: Int64)] = []
        var kinds: Set<Bool> = []
        for row in rows where kinds.insert(row[1]).inserted { found.append((row[0], row[2])) }
        return found.sorted { ($0.activity, $0.id) > ($1.activity, $1.id) }.map(\.id)
    }
}

/// Fills the columns of a score table run by run.
private struct ScoreTableBuilder {
    struct Metrics {
        var list: [ScoreTable.Metric]
        /// Index into ``list`` by the metric's number; −1 for metrics that were not asked for.
        var slot: [Int]
    }

    private let database: Database
    private var items: [ScoreTable.Item] = []
    /// Index into ``items`` by the item's number; −1 for items of another split.
    private var position: [Int32] = []
    /// By system × metrics + metric; empty until the first score.
    private var columns: [ScoreTable.Column] = []
    /// Beside each column, the order of precedence, from 1, of the run that filled an entry.
    private var owners: [[UInt16]] = []
    private var runsRead: UInt16 = 0
    private var statusNames = ["ok", "absent"]

    init(_ database: Database, split: String?) throws {
        self.database = database
        try readItems(split: split)
    }

    /// Items in report order; rows that mean the same item share a position.
    private mutating func readItems(split: String?) throws {
        let largest = try Int64.fetchOne(database, sql: "SELECT max(id) FROM item") ?? 0
        position = Array(repeating: -1, count: Int(largest) + 1)
        // SQLite compares text by its bytes, which for UTF-8 is the order of Unicode scalars.
        let rows = try BulkStatement(
            database,
            """
            SELECT id, utterance, speaker, snr_db, noise_type, split, clean_hash, noisy_hash, key FROM item
            WHERE ?1 IS NULL OR split = ?1
            ORDER BY utterance, snr_db, noise_type, speaker, split, id
            """)
        try rows.bind(1, split)
        // Positions that share the current names, with the audio known of each.
        var group: [(position: Int, clean: String?, noisy: String?)] = []
        while try rows.step() {
            let item = ScoreTable.Item(
                utterance: rows.text(1) ?? "", speaker: rows.text(2), snrDB: rows.optionalDouble(3),
                noiseType: rows.text(4), split: rows.text(5), key: rows.text(8))
            let clean = rows.text(6)
            let noisy = rows.text(7)
            if items.last.map({ sameBytes($0, item) }) != true { group.removeAll() }
            let match = group.firstIndex {
                ($0.clean == nil || clean == nil || $0.clean == clean)
                    && ($0.noisy == nil || noisy == nil || $0.noisy == noisy)
            }
            if let match {
                position[Int(rows.integer(0))] = Int32(group[match].position)
                group[match].clean = group[match].clean ?? clean
                group[match].noisy = group[match].noisy ?? noisy
            } else {
                position[Int(rows.integer(0))] = Int32(items.count)
                group.append((items.count, clean, noisy))
                items.append(item)
            }
        }
    }

    /// Swift's `==` equates different encodings of one text; names are compared as they are stored.
    private func sameBytes(_ a: ScoreTable.Item, _ b: ScoreTable.Item) -> Bool {
        func same(_ x: String?, _ y: String?) -> Bool {
            guard let x, let y else { return x == nil && y == nil }
            return x.utf8.elementsEqual(y.utf8)
        }
        return a.snrDB == b.snrDB && same(a.utterance, b.utterance) && same(a.speaker, b.speaker)
            && same(a.noiseType, b.noiseType) && same(a.split, b.split)
    }

    /// The metrics of these names, each signature its own; all metrics for nil.
    func metrics(named names: [String]?) throws -> Metrics {
        let rows = try Row.fetchAll(
            database, sql: "SELECT id, name, signature, unit, direction FROM metric ORDER BY id")
        let largest = rows.map { row -> Int64 in row[0] }.max() ?? 0
        var result = Metrics(list: [], slot: Array(repeating: -1, count: Int(largest) + 1))
        func add(_ row: Row) {
            let id: Int64 = row[0]
            guard result.slot[Int(id)] < 0 else { return }
            result.slot[Int(id)] = result.list.count
            result.list.append(
                ScoreTable.Metric(
                    name: row[1], signature: row[2], unit: row[3], higherIsBetter: row[4] == "higher"))
        }
        guard let names else {
            rows.forEach(add)
            return result
        }
        for name in names {
            let matching = rows.filter { $0[1] == name }
            guard !matching.isEmpty else {
                throw StoreError.unknownMetric(name: name, known: Array(Set(rows.map { $0[1] })).sorted())
            }
            matching.forEach(add)
        }
        return result
    }

    mutating func read(_ run: SelectedRuns.Run, selected: SelectedRuns, metrics: Metrics) throws {
        let metricCount = metrics.list.count
        if columns.isEmpty {
            let empty = ScoreTable.Column(values: [], status: [])
            columns = Array(repeating: empty, count: selected.names.count * metricCount)
            owners = Array(repeating: [], count: columns.count)
        }
        runsRead += 1
        let slots = [selected.noisySlot, run.slot, selected.oracleSlot]
        var isMember = [Bool](repeating: false, count: position.count)
        let members = try BulkStatement(database, "SELECT item_id FROM member WHERE run_id = ?")
        try members.bind(1, run.id)
        while try members.step() { isMember[Int(members.integer(0))] = true }
        let retired = try Set(
            Int64.fetchAll(
                database, sql: "SELECT metric_id FROM retired WHERE run_id = ?", arguments: [run.id]))
        let rows = try BulkStatement(
            database, "SELECT item_id, signal, metric_id, value, status FROM score WHERE run_id = ?")
        try rows.bind(1, run.id)
        while try rows.step() {
            let item = Int(rows.integer(0))
            guard isMember[item], retired.isEmpty || !retired.contains(rows.integer(2)) else { continue }
            let place = Int(position[item])
            let metric = metrics.slot[Int(rows.integer(2))]
            guard let slot = slots[Int(rows.integer(1))], metric >= 0, place >= 0 else { continue }
            let column = slot * metricCount + metric
            if owners[column].isEmpty {
                owners[column] = Array(repeating: 0, count: items.count)
                columns[column] = .init(
                    values: Array(repeating: .nan, count: items.count),
                    status: Array(repeating: ScoreTable.absentStatus, count: items.count))
            }
            if owners[column][place] == runsRead {
                throw StoreError.ambiguousItem(system: run.system, item: label(items[place]))
            }
            // A run that was read before takes precedence.
            guard owners[column][place] == 0 else { continue }
            owners[column][place] = runsRead
            if rows.isNull(3) {
                columns[column].status[place] = statusCode(rows.text(4) ?? "")
            } else {
                columns[column].values[place] = rows.double(3)
                columns[column].status[place] = ScoreTable.okStatus
            }
        }
    }

    private mutating func statusCode(_ status: String) -> UInt16 {
        if let known = statusNames.firstIndex(of: status) { return UInt16(known) }
        statusNames.append(status)
        return UInt16(statusNames.count - 1)
    }

    private func label(_ item: ScoreTable.Item) -> String {
        ItemDescription(utterance: item.utterance, snrDB: item.snrDB, noiseType: item.noiseType).label
    }

    /// The table without items, metrics and systems that nothing was found for.
    func table(selected: SelectedRuns, metrics: Metrics, keepEmpty: Bool) -> ScoreTable {
        let metricCount = metrics.list.count
        let used = (0..<items.count).filter { item in
            owners.contains { !$0.isEmpty && $0[item] > 0 }
        }
        func isEmpty(_ system: Int, _ metric: Int) -> Bool {
            columns.isEmpty || owners[system * metricCount + metric].isEmpty
        }
        let systems = selected.names.indices.filter { system in
            let reference = system == selected.noisySlot || system == selected.oracleSlot
            return (keepEmpty && !reference) || (0..<metricCount).contains { !isEmpty(system, $0) }
        }
        let kept = (0..<metricCount).filter { metric in systems.contains { !isEmpty($0, metric) } }
        let absent = ScoreTable.Column(
            values: Array(repeating: .nan, count: used.count),
            status: Array(repeating: ScoreTable.absentStatus, count: used.count))
        return ScoreTable(
            items: used.map { items[$0] },
            systems: systems.map { system in
                let kind: ScoreTable.System.Kind =
                    system == selected.noisySlot
                    ? .noisy : system == selected.oracleSlot ? .oracle : .enhanced
                return ScoreTable.System(name: selected.names[system], kind: kind)
            },
            metrics: kept.map { metrics.list[$0] },
            columns: systems.map { system in
                kept.map { metric in
                    if isEmpty(system, metric) { return absent }
                    let column = columns[system * metricCount + metric]
                    if used.count == items.count { return column }
                    return ScoreTable.Column(
                        values: used.map { column.values[$0] }, status: used.map { column.status[$0] })
                }
            },
            statusNames: statusNames)
    }
}
