import Foundation
import TAVSESignal
import TAVSEStore

/// Writes the recordings that are kept for listening: `sample0000_clean.wav`, `_noisy.wav`, `_enhanced.wav`.
struct SampleWriter {
    private let folder: String
    private let storeFolder: String
    private var count = 0

    init(folder: String, storePath: String) {
        self.folder = URL(fileURLWithPath: folder).standardizedFileURL.path
        storeFolder = URL(fileURLWithPath: storePath).deletingLastPathComponent().standardizedFileURL.path
    }

    /// Writes one item's recordings; returns what the store should know about them.
    mutating func write(
        _ audio: [(kind: SampleRecord.Kind, signal: Signal)]
    ) throws(EvaluationError) -> [SampleRecord] {
        guard !audio.isEmpty else { return [] }
        if count == 0 { try OutputFile.createFolder(folder) }
        let number = String(count)
        let name = "sample" + String(repeating: "0", count: max(0, 4 - number.count)) + number
        count += 1
        var records: [SampleRecord] = []
        for (kind, signal) in audio {
            let path = "\(folder)/\(name)_\(kind.rawValue).wav"
            do {
                try AudioFile.write(
                    signal, to: path, encoding: Self.isExactIn16Bits(signal) ? .pcm16 : .float32)
            } catch {
                throw .cannotWrite(path: path, reason: error.description)
            }
            // Relative to the database where it can be, so that both may be moved together.
            let home = storeFolder.hasSuffix("/") ? storeFolder : storeFolder + "/"
            let stored = path.hasPrefix(home) ? String(path.dropFirst(home.count)) : path
            records.append(SampleRecord(kind: kind, path: stored, contentHash: signal.contentHash))
        }
        return records
    }

    /// 16-bit PCM is smaller and plays everywhere; it is used where nothing is lost by it.
    private static func isExactIn16Bits(_ signal: Signal) -> Bool {
        signal.samples.allSatisfy { sample in
            let scaled = sample * 32768
            return scaled == scaled.rounded() && scaled >= -32768 && scaled <= 32767
        }
    }
}
