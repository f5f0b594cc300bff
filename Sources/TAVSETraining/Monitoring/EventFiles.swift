import Foundation

/// TensorBoard's event files in a folder: each run of the program writes one of its own.
enum EventFiles {
    private static let prefix = "events.out.tfevents."

    /// Names in the order in which TensorBoard reads them.
    static func names(in folder: String) throws(TrainingLogError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasPrefix(prefix) }
                .sorted()
        } catch { throw .cannotAccess(path: folder, reason: error.localizedDescription) }
    }

    /// Opens a file that sorts after all others there, with its opening event.
    static func create(in folder: String, wallTime: Double) throws(TrainingLogError) -> AppendingFile {
        let latest = try names(in: folder).compactMap { Int($0.dropFirst(prefix.count).prefix(10)) }.max()
        let seconds = max(Int(wallTime), (latest ?? -1) + 1)
        let padded = String(repeating: "0", count: max(0, 10 - String(seconds).count)) + String(seconds)
        let host = ProcessInfo.processInfo.hostName.filter {
            $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".")
        }
        let name = "\(prefix)\(padded).\(host.isEmpty ? "localhost" : host).\(getpid()).0"
        let file = try AppendingFile(path: folder + "/" + name, isNew: true)
        try file.append(EventRecord.framed(SummaryEvent.version(wallTime: wallTime)))
        return file
    }

    /// Drops everything after the first `events` events of `step`, so that no curve holds a step twice.
    ///
    /// Steps never fall within a log, so each file keeps a prefix. The torn record that a crash leaves at an end goes
    /// too; a record that is damaged elsewhere takes the rest of its file with it, as it does for TensorBoard.
    static func cut(
        in folder: String, step: Int, events: Int, notices: inout [String]
    ) throws(TrainingLogError) {
        var found = 0
        var isPast = false
        for name in try names(in: folder) {
            let path = folder + "/" + name
            guard !isPast, let bytes = try AppendingFile.contents(path) else {
                try AppendingFile.remove(path)
                continue
            }
            var offset = 0
            var holdsSummary = false
            while offset < bytes.count, let data = EventRecord.data(in: bytes, at: offset) {
                let header = SummaryEvent.header(bytes[data])
                if header.step == step, header.holdsSummary { found += 1 }
                isPast = header.step > step || found > events
                if isPast { break }
                holdsSummary = holdsSummary || header.holdsSummary
                offset += EventRecord.overhead + data.count
            }
            if !isPast, offset < bytes.count {
                notices.append("\(path): torn or damaged at byte \(offset); the rest is dropped")
            }
            if !holdsSummary {
                try AppendingFile.remove(path)
            } else if offset < bytes.count {
                try AppendingFile.cut(path, to: offset)
            }
        }
        if found < events {
            notices.append("\(folder): \(events - found) TensorBoard events of step \(step) are missing")
        }
    }
}
