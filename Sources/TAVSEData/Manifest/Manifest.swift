import Foundation
import TAVSEBase
import TAVSESignal

/// One utterance: its files, its length, and which cameras saw it.
public struct ManifestEntry: Sendable, Equatable {
    /// Unique name; a SpeakingFaces id is `<speaker>_<trial>_<position>_<command>`.
    public var utterance: String
    /// Who speaks.
    public var speaker: String
    /// The WAV file relative to `processed/`.
    public var audio: String
    /// Number of video frames, missing ones included.
    public var frames: Int
    /// Video frames per second; frame n covers n/fps … (n+1)/fps.
    public var fps: Double
    /// Length of the audio in seconds.
    public var durationSeconds: Double
    /// Whether the colour camera saw the mouth.
    public var rgb: Bool
    /// Whether the thermal camera saw the mouth.
    public var thermal: Bool
    /// Further columns, kept as they are.
    public var extra: [String: String]

    /// All columns by name.
    public init(
        utterance: String, speaker: String, audio: String, frames: Int, fps: Double, durationSeconds: Double,
        rgb: Bool, thermal: Bool, extra: [String: String] = [:]
    ) {
        self.utterance = utterance
        self.speaker = speaker
        self.audio = audio
        self.frames = frames
        self.fps = fps
        self.durationSeconds = durationSeconds
        self.rgb = rgb
        self.thermal = thermal
        self.extra = extra
    }

    /// Whether a camera saw this utterance.
    public func has(_ modality: Camera) -> Bool { modality == .rgb ? rgb : thermal }
}

/// The utterances of one split, as `{train,val,test}_manifest.csv` lists them.
public struct Manifest: Sendable, Equatable {
    /// Columns every manifest has, in this order.
    public static let columns = [
        "utterance", "speaker", "audio", "frames", "fps", "duration_s", "rgb", "thermal",
    ]

    /// Names of the further columns, in file order.
    public var extraColumns: [String]
    /// One entry per utterance, in file order.
    public var entries: [ManifestEntry]

    /// A manifest made in memory.
    public init(entries: [ManifestEntry], extraColumns: [String] = []) {
        self.entries = entries
        self.extraColumns = extraColumns
    }

    /// Reads a manifest file.
    ///
    /// - Throws: ``DataError/table(file:line:column:reason:)`` for the first field that is wrong.
    public init(path: String) throws(DataError) {
        try self.init(CSVTable(path: path))
    }

    /// Reads a manifest from a table.
    public init(_ table: CSVTable) throws(DataError) {
        var place: [String: Int] = [:]
        for (index, name) in table.columns.enumerated() { place[name] = index }
        for column in Self.columns where place[column] == nil {
            throw .table(
                file: table.file, line: 1, column: column,
                reason: "the header lacks this column; found \(table.columns.joined(separator: ","))")
        }
        extraColumns = table.columns.filter { !Self.columns.contains($0) }
        entries = []
        var seen: [String: Int] = [:]
        for row in table.rows {
            let reader = RowReader(file: table.file, row: row, place: place)
            let entry = try ManifestEntry(reader, extra: extraColumns)
            if let before = seen[entry.utterance] {
                throw .table(
                    file: table.file, line: row.line, column: "utterance",
                    reason: "'\(entry.utterance)' stands on line \(before) already")
            }
            seen[entry.utterance] = row.line
            entries.append(entry)
        }
    }

    /// The file's text; reading it back gives an equal manifest.
    public var text: String {
        CSVTable.text(
            columns: Self.columns + extraColumns,
            rows: entries.map { entry in
                [
                    entry.utterance, entry.speaker, entry.audio, "\(entry.frames)", Self.number(entry.fps),
                    Self.number(entry.durationSeconds), entry.rgb ? "1" : "0", entry.thermal ? "1" : "0",
                ] + extraColumns.map { entry.extra[$0] ?? "" }
            })
    }

    /// Writes the file whole or not at all.
    public func write(to path: String) throws(DataError) {
        try FileProblem.write(Data(text.utf8), to: path)
    }

    /// The shortest text that reads back as the same number; whole numbers without a point.
    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}

/// Typed access to the fields of one row.
package struct RowReader {
    package let file: String
    package let row: CSV.Row
    package let place: [String: Int]

    package init(file: String, row: CSV.Row, place: [String: Int]) {
        self.file = file
        self.row = row
        self.place = place
    }

    package func text(_ column: String) throws(DataError) -> String {
        guard let index = place[column] else { throw fail(column, "no such column") }
        return row.fields[index]
    }

    package func filled(_ column: String) throws(DataError) -> String {
        let value = try text(column)
        guard !value.isEmpty else { throw fail(column, "is empty") }
        return value
    }

    package func integer(_ column: String, in range: ClosedRange<Int>) throws(DataError) -> Int {
        let value = try text(column)
        guard let number = Int(value), range.contains(number) else {
            throw fail(
                column, "expected a whole number \(range.lowerBound) … \(range.upperBound), found '\(value)'")
        }
        return number
    }

    package func number(_ column: String, above lower: Double, to upper: Double) throws(DataError) -> Double {
        let value = try text(column)
        guard let number = Double(value), number > lower, number <= upper else {
            throw fail(column, "expected a number above \(lower) and up to \(upper), found '\(value)'")
        }
        return number
    }

    func flag(_ column: String) throws(DataError) -> Bool {
        let value = try text(column)
        switch value.lowercased() {
        case "1", "true", "yes": return true
        case "0", "false", "no": return false
        default: throw fail(column, "expected 0 or 1, found '\(value)'")
        }
    }

    package func fail(_ column: String, _ reason: String) -> DataError {
        .table(file: file, line: row.line, column: column, reason: reason)
    }
}

extension ManifestEntry {
    package init(_ reader: RowReader, extra columns: [String]) throws(DataError) {
        utterance = try reader.filled("utterance")
        guard !utterance.contains("/"), utterance.utf8.count <= FrameKey.longestUtterance, utterance != "..",
            utterance != ".", !utterance.utf8.contains(0)
        else {
            throw reader.fail(
                "utterance",
                "'\(utterance)' must not hold '/' and be at most \(FrameKey.longestUtterance) bytes")
        }
        speaker = try reader.filled("speaker")
        audio = try reader.filled("audio")
        guard !audio.hasPrefix("/"), !audio.split(separator: "/").contains("..") else {
            throw reader.fail("audio", "'\(audio)' must be relative to processed/ and stay inside it")
        }
        frames = try reader.integer("frames", in: 0...(FrameKey.largestFrame + 1))
        fps = try reader.number("fps", above: 0, to: 1000)
        durationSeconds = try reader.number("duration_s", above: 0, to: 86400)
        rgb = try reader.flag("rgb")
        thermal = try reader.flag("thermal")
        var kept: [String: String] = [:]
        for column in columns { kept[column] = try reader.text(column) }
        extra = kept
    }
}
