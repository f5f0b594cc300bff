import Foundation
import Synchronization
import TAVSEBase
import TAVSEConfiguration
import TAVSEData
import TAVSEModel
import TAVSENN
import TAVSESignal
import TAVSEStore

/// One utterance in one fixed mix, as a network is given it.
public struct ModelItem: Sendable {
    /// Names, condition and hashes, as the store keeps them.
    public var description: ItemDescription
    /// Clean speech.
    public var clean: Signal
    /// Noisy speech.
    public var noisy: Signal
    /// Mouth frames of each camera that saw the utterance and was asked for, `[1, N, H, W, C]`, 0…1.
    public var frames: [Modality: Tensor]
}

/// The fixed mixes of a split: every utterance at every SNR in its environments, by number.
///
/// What an item is follows from configuration and data alone, so every evaluation, analysis and job of a job array
/// has the same items under the same numbers and keys. Any number of threads may read.
public struct ModelItems: Sendable {
    /// Which utterances.
    public let split: Split
    /// The control that the frames are given under; nil shows them as they are.
    public let control: VisualControl?
    /// SHA-256 of the manifest file.
    public let manifestHash: String
    /// SHA-256 over the names and samples of the noise environments.
    public let noiseHash: String

    private let dataset: SpeechDataset
    private let partners: [Camera: [String: ManifestEntry]]
    private let readers: ReaderPool

    /// Opens a split.
    ///
    /// - Parameters:
    ///   - configuration: data, SNRs, seed, frame rate.
    ///   - split: validation or test.
    ///   - modalities: what a network is given, which decides the video to read; nil for all that the experiment's has.
    ///   - control: a change of the video.
    /// - Throws: `.data` when files are missing or wrong, or `shuffle` has nothing to choose from; `.option` for the
    ///   training split, whose mixes are not fixed, and for a control without a camera.
    public init(
        _ configuration: Configuration, split: Split, modalities: [Modality]? = nil,
        control: VisualControl? = nil
    ) throws(EvaluationError) {
        let cameras = (modalities ?? configuration.network.modalities).compactMap(\.camera)
        guard split != .train else {
            throw .option(
                name: "split", value: split.rawValue,
                expected: "test or val; the training split has no fixed mixes")
        }
        if let control, cameras.isEmpty {
            throw .option(
                name: "control", value: control.rawValue,
                expected: "a network that is given video; only audio is used here")
        }
        let root = configuration.dataRoot
        let dataset: SpeechDataset
        do throws(DataError) {
            try SplitCheck.require(root)
            dataset = try SpeechDataset(
                root: root, split: split, settings: configuration.datasetSettings(split, cameras: cameras))
        } catch { throw .data(error) }
        guard let manifest = FileManager.default.contents(atPath: root.manifest(split)) else {
            throw .data(.missingInput(path: root.manifest(split)))
        }
        var partners: [Camera: [String: ManifestEntry]] = [:]
        if control == .shuffle {
            for camera in cameras {
                partners[camera] = VisualControl.partners(
                    of: dataset.manifest.entries, camera: camera, seed: dataset.settings.seed)
            }
            guard partners.values.contains(where: { !$0.isEmpty }) else {
                throw .option(
                    name: "control", value: "shuffle",
                    expected: "at least two utterances with video in \(root.manifest(split))")
            }
        }
        self.split = split
        self.control = control
        self.dataset = dataset
        self.partners = partners
        manifestHash = Self.hash(manifest)
        noiseHash = Self.hash(dataset.noise)
        readers = ReaderPool(dataset)
    }

    /// Number of items.
    public var count: Int { dataset.count }

    /// Mixes asked for that the split cannot have, one sentence each.
    public var notices: [String] { dataset.notices }

    /// What is known of an item before any sound is read.
    public func description(_ index: Int) -> ItemDescription {
        description(dataset.entry(index), dataset.fixedChoice(index))
    }

    private func description(_ entry: ManifestEntry, _ choice: MixChoice?) -> ItemDescription {
        ItemDescription(
            utterance: entry.utterance, speaker: entry.speaker, split: split.rawValue,
            snrDB: choice?.snrDB, noiseType: choice?.noise, noiseFile: choice.map(Self.noiseFile),
            noiseOffset: choice?.offset, sampleRate: DataRoot.sampleRate,
            durationSeconds: entry.durationSeconds)
    }

    /// The environment's file; the talker's utterance; with several talkers each with its offset, which one column does
    /// not hold.
    private static func noiseFile(_ choice: MixChoice) -> String {
        switch choice.talkers.count {
        case 0: choice.noise + ".wav"
        case 1: choice.talkers[0].utterance + ".wav"
        default: choice.talkers.map { "\($0.utterance).wav@\($0.offset)" }.joined(separator: " + ")
        }
    }

    /// Reads an item.
    ///
    /// - Throws: `DataError` when its recording or frames are missing or wrong; other items can still be read.
    public func read(_ index: Int) throws(DataError) -> ModelItem {
        let utterance = dataset.entry(index).utterance
        let shown = partners.compactMapValues { $0[utterance] }
        let batch = try readers.read(index, videoOf: shown)
        let example = batch.examples[0]
        let clean = Signal(
            samples: Array(batch.clean.array.prefix(example.sampleCount)), sampleRate: DataRoot.sampleRate)
        let noisy = Signal(
            samples: Array(batch.noisy.array.prefix(example.sampleCount)), sampleRate: DataRoot.sampleRate)
        var description = description(example.entry, example.choice)
        description.cleanHash = clean.contentHash
        description.noisyHash = noisy.contentHash
        description.noiseGain = example.noiseGain
        description.durationSeconds = clean.durationSeconds
        var frames: [Modality: Tensor] = [:]
        for camera in dataset.settings.modalities where example.isPresent(camera) {
            let tensor = Self.tensor(batch, camera)
            frames[camera.modality] = control?.applied(to: tensor, fps: dataset.settings.fps) ?? tensor
        }
        return ModelItem(description: description, clean: clean, noisy: noisy, frames: frames)
    }

    /// A camera's frames, `[1, N, H, W, C]`.
    private static func tensor(_ batch: Batch, _ camera: Camera) -> Tensor {
        let side = batch.shape.side
        return Tensor([1, batch.shape.frameCount, side, side, camera.channels]) { target in
            batch.video[camera]?.withUnsafeBufferPointer { _ = target.update(fromContentsOf: $0) }
        }
    }

    private static func hash(_ bytes: Data) -> String {
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.update($0) }
        return hash.hexadecimal()
    }

    private static func hash(_ noise: NoiseLibrary?) -> String {
        var hash = SHA256()
        for recording in noise?.recordings ?? [] {
            hash.update(recording.name + "\n")
            hash.update(
                Signal(samples: recording.samples, sampleRate: DataRoot.sampleRate).contentHash + "\n")
        }
        return hash.hexadecimal()
    }
}

/// Readers of one dataset, each used by one thread at a time.
private final class ReaderPool: Sendable {
    /// `@unchecked`: a reader is with the pool or with the one thread that took it out.
    private struct Idle: @unchecked Sendable {
        var readers: [ExampleReader] = []
    }

    private let dataset: SpeechDataset
    private let idle = Mutex(Idle())

    init(_ dataset: SpeechDataset) { self.dataset = dataset }

    func read(_ index: Int, videoOf shown: [Camera: ManifestEntry]) throws(DataError) -> Batch {
        let reader: ExampleReader
        if let idle = take() { reader = idle } else { reader = try ExampleReader(dataset) }
        defer { giveBack(reader) }
        return try reader.read(index, videoOf: shown)
    }

    private func take() -> ExampleReader? {
        idle.withLock { Lent(reader: $0.readers.popLast()) }.reader
    }

    private func giveBack(_ reader: ExampleReader) {
        let lent = Lent(reader: reader)
        idle.withLock { idle in
            if let reader = lent.reader { idle.readers.append(reader) }
        }
    }

    /// A reader on its way between the pool and a thread.
    private struct Lent: @unchecked Sendable {
        var reader: ExampleReader?
    }
}
