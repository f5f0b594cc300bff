import Foundation
import TAVSEBase
import TAVSESignal

/// Conditions of recordings from a file beside them, joined by the names of files.
///
/// Two forms are read: lines `name noise snr` separated by blanks, as in VoiceBank-DEMAND's `log_testset.txt`, and a CSV
/// file with a heading. Of its columns, whatever their case, one names the recording (`utterance`, `name`, `file`,
/// `filename`, `noisy`, `clean`) and others its condition (`snr_db` or `snr`; `noise_type` or `noise`; `speaker`).
public struct ConditionFile: Sendable {
    /// What is known of one recording.
    struct Condition: Sendable, Equatable {
        var speaker: String?
        var noiseType: String?
        var snrDB: Double?
        let line: Int
    }

    private let path: String
    /// By name without extension, byte by byte the same or canonically equivalent.
    private let conditions: [String: Condition]

    /// Reads a file.
    ///
    /// - Throws: `.missingManifest`, `.manifest` with line and column.
    public init(path: String) throws(EvaluationError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .missingManifest(path: path)
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw .manifest(path: path, line: 1, column: nil, problem: "not UTF-8 text")
        }
        self.path = path
        let first = text.split(whereSeparator: \.isNewline).first ?? ""
        conditions =
            first.contains(",")
            ? try Self.table([UInt8](data), path: path) : try Self.lines(text, path: path)
        guard !conditions.isEmpty else {
            throw .manifest(path: path, line: 1, column: nil, problem: "names no recording")
        }
    }

    /// Fills in the conditions of recordings; what a recording has already is kept.
    ///
    /// - Returns: one message per recording that the file does not name.
    public func apply(to pairs: inout [RecordingPair]) -> [String] {
        var missing: [String] = []
        for index in pairs.indices {
            let name = pairs[index].utterance
            guard let found = conditions[name] ?? conditions[(name as NSString).lastPathComponent] else {
                missing.append("\(name): not in \(path)")
                continue
            }
            pairs[index].speaker = pairs[index].speaker ?? found.speaker
            pairs[index].noiseType = pairs[index].noiseType ?? found.noiseType
            pairs[index].snrDB = pairs[index].snrDB ?? found.snrDB
        }
        return missing
    }

    /// A file's name as the recordings are called: without an audio extension.
    private static func stem(_ name: String) -> String {
        AudioFile.hasAudioExtension(name) ? (name as NSString).deletingPathExtension : name
    }

    private static func number(_ text: String, path: String, line: Int, column: String)
        throws(EvaluationError)
        -> Double?
    {
        var field = text.trimmingCharacters(in: .whitespaces)
        if field.lowercased().hasSuffix("db") {
            field = String(field.dropLast(2)).trimmingCharacters(in: .whitespaces)
        }
        if ["", "nan", "none", "n/a", "na", "<na>", "null"].contains(field.lowercased()) { return nil }
        guard let value = Double(field), abs(value) <= 1e6 else {
            throw .manifest(
                path: path, line: line, column: column, problem: "\"\(text)\", expected a number of dB")
        }
        return value
    }

    private static func add(
        _ condition: Condition, of name: String, path: String, to all: inout [String: Condition]
    ) throws(EvaluationError) {
        if let first = all.updateValue(condition, forKey: stem(name)) {
            throw .manifest(
                path: path, line: condition.line, column: nil,
                problem: "\"\(name)\" is on line \(first.line) already")
        }
    }

    private static func lines(_ text: String, path: String) throws(EvaluationError) -> [String: Condition] {
        var all: [String: Condition] = [:]
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            let fields = line.split(whereSeparator: \.isWhitespace).map(String.init)
            if fields.isEmpty { continue }
            guard fields.count == 3 else {
                throw .manifest(
                    path: path, line: index + 1, column: nil,
                    problem: "\(fields.count) words, expected: name noise snr")
            }
            let snr = try number(fields[2], path: path, line: index + 1, column: "snr")
            try add(
                Condition(speaker: nil, noiseType: fields[1], snrDB: snr, line: index + 1), of: fields[0],
                path: path, to: &all)
        }
        return all
    }

    private static let nameColumns = ["utterance", "name", "file", "filename", "noisy", "clean"]
    private static let snrColumns = ["snr_db", "snr"]
    private static let noiseColumns = ["noise_type", "noise"]

    private static func table(_ bytes: [UInt8], path: String) throws(EvaluationError) -> [String: Condition] {
        let rows: [CSV.Row]
        do throws(CSV.Problem) { rows = try CSV.rows(in: bytes) } catch {
            throw .manifest(
                path: path, line: error.line, column: "\(error.field)",
                problem: RecordingManifest.problem(error.kind))
        }
        let heading = (rows.first?.fields ?? []).map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
        func place(_ names: [String]) -> Int? { names.lazy.compactMap(heading.firstIndex(of:)).first }
        guard let name = place(nameColumns) else {
            throw .manifest(
                path: path, line: 1, column: nil,
                problem: "no column names the recording; expected one of "
                    + nameColumns.joined(separator: ", ") + ", found " + heading.joined(separator: ", "))
        }
        let (snr, noise, speaker) = (place(snrColumns), place(noiseColumns), place(["speaker"]))
        guard snr != nil || noise != nil || speaker != nil else {
            throw .manifest(
                path: path, line: 1, column: nil,
                problem: "no condition; expected snr_db, noise_type or speaker, found "
                    + heading.joined(separator: ", "))
        }
        var all: [String: Condition] = [:]
        for row in rows.dropFirst() {
            guard row.fields.count == heading.count else {
                throw .manifest(
                    path: path, line: row.line, column: nil,
                    problem: "\(row.fields.count) fields, expected \(heading.count) as in the heading")
            }
            func text(_ index: Int?) -> String? {
                index.flatMap { row.fields[$0].isEmpty ? nil : row.fields[$0] }
            }
            let file = (row.fields[name] as NSString)
            let ratio = try snr.flatMap { index throws(EvaluationError) in
                try number(row.fields[index], path: path, line: row.line, column: heading[index])
            }
            try add(
                Condition(speaker: text(speaker), noiseType: text(noise), snrDB: ratio, line: row.line),
                of: heading[name] == "utterance" ? row.fields[name] : file.lastPathComponent, path: path,
                to: &all)
        }
        return all
    }
}
