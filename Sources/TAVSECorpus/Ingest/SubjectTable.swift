import Foundation
import TAVSEBase
import TAVSEData
import TAVSESignal

/// What `metadata/subjects.csv` of SpeakingFaces says about the speakers.
///
/// `Sub_ID` and `Split` are needed; `Age`, `Gender`, `Ethnicity`, `Acc_Trial_1` and `Acc_Trial_2` go into the
/// manifests as they stand. The corpus does not say what the values of `Acc_Trial_*` mean, so nothing is left out
/// because of them.
public struct SubjectTable: Sendable, Equatable {
    /// One speaker.
    struct Subject: Sendable, Equatable {
        let line: Int
        /// nil when the field is empty.
        let split: Split?
        /// The further columns of the corpus by name; those the table lacks are missing.
        let fields: [String: String]
    }

    /// Manifest columns that a table adds.
    static let extraColumns = ["age", "gender", "ethnicity", "acc_trial"]

    private static let kept = ["Age", "Gender", "Ethnicity", "Acc_Trial_1", "Acc_Trial_2"]
    private static let splits: [String: Split] = [
        "train": .train, "val": .val, "valid": .val, "validation": .val, "test": .test,
    ]

    /// The file read.
    public let path: String
    private(set) var subjects: [Int: Subject] = [:]

    /// Where the table of a corpus is: in `metadata/` of the folder with the archives, or beside them.
    static func path(in source: String) -> String? {
        [source + "/metadata/subjects.csv", source + "/subjects.csv"]
            .first { FileManager.default.fileExists(atPath: $0) }
    }

    /// Reads a table.
    ///
    /// - Throws: ``DataError/table(file:line:column:reason:)`` for the first field that is wrong: no subject of the
    ///   corpus, one that stands there twice, an unknown split.
    public init(path: String) throws(DataError) {
        let table = try CSVTable(path: path)
        var place: [String: Int] = [:]
        for (index, name) in table.columns.enumerated() {
            place[name.trimmingCharacters(in: .whitespaces)] = index
        }
        for column in ["Sub_ID", "Split"] where place[column] == nil {
            throw .table(
                file: path, line: 1, column: column,
                reason: "the header lacks this column; found \(table.columns.joined(separator: ","))")
        }
        self.path = path
        for row in table.rows {
            let reader = RowReader(
                file: path,
                row: CSV.Row(
                    line: row.line, fields: row.fields.map { $0.trimmingCharacters(in: .whitespaces) }),
                place: place)
            let number = try reader.integer("Sub_ID", in: SpeakingFacesSplit.subjects)
            if let before = subjects[number] {
                throw reader.fail("Sub_ID", "subject \(number) stands on line \(before.line) already")
            }
            let text = try reader.text("Split")
            let split = Self.splits[text.lowercased()]
            guard text.isEmpty || split != nil else {
                throw reader.fail("Split", "expected train, val (valid, validation) or test, found '\(text)'")
            }
            var fields: [String: String] = [:]
            for column in Self.kept where place[column] != nil { fields[column] = try reader.text(column) }
            subjects[number] = Subject(line: row.line, split: split, fields: fields)
        }
    }

    /// The manifest's extra columns for a clip of a trial; empty where the table says nothing.
    func extra(of subject: Int, trial: String) -> [String: String] {
        let fields = subjects[subject]?.fields ?? [:]
        return [
            "age": fields["Age"] ?? "", "gender": fields["Gender"] ?? "",
            "ethnicity": fields["Ethnicity"] ?? "", "acc_trial": fields["Acc_Trial_" + trial] ?? "",
        ]
    }

    /// Where a subject goes under `--split official`: where the table says, else by the corpus' ranges.
    ///
    /// - Returns: the split and, when table and ranges do not agree or the table is silent, a line that says so.
    func split(of subject: Int) -> (split: Split, warning: String?) {
        let range = SpeakingFacesSplit.official.split(of: subject)
        guard let row = subjects[subject] else {
            return (
                range, "\(path): has no row for subject \(subject); put in \(range.rawValue), by its number"
            )
        }
        guard let split = row.split else {
            return (
                range,
                "\(path):\(row.line): column 'Split' is empty; subject \(subject) put in \(range.rawValue), by its number"
            )
        }
        guard split != range else { return (split, nil) }
        return (
            split,
            "\(path):\(row.line): column 'Split': subject \(subject) is in \(split.rawValue) here and in \(range.rawValue) by its number; the table wins"
        )
    }
}
