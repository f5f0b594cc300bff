import Foundation
import TAVSEBase
import TAVSESignal

/// Reads a list of recordings with their conditions.
///
/// A CSV file with a heading: `utterance`, `clean` and `enhanced` are needed; `speaker`, `snr_db`, `noise_type` and
/// `noisy` are optional; further columns are ignored. Relative paths start at the manifest's folder, or at the
/// folders given beside it.
public enum RecordingManifest {
    private static let known = ["utterance", "speaker", "snr_db", "noise_type", "clean", "noisy", "enhanced"]

    /// Reads a manifest.
    ///
    /// - Parameters:
    ///   - path: the CSV file.
    ///   - clean: folder at which relative paths of `clean` start; nil for the manifest's.
    ///   - enhanced: folder at which relative paths of `enhanced` start. When given, the column may be missing: the
    ///     file is then named as in `clean`.
    ///   - noisy: folder at which relative paths of `noisy` start.
    /// - Throws: `.missingManifest`, `.manifest` with line and column.
    public static func pairs(
        path: String, clean: String? = nil, enhanced: String? = nil, noisy: String? = nil
    ) throws(EvaluationError) -> RecordingList {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .missingManifest(path: path)
        }
        let bytes = [UInt8](data)
        let rows: [CSV.Row]
        do throws(CSV.Problem) { rows = try CSV.rows(in: bytes) } catch {
            throw .manifest(
                path: path, line: error.line, column: "\(error.field)", problem: problem(error.kind))
        }
        var reader = try Reader(path: path, rows: rows, clean: clean, enhanced: enhanced, noisy: noisy)
        let pairs = try reader.pairs()
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.update($0) }
        return RecordingList(pairs: pairs, unmatched: [], manifestHash: hash.hexadecimal())
    }

    static func problem(_ kind: CSV.Problem.Kind) -> String {
        switch kind {
        case .unclosedQuote: "a quote is opened and never closed"
        case .textAfterQuote: "text after a closing quote; double the quotes inside a field"
        case .quoteInField: "a quote inside a field; put the field in quotes and double those inside"
        case .notText: "not UTF-8 text"
        }
    }

    private struct Reader {
        let path: String
        let rows: [CSV.Row]
        let columns: [String: Int]
        let width: Int
        /// Folders at which relative paths of a column start.
        let folders: [String: String]
        let namesOutputsAsClean: Bool
        var seen: [String: Int] = [:]

        init(
            path: String, rows: [CSV.Row], clean: String?, enhanced: String?, noisy: String?
        ) throws(EvaluationError) {
            guard let heading = rows.first else {
                throw .manifest(
                    path: path, line: 1, column: nil, problem: "the file is empty, expected a heading")
            }
            var columns: [String: Int] = [:]
            for (index, field) in heading.fields.enumerated() {
                let name = field.trimmingCharacters(in: .whitespaces)
                guard RecordingManifest.known.contains(name) else { continue }
                guard columns[name] == nil else {
                    throw .manifest(path: path, line: heading.line, column: name, problem: "given twice")
                }
                columns[name] = index
            }
            namesOutputsAsClean = columns["enhanced"] == nil && enhanced != nil
            for name in ["utterance", "clean", "enhanced"]
            where columns[name] == nil && !(name == "enhanced" && enhanced != nil) {
                throw .manifest(
                    path: path, line: heading.line, column: name,
                    problem: "missing; the heading has " + heading.fields.joined(separator: ", "))
            }
            self.path = path
            self.columns = columns
            self.rows = Array(rows.dropFirst())
            width = heading.fields.count
            let home = (path as NSString).deletingLastPathComponent
            folders = [
                "clean": clean ?? home, "enhanced": enhanced ?? home, "noisy": noisy ?? home,
            ]
        }

        mutating func pairs() throws(EvaluationError) -> [RecordingPair] {
            guard !rows.isEmpty else {
                throw .manifest(path: path, line: 2, column: nil, problem: "no rows below the heading")
            }
            var pairs: [RecordingPair] = []
            for row in rows { pairs.append(try pair(row)) }
            return pairs
        }

        private mutating func pair(_ row: CSV.Row) throws(EvaluationError) -> RecordingPair {
            guard row.fields.count == width else {
                throw .manifest(
                    path: path, line: row.line, column: nil,
                    problem: "\(row.fields.count) fields, expected \(width) as in the heading")
            }
            let utterance = try required("utterance", row)
            let snr = try number("snr_db", row)
            let noise = text("noise_type", row)
            let speaker = text("speaker", row)
            let key = [utterance, speaker ?? "", snr.map { "\($0)" } ?? "", noise ?? ""].joined(
                separator: "\0")
            if let first = seen[key] {
                throw .manifest(
                    path: path, line: row.line, column: "utterance",
                    problem: "\"\(utterance)\" in the same condition as on line \(first)")
            }
            seen[key] = row.line
            let clean = try required("clean", row)
            let enhanced = namesOutputsAsClean ? clean : try required("enhanced", row)
            return RecordingPair(
                utterance: utterance, speaker: speaker, snrDB: snr, noiseType: noise,
                clean: resolve(clean, "clean"), noisy: text("noisy", row).map { resolve($0, "noisy") },
                enhanced: resolve(enhanced, "enhanced"))
        }

        private func text(_ column: String, _ row: CSV.Row) -> String? {
            guard let index = columns[column] else { return nil }
            let field = row.fields[index]
            return field.isEmpty ? nil : field
        }

        private func required(_ column: String, _ row: CSV.Row) throws(EvaluationError) -> String {
            guard let value = text(column, row) else {
                throw .manifest(path: path, line: row.line, column: column, problem: "empty")
            }
            return value
        }

        private func number(_ column: String, _ row: CSV.Row) throws(EvaluationError) -> Double? {
            guard let field = text(column, row)?.trimmingCharacters(in: .whitespaces), !field.isEmpty else {
                return nil
            }
            guard let value = Double(field), abs(value) <= 1e6 else {
                throw .manifest(
                    path: path, line: row.line, column: column,
                    problem: "\"\(field)\", expected a number of dB")
            }
            return value
        }

        private func resolve(_ file: String, _ column: String) -> String {
            guard !file.hasPrefix("/"), let folder = folders[column], !folder.isEmpty else { return file }
            return Self.existing(folder + "/" + file)
        }

        /// The path itself, or the one file of its folder that is called the same in another Unicode normalisation.
        private static func existing(_ path: String) -> String {
            guard !path.utf8.allSatisfy({ $0 < 0x80 }), !FileManager.default.fileExists(atPath: path) else {
                return path
            }
            let folder = (path as NSString).deletingLastPathComponent
            let name = (path as NSString).lastPathComponent
            let same = ((try? FolderListing.names(in: folder)) ?? []).filter { $0 == name }
            return same.count == 1 ? folder + "/" + (same.first ?? name) : path
        }
    }
}
