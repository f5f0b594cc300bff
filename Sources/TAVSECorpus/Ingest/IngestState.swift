import Foundation
import TAVSEData

/// What an import has finished, in one file per subject, so that a killed import loses at most the current subject.
struct IngestState {
    /// A finished subject.
    struct Subject: Codable {
        struct Entry: Codable {
            let utterance: String
            let audio: String
            let frames: Int
            let durationSeconds: Double
            let rgb: Bool
            let thermal: Bool
            let extra: [String: String]
        }
        let subject: Int
        var entries: [Entry] = []
        var problems: [String] = []
        var found: [Int: Int] = [:]
        var frames: [Int: Int] = [:]
    }

    private let folder: String
    private let lock: Int32

    /// Opens the state of a data root, alone.
    ///
    /// - Throws: ``DataError/cannotWrite(path:reason:)`` when another import is running, when there is a state and
    ///   `resume` is false, or when it was made with other settings.
    init(_ root: DataRoot, settings: IngestSettings, resume: Bool) throws(DataError) {
        folder = root.metadata + "/ingest"
        let record = folder + "/settings.json"
        let existed = FileManager.default.fileExists(atPath: record)
        if existed, !resume {
            throw .cannotWrite(
                path: folder,
                reason: "an import has been started here; go on with --resume, or remove processed/")
        }
        try FileProblem.makeFolder(folder)
        lock = open(folder + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lock >= 0 else {
            throw .cannotWrite(path: folder + "/lock", reason: String(cString: strerror(errno)))
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw .cannotWrite(path: folder, reason: "another import into this data root is running")
        }
        // What the data looks like depends on these; the subjects and the places of source and table do not matter.
        var compared = settings
        compared.source = ""
        compared.subjectTable = nil
        compared.subjects = []
        let text: Data
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            text = try encoder.encode(compared)
        } catch {
            close(lock)
            throw .setting("settings", reason: "\(error)")
        }
        if existed, FileManager.default.contents(atPath: record) != text {
            close(lock)
            throw .cannotWrite(
                path: record, reason: "the import was started with other settings; use the same ones")
        }
        if !existed {
            do throws(DataError) { try FileProblem.write(text, to: record) } catch {
                close(lock)
                throw error
            }
        }
    }

    /// Lets the next import in.
    func release() { close(lock) }

    /// A finished subject, nil when it is not finished (or its file was cut off by a crash of the machine).
    func subject(_ number: Int) -> Subject? {
        FileManager.default.contents(atPath: path(number)).flatMap {
            try? JSONDecoder().decode(Subject.self, from: $0)
        }
    }

    /// Marks a subject as finished.
    ///
    /// - Parameter boxes: rows of the mouth boxes that were found, to be handed out by ``writeBoxes(to:)``; nil when
    ///   boxes were given.
    func save(_ subject: Subject, boxes: String?) throws(DataError) {
        if let boxes { try FileProblem.write(Data(boxes.utf8), to: boxesPath(subject.subject)) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let text: Data
        do { text = try encoder.encode(subject) } catch { throw .setting("state", reason: "\(error)") }
        try FileProblem.write(text, to: path(subject.subject))
    }

    /// All finished subjects, ascending.
    func finished() -> [Subject] { SpeakingFacesSplit.subjects.compactMap(subject) }

    /// Writes the boxes found in all finished subjects as one CSV file.
    func writeBoxes(to path: String) throws(DataError) {
        var text = Data((MouthBoxes.columns.joined(separator: ",") + "\n").utf8)
        for subject in finished() {
            let part = boxesPath(subject.subject)
            guard let rows = FileManager.default.contents(atPath: part) else {
                throw .unreadable(
                    path: part, reason: "the boxes of a finished subject are gone; import it again")
            }
            text += rows
        }
        try FileProblem.write(text, to: path)
    }

    private func boxesPath(_ number: Int) -> String { folder + "/boxes_\(number).csv" }
    private func path(_ number: Int) -> String { folder + "/sub_\(number).json" }
}
