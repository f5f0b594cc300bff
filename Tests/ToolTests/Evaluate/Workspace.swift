import Foundation
import TAVSEBase
import TAVSESignal
import TAVSEStore

/// A folder of its own with recordings for one test, removed with the value.
final class Workspace: Sendable {
    let path: String
    var store: String { file("results.sqlite") }

    init() throws {
        path = NSTemporaryDirectory() + "tavse-tool-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    /// Real recordings that come with the repository.
    static let demo = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("fixtures/demo").path

    /// Something that every metric accepts: 1.5 s of noise whose level rises and falls like syllables.
    static func voice(seed: UInt64, rate: Int = 16000, count: Int = 24000, level: Float = 0.3) -> Signal {
        var generator = SplitMix64(seed: seed)
        var smooth: Float = 0
        let samples = (0..<count).map { index -> Float in
            let noise = Float(Int64(bitPattern: generator.next()) >> 40) / Float(1 << 23)
            smooth = 0.7 * smooth + 0.3 * noise
            let phase = Float(index) / Float(rate) * 4
            return level * smooth * max(0, sinf(2 * .pi * phase))
        }
        return Signal(samples: samples, sampleRate: rate)
    }

    static func mixed(_ clean: Signal, seed: UInt64, gain: Float) -> Signal {
        let noise = voice(seed: seed, rate: clean.sampleRate, count: clean.count)
        return Signal(
            samples: zip(clean.samples, noise.samples).map { $0 + gain * $1 }, sampleRate: clean.sampleRate)
    }

    func write(_ signal: Signal, _ name: String, encoding: AudioEncoding = .float32) throws {
        try makeFolder((name as NSString).deletingLastPathComponent)
        try AudioFile.write(signal, to: file(name), encoding: encoding)
    }

    func write(_ bytes: Data, _ name: String) throws {
        try makeFolder((name as NSString).deletingLastPathComponent)
        try bytes.write(to: URL(fileURLWithPath: file(name)))
    }

    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: file(name), withIntermediateDirectories: true)
    }

    /// Clean, noisy and enhanced recordings of every name.
    func recordings(_ names: [String]) throws {
        for (index, name) in names.enumerated() {
            let seed = UInt64(index)
            let clean = Self.voice(seed: seed)
            try write(clean, "clean/\(name).wav")
            try write(Self.mixed(clean, seed: seed + 1000, gain: 0.8), "noisy/\(name).wav")
            try write(Self.mixed(clean, seed: seed + 2000, gain: 0.3), "enhanced/\(name).wav")
        }
    }

    var folders: [String] { ["--clean", file("clean"), "--enhanced", file("enhanced")] }

    /// Every stored score of a system as text, in a fixed order, without times.
    func scores(system: String = "A", store: String? = nil) throws -> [String] {
        var lines: [String] = []
        try ResultsStore(path: store ?? self.store, access: .readOnly).exportScores(systems: [
            system, "noisy",
        ]) {
            let value = $0.outcome.value.map { "\($0)" } ?? $0.outcome.status
            let snr = $0.item.snrDB.map { "\($0)" } ?? "-"
            lines.append("\($0.item.utterance) \(snr) \($0.signal.name) \($0.metric) \(value)")
        }
        return lines.sorted()
    }
}
