import Foundation
import TAVSEBase
import TAVSEData
import TAVSESignal

/// Fingerprints of what an experiment is trained on, from few enough reads for every start: whole manifests, names
/// and sizes of the noise, and a sample of sound and frames.
///
/// | name | what is hashed |
/// |---|---|
/// | `train_manifest` | the file |
/// | `train_noise` | name and size of each recording |
/// | `train_noise_sound` | size and middle 4 KiB of each recording |
/// | `train_audio` | size and middle 4 KiB of up to 1000 utterances' recordings, spread evenly over the manifest |
/// | `train_rgb`, `train_thermal` | the stored middle frame of up to 1000 utterances that the camera saw |
///
/// and the same for `val`. Frames are read through the store, so a copy of it or a store built again from the same
/// frames has the same fingerprint.
struct DataFingerprint {
    /// SHA-256 by name.
    private(set) var hashes: [String: String] = [:]
    /// Number of frames in the store of each camera.
    private(set) var frameCounts: [String: Int] = [:]
    /// Where what is hashed under a name lies.
    private var paths: [String: String] = [:]

    private enum Constants {
        /// Utterances of a split that are looked into.
        static let utterances = 1000
        /// Bytes read of a recording.
        static let stretch = 4096
    }

    /// - Parameters:
    ///   - datasets: the training and the validation split.
    ///   - frameStores: where the frames are when not in the data root.
    /// - Throws: `DataError` naming what is missing or cannot be read.
    init(_ datasets: [(split: Split, data: SpeechDataset)], frameStores: [Camera: String]) throws(DataError) {
        for (split, data) in datasets {
            let root = data.root
            var manifest = SHA256()
            try Self.read(root.manifest(split), atMost: .max).bytes.withUnsafeBytes { manifest.update($0) }
            set("\(split)_manifest", manifest, root.manifest(split))
            if data.noise != nil { try addNoise(split, root) }
            try addAudio(split, data)
            for camera in data.settings.modalities {
                try addFrames(split, camera, data, store: frameStores[camera] ?? root.frames(camera))
            }
        }
    }

    private mutating func set(_ name: String, _ hash: SHA256, _ path: String) {
        hashes[name] = hash.hexadecimal()
        paths[name] = path
    }

    private mutating func addNoise(_ split: Split, _ root: DataRoot) throws(DataError) {
        let folder = root.noise(split)
        var (listing, sound) = (SHA256(), SHA256())
        for name in try NoiseLibrary.environments(in: folder) {
            let size = try Self.addMiddle(of: "\(folder)/\(name).wav", to: &sound)
            listing.update("\(name) \(size)\n")
        }
        set("\(split)_noise", listing, folder)
        set("\(split)_noise_sound", sound, folder)
    }

    private mutating func addAudio(_ split: Split, _ data: SpeechDataset) throws(DataError) {
        var hash = SHA256()
        for entry in Self.sample(data.manifest.entries) {
            _ = try Self.addMiddle(of: data.root.processed + "/" + entry.audio, to: &hash)
        }
        set("\(split)_audio", hash, data.root.audio)
    }

    private mutating func addFrames(
        _ split: Split, _ camera: Camera, _ data: SpeechDataset, store path: String
    ) throws(DataError) {
        let seen = data.manifest.entries.filter { $0.has(camera) }
        guard !seen.isEmpty else { return }
        let store = try FrameStore(path: path)
        let reader = try store.reader()
        var hash = SHA256()
        for entry in Self.sample(seen) {
            let frame = min(entry.frames / 2, FrameKey.largestFrame)
            try reader.withFrame(utterance: entry.utterance, frame: frame) { bytes throws(DataError) in
                hash.update("\(entry.utterance) \(bytes.map { "\($0.count)" } ?? "absent")\n")
                if let bytes { hash.update(bytes) }
            }
        }
        // A copy on a local disk stands for the store it was made of.
        set("\(split)_\(camera)", hash, data.root.frames(camera))
        frameCounts[camera.rawValue] = store.count
        paths[camera.rawValue] = data.root.frames(camera)
    }

    /// Entries spread evenly over all.
    private static func sample(_ entries: [ManifestEntry]) -> [ManifestEntry] {
        let count = min(entries.count, Constants.utterances)
        return (0..<count).map { entries[$0 * entries.count / count] }
    }

    /// Adds a recording's size and its middle; gives the size.
    private static func addMiddle(of path: String, to hash: inout SHA256) throws(DataError) -> Int {
        let (size, bytes) = try read(path, atMost: Constants.stretch)
        hash.update("\(size)\n")
        bytes.withUnsafeBytes { hash.update($0) }
        return size
    }

    /// A file's size, and bytes from its middle: all of them where there are no more.
    private static func read(_ path: String, atMost count: Int) throws(DataError) -> (size: Int, bytes: Data)
    {
        // A recording that is gone is found, and named, when it is needed; the run does not end for it.
        guard FileManager.default.fileExists(atPath: path) else { return (-1, Data()) }
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            let size = Int(clamping: try file.seekToEnd())
            try file.seek(toOffset: UInt64(max(0, size - count) / 2))
            return (size, try file.read(upToCount: min(size, count)) ?? Data())
        } catch { throw .unreadable(path: path, reason: error.localizedDescription) }
    }
}

extension DataFingerprint {
    /// What a state says of its data, against the data that is there.
    struct Comparison: Equatable {
        /// Everything that differs, as sentences; nothing that only follows from another entry.
        var changes: [String] = []
        /// Names that the state does not know.
        var unknown: [String] = []
        /// What differs where the run had named bad data, which may have been repaired since.
        var repaired: [String] = []
    }

    /// Compares with what a state was made with.
    func compared(to state: TrainingState) -> Comparison {
        var result = Comparison()
        let named = Set((state.progress.badData ?? [:]).values.flatMap(\.kinds))
        for (name, found) in hashes.sorted(by: { $0.key < $1.key }) {
            guard let expected = state.dataHashes[name] else {
                result.unknown.append(name)
                continue
            }
            guard expected != found, !follows(name, from: state) else { continue }
            if named.contains(name) {
                result.repaired.append("\(name) (\(paths[name] ?? ""))")
                continue
            }
            result.changes.append(
                "\(name) (\(paths[name] ?? "")) had SHA-256 \(Self.short(expected)), has \(Self.short(found))"
            )
        }
        for (camera, found) in frameCounts.sorted(by: { $0.key < $1.key }) {
            guard let expected = state.frameCounts?[camera], expected != found else { continue }
            guard !named.contains(where: { $0.hasSuffix("_\(camera)") }) else {
                result.repaired.append("\(camera) frames (\(paths[camera] ?? ""))")
                continue
            }
            result.changes.append("\(camera) frames (\(paths[camera] ?? "")) were \(expected), are \(found)")
        }
        return result
    }

    /// Whether another change explains a difference: which utterances are looked into depends on the manifest, and
    /// whose sound on the list of noise recordings.
    private func follows(_ name: String, from state: TrainingState) -> Bool {
        let split = name.prefix { $0 != "_" }
        let causes = name.hasSuffix("_noise_sound") ? ["noise"] : ["manifest"]
        guard !name.hasSuffix("_noise"), !name.hasSuffix("_manifest") else { return false }
        return causes.contains { cause in
            let cause = "\(split)_\(cause)"
            return state.dataHashes[cause].map { $0 != hashes[cause] } ?? false
        }
    }

    /// The first 64 bits.
    private static func short(_ hash: String) -> String { String(hash.prefix(16)) + "…" }
}
