import Foundation

/// Shows how far a batch is: one line that rewrites itself on a terminal, a plain line now and then elsewhere.
public struct ProgressLine {
    private let isTerminal: Bool
    private let isQuiet: Bool
    private let unit: String
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var lastShown: ContinuousClock.Instant
    private var width = 0

    /// - Parameters:
    ///   - unit: what is counted, in the plural.
    ///   - quiet: shows nothing.
    public init(unit: String, quiet: Bool) {
        self.unit = unit
        isQuiet = quiet
        isTerminal = isatty(STDERR_FILENO) == 1
        start = clock.now
        lastShown = start
    }

    /// Shows a state, if it is time to.
    ///
    /// - Parameters:
    ///   - done: finished so far.
    ///   - total: in all.
    ///   - note: said behind, e.g. how many failed; may be empty.
    public mutating func show(done: Int, total: Int, note: String = "") {
        if isQuiet { return }
        let now = clock.now
        guard now - lastShown >= (isTerminal ? .milliseconds(200) : .seconds(10)) else { return }
        lastShown = now
        let line = text(done: done, total: total, seconds: (now - start) / .seconds(1), note: note)
        if isTerminal {
            write("\r" + line + String(repeating: " ", count: max(0, width - line.count)))
            width = line.count
        } else {
            write(line + "\n")
        }
    }

    /// Shows a state with the count of what failed, if it is time to.
    ///
    /// - Parameters:
    ///   - done: finished so far, failures among them.
    ///   - total: in all.
    ///   - failed: how many failed.
    ///   - failure: what is said of these.
    public mutating func show(done: Int, total: Int, failed: Int, failure: String = "failed") {
        show(done: done, total: total, note: failed > 0 ? "\(failed) \(failure)" : "")
    }

    /// Clears the line on a terminal.
    public mutating func finish() {
        if !isQuiet && isTerminal && width > 0 { write("\r" + String(repeating: " ", count: width) + "\r") }
        width = 0
    }

    private func text(done: Int, total: Int, seconds: Double, note: String) -> String {
        let rate = seconds > 0 ? Double(done) / seconds : 0
        var line = "\(done)/\(total) \(unit), \(String(format: "%.1f", rate)) per second"
        if done > 0 && done < total && rate > 0 {
            line += ", \(Self.duration(Double(total - done) / rate)) left"
        }
        return line + (note.isEmpty ? "" : ", " + note)
    }

    private static func duration(_ seconds: Double) -> String {
        guard seconds < 360_000 else { return "days" }
        let whole = Int(seconds.rounded(.up))
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole / 60 % 60) min"
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
