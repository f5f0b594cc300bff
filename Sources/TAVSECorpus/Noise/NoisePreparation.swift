import Foundation
import TAVSEBase
import TAVSEData
import TAVSESignal

/// Brings a noise corpus into `processed/noise/`: one 16 kHz mono file per environment, environments split by name.
///
/// DEMAND's layout (`NAME/ch01.wav … ch16.wav`) is known: its channels are the same sound, so one is used. In any
/// other folder every audio file is an environment of its own, except that the files of one subfolder belong to one
/// environment and are joined in name order.
public struct NoisePreparation: Sendable {
    /// What to do.
    public struct Settings: Sendable, Equatable {
        /// Folder of the corpus.
        public var source: String
        /// Environments that go to val and test whatever their hash says.
        public var overrides: [String: Split] = [:]
        /// Channel of files with several, from 1; also the DEMAND file that is used.
        public var channel = 1
        /// Seed of the split.
        public var seed: UInt64 = 42

        /// - Parameter source: folder of the corpus.
        public init(source: String) { self.source = source }
    }

    /// One environment found.
    public struct Environment: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Its files, joined in this order.
        public let files: [String]
        /// Where it goes.
        public let split: Split
        /// What happened to its recordings, and what is odd about them; sentences.
        public internal(set) var notes: [String] = []
    }

    private let settings: Settings

    /// - Parameter settings: what to do.
    public init(_ settings: Settings) { self.settings = settings }

    /// Finds the environments and decides their splits, without reading a sample.
    ///
    /// Environments in the order of hash(seed, name): the first 15 % (at least one) go to val, the next 25 % (at
    /// least one) to test, the others to train, unless overridden.
    public func plan() throws(DataError) -> [Environment] {
        let found = try environments()
        guard found.count >= 3 else {
            throw .audio(
                path: settings.source,
                reason: "\(found.count) environments; at least 3 are needed, one for each split")
        }
        for name in settings.overrides.keys.sorted() where !found.contains(where: { $0.name == name }) {
            throw .setting(
                "split",
                reason: "no environment '\(name)'; there are \(found.map(\.name).joined(separator: ", "))")
        }
        let free = found.map(\.name).filter { settings.overrides[$0] == nil }
            .map { ($0, SeedPath.derive(settings.seed, "noise split", $0)) }.sorted { $0.1 < $1.1 }.map(\.0)
        func given(_ split: Split) -> Int { settings.overrides.values.count { $0 == split } }
        let val = max(Int((0.15 * Double(found.count)).rounded()), 1) - given(.val)
        let test = max(Int((0.25 * Double(found.count)).rounded()), 1) - given(.test)
        var splits = settings.overrides
        for (index, name) in free.enumerated() {
            splits[name] = index < max(val, 0) ? .val : index < max(val, 0) + max(test, 0) ? .test : .train
        }
        let result = found.map {
            Environment(name: $0.name, files: $0.files, split: splits[$0.name] ?? .train)
        }
        for split in Split.allCases where !result.contains(where: { $0.split == split }) {
            throw .setting("split", reason: "no environment is left for \(split.rawValue)")
        }
        return result
    }

    /// Converts everything; environments that are there already are kept unless their file is damaged.
    ///
    /// Files are made in a hidden folder and put in place together at the end: an import that fails or is stopped
    /// leaves the data root as it was.
    ///
    /// - Parameters:
    ///   - root: the data root.
    ///   - workers: threads.
    ///   - progress: told environments done and in all, and the name of the last.
    /// - Returns: the environments, in name order, with notes on those that were converted now.
    public func run(
        into root: DataRoot, workers: Int,
        progress: (_ done: Int, _ total: Int, _ environment: String) -> Void = { _, _, _ in }
    ) throws(DataError) -> [Environment] {
        let plan = try plan()
        for split in Split.allCases {
            try FileProblem.makeFolder(root.noise(split))
            // Another plan may have put an environment elsewhere, which would be a leak.
            let kept = Set(plan.filter { $0.split == split }.map(\.name))
            for stale in try NoiseLibrary.environments(in: root.noise(split)) where !kept.contains(stale) {
                throw .cannotWrite(
                    path: root.noise(split) + "/\(stale).wav",
                    reason:
                        "is there and not part of this corpus's \(split.rawValue) split; move it away first")
            }
        }
        let staging = DataRoot(root.processed + "/.noise-import")
        try? FileManager.default.removeItem(atPath: staging.path)
        defer { try? FileManager.default.removeItem(atPath: staging.path) }
        for split in Split.allCases { try FileProblem.makeFolder(staging.noise(split)) }
        let channel = settings.channel
        var result: [Environment] = []
        var hashes: [String: Environment] = [:]
        for start in stride(from: 0, to: plan.count, by: max(workers, 1)) {
            let part = plan[start..<min(start + max(workers, 1), plan.count)]
            let found = try parallelMap(count: part.count, threads: workers) { index throws(DataError) in
                try Self.convert(part[start + index], channel: channel, root: root, staging: staging)
            }
            for (environment, notes) in zip(part, found) {
                var environment = environment
                environment.notes = notes?.texts ?? []
                if let hash = notes?.contentHash, let other = hashes.updateValue(environment, forKey: hash) {
                    environment.notes.append(
                        "the same audio as \(other.name)"
                            + (other.split == environment.split
                                ? "" : ", which is in \(other.split.rawValue): a leak; remove one of them"))
                }
                result.append(environment)
            }
            progress(part.endIndex, plan.count, plan[part.endIndex - 1].name)
        }
        try Self.putInPlace(plan, from: staging, to: root)
        return result
    }

    /// Moves what was made into the data root.
    private static func putInPlace(
        _ plan: [Environment], from staging: DataRoot, to root: DataRoot
    ) throws(DataError) {
        for environment in plan {
            let name = "/\(environment.name).wav"
            let made = staging.noise(environment.split) + name
            guard FileManager.default.fileExists(atPath: made) else { continue }
            let target = root.noise(environment.split) + name
            guard rename(made, target) == 0 else {
                throw .cannotWrite(path: target, reason: String(cString: strerror(errno)))
            }
        }
    }

    /// Converts an environment, unless it is there already.
    ///
    /// - Returns: what is to be said of it; nil when it was there.
    private static func convert(
        _ environment: Environment, channel: Int, root: DataRoot, staging: DataRoot
    ) throws(DataError) -> NoiseNotes? {
        let name = "/\(environment.name).wav"
        if (try? AudioFile.info(root.noise(environment.split) + name))?.sampleRate == DataRoot.sampleRate {
            return nil
        }
        var joined: [Float] = []
        var sources: [SourceNote] = []
        for file in environment.files {
            let (signal, note) = try SpeechAudio.noted(file, channel: channel, at: DataRoot.sampleRate)
            joined += signal.samples
            sources.append(note)
        }
        var notes = NoiseNotes()
        let signal = notes.prepare(Signal(samples: joined, sampleRate: DataRoot.sampleRate), from: sources)
        guard Signal.alternatingPower(signal.samples) > 0 else {
            throw .audio(
                path: environment.files.first ?? environment.name, reason: "silent; noise needs energy")
        }
        do throws(AudioError) {
            try AudioFile.write(signal, to: staging.noise(environment.split) + name)
        } catch { throw DataError(error) }
        return notes
    }

    private func environments() throws(DataError) -> [(name: String, files: [String])] {
        let source = settings.source
        guard FileManager.default.fileExists(atPath: source) else { throw .missingInput(path: source) }
        func list(_ folder: String) throws(DataError) -> [String] {
            do throws(FolderListing.Problem) {
                return try FolderListing.names(in: folder).sorted(by: NaturalOrder.precedes)
            } catch { throw DataError(error) }
        }
        var found: [(name: String, files: [String])] = []
        for name in try list(source) {
            let path = source + "/" + name
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            if isFolder.boolValue {
                let files = try list(path).filter(AudioFile.hasAudioExtension)
                guard !files.isEmpty else { continue }
                let demand = String(format: "ch%02d.wav", settings.channel)
                if files.contains("ch01.wav") {
                    guard files.contains(demand) else { throw .missingInput(path: path + "/" + demand) }
                    found.append((name, [path + "/" + demand]))
                } else {
                    found.append((name, files.map { path + "/" + $0 }))
                }
            } else if AudioFile.hasAudioExtension(name) {
                found.append(((name as NSString).deletingPathExtension, [path]))
            }
        }
        for (index, item) in found.enumerated()
        where found[..<index].contains(where: { $0.name == item.name }) {
            throw .audio(path: source, reason: "two environments are called '\(item.name)'; rename one")
        }
        return found.sorted { $0.name < $1.name }
    }
}

/// Audio files of any rate and channel count as one channel at a given rate.
enum SpeechAudio {
    static func read(_ path: String, channel: Int, at rate: Int) throws(DataError) -> Signal {
        try noted(path, channel: channel, at: rate).0
    }

    /// The same with what is to be said of the file; an offset is removed.
    static func noted(
        _ path: String, channel: Int, at rate: Int
    ) throws(DataError) -> (Signal, SourceNote) {
        let signal: Signal
        let channels: Int
        do throws(AudioError) {
            channels = try AudioFile.info(path).channels
            signal = try AudioFile.read(path, channel: channels == 1 ? nil : channel)
        } catch { throw DataError(error) }
        guard (1...Resampler.maximumRate).contains(signal.sampleRate) else {
            throw .audio(path: path, reason: "\(signal.sampleRate) Hz is more than \(Resampler.maximumRate)")
        }
        guard signal.samples.allSatisfy(\.isFinite) else {
            throw .audio(path: path, reason: "holds NaN or infinity")
        }
        let note = SourceNote(
            channels: channels, channel: min(channel, channels), offset: signal.offset,
            clipped: Clipping.count(signal.samples))
        let centred = signal.withoutOffset()
        return (
            signal.sampleRate == rate
                ? centred : Resampler(from: signal.sampleRate, to: rate).resample(centred), note
        )
    }
}
