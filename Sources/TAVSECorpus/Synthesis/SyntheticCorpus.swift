import Foundation
import TAVSEBase
import TAVSEData
import TAVSESignal

/// Settings of the synthetic corpus; equal settings give equal bytes of audio, frames and manifests.
public struct SyntheticCorpusSettings: Sendable, Equatable, Codable {
    /// Number of speakers, at least 3 (one per split).
    public var speakers = 148
    /// Utterances per speaker, at least 1.
    public var utterances = 6
    /// Seed of everything random.
    public var seed: UInt64 = 42
    /// Video frames per second.
    public var fps = 28.0
    /// Length of each noise file, seconds.
    public var noiseSeconds = 20.0
    /// Bits of thermal frames: 8, or 16 (hundredths of a kelvin).
    public var thermalBits = 8
    /// Share of video frames lost in each camera, 0…0.5; lost frames come in short runs.
    public var missingFrames = 0.0
    /// JPEG quality of colour frames, 1…100.
    public var jpegQuality = 92

    /// The defaults: 148 speakers × 6 utterances. A network that is to read the lips of people it has not seen needs
    /// many faces more than many utterances; 89 of them are for training.
    public init() {}

    /// - Throws: ``DataError/setting(_:reason:)`` for the first value out of range.
    public func validate() throws(DataError) {
        func require(_ condition: Bool, _ name: String, _ reason: String) throws(DataError) {
            guard condition else { throw .setting(name, reason: reason) }
        }
        try require((3...9999).contains(speakers), "speakers", "expected 3 … 9999, found \(speakers)")
        try require((1...9999).contains(utterances), "utterances", "expected 1 … 9999, found \(utterances)")
        try require(fps >= 5 && fps <= 120, "fps", "expected 5 … 120, found \(fps)")
        try require(
            noiseSeconds >= 5 && noiseSeconds <= 3600, "noise-seconds",
            "expected 5 … 3600, found \(noiseSeconds)")
        try require([8, 16].contains(thermalBits), "thermal-bits", "expected 8 or 16, found \(thermalBits)")
        try require(
            missingFrames >= 0 && missingFrames <= 0.5, "missing-frames",
            "expected 0 … 0.5, found \(missingFrames)")
        try require((1...100).contains(jpegQuality), "jpeg-quality", "expected 1 … 100, found \(jpegQuality)")
    }

    /// Which split a speaker (from 0) belongs to: about 60 / 15 / 25 %, each split at least one.
    public func split(ofSpeaker index: Int) -> Split {
        let test = max(1, Int((0.25 * Double(speakers)).rounded()))
        let val = max(1, Int((0.15 * Double(speakers)).rounded()))
        if index < speakers - test - val { return .train }
        return index < speakers - test ? .val : .test
    }
}

/// A small audio-visual corpus made from nothing: synthetic speakers, their mouths in colour and heat, and noise.
///
/// Sound and picture of an utterance come from one ``Articulation``, so the video says what the audio hides. What
/// belongs to an utterance depends on the seed, the speaker and its number alone.
public struct SyntheticCorpus: Sendable {
    /// What was made.
    public struct Summary: Sendable, Equatable {
        /// Utterances over all splits.
        public var utterances = 0
        /// Frames stored, both cameras together.
        public var frames = 0
        /// Speech, seconds.
        public var seconds = 0.0
        /// Noise environments.
        public var environments = 0
        /// True when the same corpus was there already and nothing was done.
        public var wasPresent = false
    }

    private let settings: SyntheticCorpusSettings
    private let workers: Int

    private enum Constants {
        /// Utterances made before they are stored. Not by the number of threads: the stores' pages depend on it.
        static let chunk = 64
    }

    /// - Parameters:
    ///   - settings: what to make.
    ///   - workers: threads.
    public init(_ settings: SyntheticCorpusSettings, workers: Int) throws(DataError) {
        try settings.validate()
        self.settings = settings
        self.workers = max(1, workers)
    }

    /// Writes the corpus below `root`; `processed/` appears only when it is whole.
    ///
    /// - Parameters:
    ///   - root: the data root.
    ///   - overwrite: whether another `processed/` may be replaced.
    ///   - progress: told the number of utterances done and in all.
    /// - Throws: ``DataError``; nothing but what was there before is left then.
    @discardableResult
    public func write(
        to root: DataRoot, overwrite: Bool = false, progress: (Int, Int) -> Void = { _, _ in }
    ) throws(DataError) -> Summary {
        let manager = FileManager.default
        let record = try recordText()
        if manager.fileExists(atPath: root.processed) {
            if let old = manager.contents(atPath: root.metadata + "/synth.json"), old == record {
                var summary = Summary()
                summary.wasPresent = true
                return summary
            }
            guard overwrite else {
                throw .cannotWrite(
                    path: root.processed,
                    reason: "it exists and holds other data; pass --overwrite to replace it")
            }
        }
        let partial = DataRoot(root.path + "/.synth.partial")
        try? manager.removeItem(atPath: partial.path)
        do throws(DataError) {
            let summary = try build(in: partial, record: record, progress: progress)
            do {
                if overwrite, manager.fileExists(atPath: root.processed) {
                    try manager.removeItem(atPath: root.processed)
                }
                try manager.moveItem(atPath: partial.processed, toPath: root.processed)
                try manager.removeItem(atPath: partial.path)
            } catch { throw DataError.cannotWrite(path: root.processed, reason: FileProblem.reason(error)) }
            return summary
        } catch {
            try? manager.removeItem(atPath: partial.path)
            throw error
        }
    }

    private func recordText() throws(DataError) -> Data {
        struct Record: Codable {
            var generator = "tavse-data synth"
            var version = 2
            let settings: SyntheticCorpusSettings
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do { return try encoder.encode(Record(settings: settings)) } catch {
            throw .setting("settings", reason: "\(error)")
        }
    }

    private func build(
        in root: DataRoot, record: Data, progress: (Int, Int) -> Void
    ) throws(DataError) -> Summary {
        try FileProblem.makeFolder(root.audio)
        try FileProblem.makeFolder(root.metadata)
        var summary = Summary()
        let stores = [
            Camera.rgb: try FrameStoreWriter(path: root.frames(.rgb), durable: false),
            Camera.thermal: try FrameStoreWriter(path: root.frames(.thermal), durable: false),
        ]
        var entries: [Split: [ManifestEntry]] = [:]
        let total = settings.speakers * settings.utterances
        let chunk = Constants.chunk
        for start in stride(from: 0, to: total, by: chunk) {
            let clips = try parallelMap(count: min(chunk, total - start), threads: workers) {
                offset throws(DataError) in
                let index = start + offset
                return try SyntheticClip(
                    settings, speaker: index / settings.utterances, number: index % settings.utterances)
            }
            for clip in clips {
                do throws(AudioError) {
                    try AudioFile.write(clip.speech, to: root.processed + "/" + clip.entry.audio)
                } catch { throw DataError(error) }
                summary.utterances += 1
                summary.seconds += clip.speech.durationSeconds
                entries[settings.split(ofSpeaker: clip.speaker), default: []].append(clip.entry)
            }
            for (modality, store) in stores {
                let frames = clips.flatMap { $0.frames[modality] ?? [] }
                summary.frames += frames.count
                try store.write(frames)
            }
            progress(min(start + chunk, total), total)
        }
        for store in stores.values { try store.finish() }
        try writeNoise(to: root)
        summary.environments = NoiseEnvironment.all.count
        for split in Split.allCases {
            try Manifest(entries: entries[split] ?? [], extraColumns: SyntheticClip.extraColumns)
                .write(to: root.manifest(split))
        }
        try FileProblem.write(record, to: root.metadata + "/synth.json")
        return summary
    }

    private func writeNoise(to root: DataRoot) throws(DataError) {
        let environments = NoiseEnvironment.all
        let settings = settings
        for split in Split.allCases { try FileProblem.makeFolder(root.noise(split)) }
        _ = try parallelMap(count: environments.count, threads: workers) { index throws(DataError) in
            let environment = environments[index]
            let noise = NoiseSynthesizer(sampleRate: DataRoot.sampleRate).render(
                environment.kind, seconds: settings.noiseSeconds,
                seed: SeedPath.derive(settings.seed, "noise", environment.name))
            do throws(AudioError) {
                try AudioFile.write(noise, to: root.noise(environment.split) + "/\(environment.name).wav")
            } catch { throw DataError(error) }
            return true
        }
    }
}
