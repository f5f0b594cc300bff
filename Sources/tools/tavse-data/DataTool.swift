import ArgumentParser
import Foundation
import TAVSEData
import ToolSupport

/// Turns this tool's errors into a line on standard error and the shared exit codes.
enum DataTool {
    static func reporting(_ body: () throws -> Void) throws {
        do { try body() } catch let error as DataError {
            FileHandle.standardError.write(Data("tavse-data: \(error)\n".utf8))
            throw status(of: error).exitCode
        }
    }

    static func status(of error: DataError) -> ExitStatus {
        switch error {
        case .missingInput: .missingInput
        case .cannotWrite: .cannotWrite
        case .setting: .usage
        case .cancelled: .stopped
        case .unreadable, .table, .leak, .codec, .frameStore, .frame, .archive, .audio: .badData
        }
    }
}

/// One line on standard error with the share done and the time left, redrawn on a terminal, sparse in a log.
final class ProgressLine {
    private let unit: String
    private let quiet: Bool
    private let start = ContinuousClock.now
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var lastTenth = -1

    init(unit: String, quiet: Bool) {
        self.unit = unit
        self.quiet = quiet
    }

    func update(_ done: Int, of total: Int) {
        guard !quiet, total > 0 else { return }
        let tenth = done * 10 / total
        guard isTerminal || tenth != lastTenth else { return }
        lastTenth = tenth
        let elapsed = Double((ContinuousClock.now - start).components.seconds)
        let left = done > 0 ? elapsed / Double(done) * Double(total - done) : 0
        let text = "\(done)/\(total) \(unit), \(Int(elapsed)) s, about \(Int(left.rounded())) s left"
        FileHandle.standardError.write(Data((isTerminal ? "\r\u{1B}[K" + text : text + "\n").utf8))
    }

    func end() {
        if isTerminal, !quiet { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }
}
