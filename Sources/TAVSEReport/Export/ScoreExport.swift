import Foundation
import TAVSEAnalysis
import TAVSEBase
import TAVSEMetrics
import TAVSESignal
import TAVSEStore

/// Writes every stored score, one row each, in constant memory.
public struct ScoreExport: Sendable {
    /// File format.
    public enum Format: String, Sendable, CaseIterable {
        /// Comma-separated values with a heading.
        case csv
        /// One JSON object per line.
        case jsonl
    }

    /// Columns of the CSV, and keys of the JSON objects.
    public static let columns = [
        "system", "run", "signal", "utterance", "speaker", "snr_db", "noise_type", "split", "metric", "value",
        "status",
        "reason", "milliseconds", "signature", "item",
    ]

    private let format: Format
    private let handle: FileHandle
    private let path: String
    private var buffer: [UInt8] = []
    private static let bufferLength = 1 << 18

    /// Writes the selected scores.
    ///
    /// - Parameters:
    ///   - path: name of the output for errors.
    /// - Returns: how many scores were written.
    /// - Throws: `StoreError`, and ``ReportError/cannotWrite(path:reason:)``.
    public static func write(
        _ store: ResultsStore, selection: ReportSource.Selection, format: Format, to handle: FileHandle,
        path: String
    ) throws -> Int {
        var export = ScoreExport(format: format, handle: handle, path: path)
        var count = 0
        if format == .csv { try export.append(CSV.line(columns)) }
        let metrics = try selection.metrics.map { names in
            let known = try store.metrics().map(\.name)
            return names.map { MetricCatalog.resolve($0, among: known) ?? $0 }
        }
        try store.exportScores(systems: selection.systems, metrics: metrics, split: selection.split) {
            score in
            try export.append(export.text(of: score))
            count += 1
        }
        try export.flush()
        return count
    }

    private init(format: Format, handle: FileHandle, path: String) {
        self.format = format
        self.handle = handle
        self.path = path
        buffer.reserveCapacity(Self.bufferLength + 4096)
    }

    private func text(of score: ExportedScore) -> String {
        let item = score.item
        switch format {
        case .csv:
            return CSV.line(
                [
                    score.system, String(score.run.rawValue), score.signal.name, item.utterance,
                    item.speaker ?? "",
                    item.snrDB.map(NumberText.exact) ?? "", item.noiseType ?? "", item.split ?? "",
                    score.metric,
                    score.outcome.value.map(NumberText.exact) ?? "", score.outcome.status,
                    score.outcome.reason ?? "",
                    score.milliseconds.map(NumberText.exact) ?? "", score.signature, score.itemKey,
                ].map(CSV.inert))
        case .jsonl:
            let row = JSONValue.object([
                ("system", .string(score.system)), ("run", .integer(Int(score.run.rawValue))),
                ("signal", .string(score.signal.name)), ("utterance", .string(item.utterance)),
                ("speaker", .optional(item.speaker)), ("snr_db", .optional(item.snrDB)),
                ("noise_type", .optional(item.noiseType)), ("split", .optional(item.split)),
                ("metric", .string(score.metric)), ("value", .optional(score.outcome.value)),
                ("status", .string(score.outcome.status)), ("reason", .optional(score.outcome.reason)),
                ("milliseconds", .optional(score.milliseconds)), ("signature", .string(score.signature)),
                ("item", .string(score.itemKey)),
            ])
            return row.line + "\n"
        }
    }

    private mutating func append(_ text: String) throws {
        buffer += text.utf8
        if buffer.count >= Self.bufferLength { try flush() }
    }

    private mutating func flush() throws {
        do {
            try handle.write(contentsOf: buffer)
        } catch {
            throw ReportError.cannotWrite(path: path, reason: error.localizedDescription)
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
