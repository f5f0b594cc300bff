/// A CSV file of scalars, one row per value: `epoch,step,tag,value`.
///
/// Values are the shortest decimals that read back as the same double.
struct ScalarTable {
    static let header = "epoch,step,tag,value\n"

    private let file: AppendingFile

    /// Opens a new table.
    init(new path: String) throws(TrainingLogError) {
        file = try AppendingFile(path: path, isNew: true)
        try file.append(Array(Self.header.utf8))
    }

    /// Opens a table to continue it after `rows` rows of `step`; what follows is dropped.
    init(
        path: String, step: Int, rows: Int, notices: inout [String]
    ) throws(TrainingLogError) {
        if let bytes = try AppendingFile.contents(path) {
            let kept = try Self.kept(bytes, path: path, step: step, rows: rows, notices: &notices)
            if kept < bytes.count { try AppendingFile.cut(path, to: kept) }
        } else {
            notices.append("\(path): missing; a new one begins after step \(step)")
        }
        file = try AppendingFile(path: path, isNew: false)
        if file.isEmpty { try file.append(Array(Self.header.utf8)) }
    }

    func append(_ values: [(tag: LogTag, value: Double)], epoch: Int, step: Int) throws(TrainingLogError) {
        let rows = values.map { "\(epoch),\(step),\($0.tag.name),\($0.value)\n" }
        try file.append(Array(rows.joined().utf8))
    }

    func synchronize() throws(TrainingLogError) { try file.synchronize() }
    func finish() throws(TrainingLogError) { try file.finish() }

    /// Bytes up to the first row that came after the position.
    private static func kept(
        _ bytes: [UInt8], path: String, step: Int, rows: Int, notices: inout [String]
    ) throws(TrainingLogError) -> Int {
        var start = 0
        var line = 0
        var found = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            line += 1
            if line == 1 {
                guard bytes[...end].elementsEqual(header.utf8) else {
                    throw .foreignTable(path: path, line: 1, reason: "expected 'epoch,step,tag,value'")
                }
            } else {
                let cells = bytes[start..<end].split(
                    separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
                guard cells.count == 4, let at = Int(String(decoding: cells[1], as: UTF8.self)) else {
                    throw .foreignTable(path: path, line: line, reason: "expected epoch, step, tag and value")
                }
                if at == step { found += 1 }
                if at > step || found > rows { return start }
            }
            start = end + 1
        }
        if found < rows {
            notices.append("\(path): \(rows - found) rows of step \(step) are missing")
        }
        return start
    }
}
