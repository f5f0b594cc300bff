import Foundation
import TAVSEBase
import TAVSESignal

/// Examples of one split by number: what an example is depends on the settings, the epoch and its number alone.
public final class SpeechDataset: Sendable {
    /// The data root.
    public let root: DataRoot
    /// The utterances.
    public let manifest: Manifest
    /// What is given out.
    public let settings: DatasetSettings
    /// The noise environments of the split; nil when no noise of an environment is added.
    public let noise: NoiseLibrary?
    /// What of the settings this split cannot do, one sentence each.
    public let notices: [String]

    private let stores: [Camera: FrameStore]
    private let fixed: [FixedMix]?
    /// Where interfering talkers come from, and how they are mixed; nil when there are none.
    private let talkers: (library: TalkerLibrary, plan: TalkerPlan)?

    /// Opens a split.
    ///
    /// - Parameters:
    ///   - root: the data root.
    ///   - split: which manifest and noise to use.
    ///   - frameStores: where the frames are when not in the root, as ``FrameStaging`` says.
    /// - Throws: ``DataError`` naming the file that is missing or wrong.
    public init(
        root: DataRoot, split: Split, settings: DatasetSettings, frameStores: [Camera: String] = [:]
    ) throws(DataError) {
        try settings.validate()
        let path = root.manifest(split)
        let manifest = try Manifest(path: path)
        guard !manifest.entries.isEmpty else {
            throw .table(file: path, line: 2, column: "utterance", reason: "the manifest lists no utterance")
        }
        for (index, entry) in manifest.entries.enumerated() where entry.fps != settings.fps {
            throw .table(
                file: path, line: index + 2, column: "fps",
                reason: "\(entry.fps) frames per second, the settings ask for \(settings.fps)")
        }
        var stores: [Camera: FrameStore] = [:]
        for modality in settings.modalities where manifest.entries.contains(where: { $0.has(modality) }) {
            stores[modality] = try FrameStore(path: frameStores[modality] ?? root.frames(modality))
        }
        let among = try TalkerChoice(settings, manifest: manifest, path: path)
        noise = among.needsNoise ? try NoiseLibrary(folder: root.noise(split)) : nil
        if among.talkers != nil,
            let name = noise?.recordings.map(\.name).first(where: { ["talker", "babble"].contains($0) })
        {
            throw .setting(
                root.noise(split) + "/\(name).wav",
                reason: "'\(name)' is the name of mixes with other speakers; rename the environment")
        }
        if case .fixed(let snrs, let limit)? = settings.mixes, let noise {
            if let (library, plan) = among.talkers, case .fixed(let talkerSNRs, let counts) = plan {
                fixed = FixedMix.all(
                    of: manifest, noise: noise, snrsDB: snrs, noisesPerUtterance: limit, talkers: library,
                    talkerSNRsDB: talkerSNRs, counts: counts, seed: settings.seed)
            } else {
                fixed = FixedMix.all(
                    of: manifest, noise: noise, snrsDB: snrs, noisesPerUtterance: limit, seed: settings.seed)
            }
        } else {
            fixed = nil
        }
        talkers = among.talkers
        notices = among.notices
        self.root = root
        self.manifest = manifest
        self.settings = settings
        self.stores = stores
    }

    /// Number of examples in an epoch.
    public var count: Int { fixed?.count ?? manifest.entries.count }

    /// A shuffled order of all examples for one epoch (Fisher–Yates from (seed, epoch)).
    public func shuffledOrder(epoch: Int) -> [Int] {
        var generator = SplitMix64(seed: SeedPath.derive(settings.seed, "order", "\(epoch)"))
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, generator.index(below: last + 1))
        }
        return order
    }

    /// The manifest entry of an example.
    public func entry(_ index: Int) -> ManifestEntry { manifest.entries[fixed?[index].entry ?? index] }

    /// The fixed mix of an example; nil when mixes are drawn or there are none.
    public func fixedChoice(_ index: Int) -> MixChoice? { fixed?[index].choice }

    /// Samples and frames a batch of these examples needs.
    func shape(of indices: ArraySlice<Int>) -> Batch.Shape {
        let rate = Double(DataRoot.sampleRate)
        guard let seconds = settings.segmentSeconds else {
            let entries = indices.map(entry)
            return Batch.Shape(
                count: indices.count,
                sampleCount: entries.map { Int(($0.durationSeconds * rate).rounded()) }.max() ?? 0,
                frameCount: entries.map(\.frames).max() ?? 0, side: DataRoot.frameSide)
        }
        return Batch.Shape(
            count: indices.count, sampleCount: Int((seconds * rate).rounded()),
            frameCount: Int((seconds * settings.fps).rounded()), side: DataRoot.frameSide)
    }

    /// One thread's decoders.
    func decoders() throws(DataError) -> [Camera: FrameDecoder] {
        var decoders: [Camera: FrameDecoder] = [:]
        for (modality, store) in stores {
            decoders[modality] = try FrameDecoder(store, modality: modality, side: DataRoot.frameSide)
        }
        return decoders
    }

    /// Makes one example in its rows of a batch; a camera may be shown another utterance than the one that is heard.
    func fill(
        _ index: Int, epoch: Int, row: Int, of batch: Batch, decoders: [Camera: FrameDecoder],
        videoOf shown: [Camera: ManifestEntry] = [:]
    ) throws(DataError) -> ExampleDescription {
        let entry = entry(index)
        var generator = SplitMix64(
            seed: SeedPath.derive(settings.seed, "example", "\(epoch)", entry.utterance))
        let speech = try speech(of: entry)
        let (mixed, asked) = try mix(speech, entry, index, using: &generator)
        let crop = audibleCrop(
            of: mixed?.clean ?? speech, entry, batch.shape, using: &generator)
        let draw = settings.augmentation?.draw(using: &generator) ?? FrameAugmentation.Draw()

        let samples = batch.shape.sampleCount
        let clean = batch.clean.part(from: row * samples, count: samples)
        let noisy = batch.noisy.part(from: row * samples, count: samples)
        Self.copy(mixed?.clean ?? speech, crop.samples, to: clean)
        Self.copy(mixed?.noisy ?? speech, crop.samples, to: noisy)
        var present: [Camera: [Bool]] = [:]
        for modality in settings.modalities {
            present[modality] = try video(
                shown[modality] ?? entry, modality, crop.frames, row: row, of: batch,
                decoder: decoders[modality], draw)
        }
        return ExampleDescription(
            entry: entry, choice: mixed?.choice, noiseGain: mixed?.noiseGain, scale: mixed?.scale ?? 1,
            firstFrame: crop.frames.lowerBound, sampleCount: crop.samples.count,
            frameCount: crop.frames.count, framePresent: present,
            movedNoise: asked == mixed?.choice || mixed?.choice.talkers.isEmpty == false
                ? nil : mixed?.choice.noise)
    }

    /// Copies a crop and fills the rest of the row with zeros.
    private static func copy(_ signal: Signal, _ range: Range<Int>, to row: UnsafeMutableBufferPointer<Float>)
    {
        let end = row[..<range.count].update(fromContentsOf: signal.samples[range])
        row[end...].update(repeating: 0)
    }

    private func speech(of entry: ManifestEntry) throws(DataError) -> Signal {
        let path = root.processed + "/" + entry.audio
        let speech: Signal
        do throws(AudioError) { speech = try AudioFile.read(path) } catch { throw DataError(error) }
        guard speech.sampleRate == DataRoot.sampleRate else {
            throw .audio(path: path, reason: "\(speech.sampleRate) Hz, expected \(DataRoot.sampleRate)")
        }
        let expected = Int((entry.durationSeconds * Double(DataRoot.sampleRate)).rounded())
        guard abs(speech.count - expected) <= 1 else {
            throw .audio(
                path: path,
                reason: "\(speech.count) samples, the manifest's \(entry.durationSeconds) s are \(expected)")
        }
        if let place = speech.samples.firstIndex(where: { !$0.isFinite }) {
            throw .audio(path: path, reason: "has a NaN or infinite sample at index \(place)")
        }
        return speech.withoutOffset()
    }

    /// A mix, and the choice it was asked for.
    private func mix(
        _ speech: Signal, _ entry: ManifestEntry, _ index: Int, using generator: inout SplitMix64
    ) throws(DataError) -> (MixedSpeech?, MixChoice?) {
        guard let choice = fixed?[index].choice ?? draw(against: entry, using: &generator) else {
            return (nil, nil)
        }
        let mixer = SpeechMixer(speechLevel: settings.speechLevel)
        if choice.talkers.isEmpty {
            guard let noise else { return (nil, nil) }
            let recording = try noise.recording(choice.noise)
            return (
                try mixer.mix(speech, utterance: entry.utterance, with: recording, choice), choice
            )
        }
        var recordings: [Signal] = []
        for talker in choice.talkers {
            guard let other = talkers?.library.entry(talker) else { return (nil, nil) }
            recordings.append(try self.speech(of: other))
        }
        return (
            try mixer.mix(speech, utterance: entry.utterance, among: recordings, choice), choice
        )
    }

    /// A new mix: with talkers or in noise, as their share says; nil when no noise is added.
    private func draw(against entry: ManifestEntry, using generator: inout SplitMix64) -> MixChoice? {
        if let (library, plan) = talkers,
            case .drawn(let share, let lowest, let highest, let counts) = plan,
            share >= 1 || generator.uniform() < share
        {
            let snr = generator.uniform(in: lowest...highest)
            let count = counts[generator.index(below: counts.count)]
            return MixChoice(talkers: library.draw(count, against: entry, using: &generator), snrDB: snr)
        }
        guard let noise, let plan = settings.mixes else { return nil }
        let snr = plan.draw(using: &generator)
        let recording = noise.recordings[generator.index(below: noise.recordings.count)]
        return MixChoice(
            noise: recording.name, offset: generator.index(below: recording.samples.count), snrDB: snr)
    }

    /// A crop in which something is heard: drawn again where the speaker pauses for all of it.
    private func audibleCrop(
        of speech: Signal, _ entry: ManifestEntry, _ shape: Batch.Shape, using generator: inout SplitMix64
    ) -> (samples: Range<Int>, frames: Range<Int>) {
        let first = crop(entry, speech.count, shape, using: &generator)
        guard settings.segmentSeconds != nil, speech.count > shape.sampleCount else { return first }
        var tried = first
        for _ in 0..<Self.cropTries {
            if !Signal.isSilent(speech.samples[tried.samples]) { return tried }
            tried = crop(entry, speech.count, shape, using: &generator)
        }
        return first
    }

    /// Crops that are drawn while nothing is heard in them.
    private static let cropTries = 32

    /// A crop that begins with a video frame, so that sound and picture stay aligned within half a sample.
    private func crop(
        _ entry: ManifestEntry, _ available: Int, _ shape: Batch.Shape, using generator: inout SplitMix64
    ) -> (samples: Range<Int>, frames: Range<Int>) {
        let perFrame = Double(DataRoot.sampleRate) / settings.fps
        var first = 0
        if settings.segmentSeconds != nil, available > shape.sampleCount {
            let latest = min(
                Int(Double(available - shape.sampleCount) / perFrame), entry.frames - shape.frameCount)
            first = generator.index(below: max(latest, 0) + 1)
        }
        let start = min(Int((Double(first) * perFrame).rounded()), available)
        return (
            start..<min(start + shape.sampleCount, available),
            first..<max(min(first + shape.frameCount, entry.frames), first)
        )
    }

    /// Decodes a clip's frames and says which were there; a missing one repeats its neighbour.
    private func video(
        _ entry: ManifestEntry, _ modality: Camera, _ frames: Range<Int>, row: Int, of batch: Batch,
        decoder: FrameDecoder?, _ draw: FrameAugmentation.Draw
    ) throws(DataError) -> [Bool] {
        var present = [Bool](repeating: false, count: batch.shape.frameCount)
        guard let storage = batch.video[modality] else { return present }
        let size = modality.channels * batch.shape.side * batch.shape.side
        func part(_ n: Int) -> UnsafeMutableBufferPointer<Float> {
            storage.part(from: (row * batch.shape.frameCount + n) * size, count: size)
        }
        var draw = draw
        if modality == .thermal { draw.gain = 1 }
        if let decoder, entry.has(modality) {
            for (n, frame) in frames.enumerated() {
                present[n] = try decoder.decode(
                    utterance: entry.utterance, frame: frame, into: part(n), augmentation: draw)
            }
        }
        let earliest = present.firstIndex(of: true)
        for n in present.indices where !present[n] {
            if let earliest, n < frames.count {
                // What comes before the first is filled from it, what comes later from its left, filled already.
                _ = part(n).update(fromContentsOf: part(n < earliest ? earliest : n - 1))
            } else {
                part(n).update(repeating: 0)
            }
        }
        return present
    }
}

/// What of the mixes asked for a split has the speakers for.
private struct TalkerChoice {
    var talkers: (library: TalkerLibrary, plan: TalkerPlan)?
    /// Whether noise of an environment is mixed in at all.
    var needsNoise: Bool
    var notices: [String] = []

    /// - Throws: ``DataError/setting(_:reason:)`` when nothing is left to mix.
    init(_ settings: DatasetSettings, manifest: Manifest, path: String) throws(DataError) {
        needsNoise = settings.mixes != nil
        guard let plan = settings.talkers, plan.isActive else { return }
        if case .drawn(let share, _, _, _) = plan, share >= 1 { needsNoise = false }
        let library = TalkerLibrary(manifest)
        let possible = library.possible(plan.counts)
        if possible.count < plan.counts.count {
            let missing = plan.counts.filter { !possible.contains($0) }.map(String.init).joined(
                separator: " or ")
            let speakers = library.speakerCount == 1 ? "1 speaker" : "\(library.speakerCount) speakers"
            let text =
                "\(path) has utterances of \(speakers), too few for mixes with \(missing) interfering talker"
                + (missing == "1" ? "" : "s")
            guard needsNoise || !possible.isEmpty else {
                throw .setting("talkers", reason: "\(text), and no other mixes are asked for")
            }
            notices.append("\(text): there are none of these")
        }
        if !possible.isEmpty { talkers = (library, plan.with(counts: possible)) }
    }
}
