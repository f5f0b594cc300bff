import Foundation
import TAVSEBase
import TAVSEModel
import TAVSESignal
import ToolSupport

/// What a batch did, for people and for scripts.
struct EnhanceSummary {
    private let results: [EnhanceResult]

    init(_ results: [EnhanceResult]) { self.results = results }

    private var enhanced: [EnhanceResult] { results.filter { $0.failure == nil && !$0.isSkipped } }
    private var seconds: Double { enhanced.reduce(0) { $0 + $1.seconds } }
    private var processing: Double { enhanced.reduce(0) { $0 + $1.processingSeconds } }
    /// Processing time per second of sound; nil when nothing was enhanced.
    private var realTimeFactor: Double? { seconds > 0 ? processing / seconds : nil }

    /// One line.
    var text: String {
        let failed = results.count { $0.failure != nil }
        let skipped = results.count { $0.isSkipped }
        var line = "\(enhanced.count) enhanced, \(skipped) there already, \(failed) failed"
        if let realTimeFactor {
            line += String(
                format: "; %.1f s of sound in %.1f s, real-time factor %.4f", seconds, processing,
                realTimeFactor)
        }
        return line
    }

    /// What to know about recordings that did not fail.
    var notes: [String] {
        var notes: [String] = []
        notes += results.flatMap(\.misfits)
        let renewed = enhanced.filter(\.isRenewed)
        if let first = renewed.first {
            notes.append(
                "\(renewed.count) made again, because the checkpoint, the recording or its video is another one; "
                    + "\(first.job.output)")
        }
        let unknown = results.filter(\.isOfUnknownOrigin)
        if let first = unknown.first {
            notes.append(
                "\(unknown.count) there already that do not say what made them, kept as they are (--force replaces "
                    + "them); \(first.job.output)")
        }
        let resampled = enhanced.filter { $0.resampledFrom != nil }
        if let first = resampled.first, let rate = first.resampledFrom {
            notes.append(
                "\(resampled.count) recording\(resampled.count == 1 ? "" : "s") resampled, \(first.job.input) from \(rate) Hz"
            )
        }
        let clipped = enhanced.filter { $0.clipped > 0 }
        if let first = clipped.first {
            notes.append(
                "\(clipped.count) output\(clipped.count == 1 ? "" : "s") cut at full scale, \(first.job.output) in \(first.clipped) samples"
            )
        }
        return notes
    }

    /// The same with every recording.
    var json: String {
        let items = results.map { result in
            let status = result.failure != nil ? "failed" : result.isSkipped ? "skipped" : "enhanced"
            let seen = JSONText.list(result.seen.map { JSONText.string($0.rawValue) })
            return """
                    {"input": \(JSONText.string(result.job.input)), "output": \(JSONText.string(result.job.output)), \
                "status": "\(status)", "reason": \(JSONText.string(result.failure)), \
                "duration_s": \(JSONText.number(result.seconds)), \
                "processing_s": \(JSONText.number(result.processingSeconds)), "video": \(seen), \
                "resampled_from_hz": \(JSONText.number(result.resampledFrom.map(Double.init))), \
                "clipped_samples": \(result.clipped)}
                """
        }
        return """
            {
              "enhanced": \(enhanced.count),
              "skipped": \(results.count { $0.isSkipped }),
              "failed": \(results.count { $0.failure != nil }),
              "real_time_factor": \(JSONText.number(realTimeFactor)),
              "recordings": [
            \(items.joined(separator: ",\n"))
              ]
            }
            """
    }
}
