import Foundation
import TAVSEData

/// Checks one camera's frame store against the manifests.
struct FrameVerification {
    private enum Limits {
        /// Equal frames in a row that mean a frozen camera: half a second at 28 fps.
        static let frozenRun = 14
        /// Share of missing frames worth a look.
        static let missingShare = 0.2
        /// Spread of pixel values below which a picture shows nothing, share of full scale.
        static let contrast = 0.004
        /// Mean below which a picture is black.
        static let black = 0.02
    }

    let root: DataRoot
    let modality: Camera
    let samplesPerClip: Int

    /// What one pass over the store knows of a clip.
    private struct Clip {
        var frames = 0
        var beyond = 0
        var previous: UInt64?
        var run = 1
        var longestRun = 1
    }

    /// Runs the checks.
    /// - Returns: missing frames per utterance.
    func run(_ entries: [ManifestEntry], report: inout VerifyReport) throws(DataError) -> [String: Int] {
        let path = root.frames(modality)
        let store: FrameStore
        do throws(DataError) {
            store = try FrameStore(path: path)
            try FrameStore.check(path: path)
        } catch {
            report.add(error, check: "frame_store")
            return [:]
        }
        let wanted = Dictionary(entries.map { ($0.utterance, $0) }, uniquingKeysWith: { first, _ in first })
        var clips: [String: Clip] = [:]
        var owners: [UInt64: String] = [:]
        var unknown: Set<String> = []
        var shared: [String: String] = [:]
        let reader = try store.reader()
        do throws(DataError) {
            try reader.forEach { key, value throws(DataError) in
                guard let (utterance, frame) = FrameKey.parse(key) else {
                    report.add(
                        .error, "frame_key", path, "'\(String(decoding: key, as: UTF8.self))' is no frame key"
                    )
                    return
                }
                guard let entry = wanted[utterance] else {
                    unknown.insert(utterance)
                    return
                }
                var hash = BlockHash()
                hash.add(value)
                var clip = clips[utterance] ?? Clip()
                if frame >= entry.frames { clip.beyond += 1 } else { clip.frames += 1 }
                clip.run = clip.previous == hash.value ? clip.run + 1 : 1
                clip.longestRun = max(clip.longestRun, clip.run)
                clip.previous = hash.value
                clips[utterance] = clip
                if let owner = owners[hash.value], owner != utterance { shared[utterance] = owner }
                owners[hash.value] = utterance
            }
        } catch { report.add(error, check: "frame_store") }
        for utterance in unknown.sorted() {
            report.add(
                .warning, "frames_unlisted", path, "holds frames of '\(utterance)', which no manifest lists")
        }
        for (utterance, owner) in shared.sorted(by: { $0.key < $1.key }) {
            report.add(
                .warning, "frames_duplicate", utterance,
                "\(modality.rawValue) frames equal to ones of \(owner)")
        }
        return try clipByClip(entries, clips, reader: reader, report: &report)
    }

    private func clipByClip(
        _ entries: [ManifestEntry], _ clips: [String: Clip], reader: FrameStore.Reader,
        report: inout VerifyReport
    ) throws(DataError) -> [String: Int] {
        let codec = try JPEGCodec()
        var missing: [String: Int] = [:]
        for entry in entries {
            let clip = clips[entry.utterance] ?? Clip()
            let name = modality.rawValue
            guard entry.has(modality) else {
                if clip.frames > 0 {
                    report.add(
                        .error, "frames_unexpected", entry.utterance,
                        "\(clip.frames) \(name) frames, the manifest says the camera saw nothing")
                }
                continue
            }
            let lost = entry.frames - clip.frames
            missing[entry.utterance] = lost
            if clip.frames == 0 {
                report.add(
                    .error, "frames_missing", entry.utterance,
                    "no \(name) frame, the manifest says \(entry.frames)")
            } else if Double(lost) > Limits.missingShare * Double(entry.frames) {
                report.add(
                    .warning, "frames_missing", entry.utterance, "\(lost) of \(entry.frames) \(name) frames")
            }
            if clip.beyond > 0 {
                report.add(
                    .error, "frames_beyond", entry.utterance,
                    "\(clip.beyond) \(name) frames numbered \(entry.frames) or higher")
            }
            if clip.longestRun >= Limits.frozenRun {
                report.add(
                    .warning, "frozen", entry.utterance, "\(clip.longestRun) equal \(name) frames in a row")
            }
            try look(entry, reader: reader, codec: codec, report: &report)
        }
        return missing
    }

    /// Decodes some frames of a clip.
    private func look(
        _ entry: ManifestEntry, reader: FrameStore.Reader, codec: JPEGCodec, report: inout VerifyReport
    ) throws(DataError) {
        let count = min(samplesPerClip, entry.frames)
        for sample in 0..<count {
            let frame = (2 * sample + 1) * entry.frames / (2 * count)
            let place = FrameKey.text(utterance: entry.utterance, frame: frame)
            let image: Raster?
            do throws(DataError) {
                image = try reader.withFrame(utterance: entry.utterance, frame: frame) {
                    bytes throws(DataError) in
                    guard let bytes else { return nil }
                    return try modality == .rgb ? codec.decode(bytes) : PNGCodec.decode(bytes)
                }
            } catch {
                report.add(.error, "undecodable", "\(modality.rawValue) \(place)", error.description)
                continue
            }
            guard let image else { continue }
            if image.width != DataRoot.frameSide || image.height != DataRoot.frameSide
                || image.channels != modality.channels
            {
                report.add(
                    .error, "frame_size", "\(modality.rawValue) \(place)",
                    "\(image.width)x\(image.height) with \(image.channels) channels, expected "
                        + "\(DataRoot.frameSide)x\(DataRoot.frameSide) with \(modality.channels)")
                continue
            }
            let (mean, spread) = Self.statistics(image)
            // A 16-bit thermal picture in hundredths of a kelvin uses little of its range: only its spread counts.
            let contrast = image.depth == 16 ? Limits.contrast / 256 : Limits.contrast
            if mean < Limits.black, image.depth == 8 {
                report.add(.warning, "black", "\(modality.rawValue) \(place)", "mean \(mean) of full scale")
            } else if spread < contrast {
                report.add(
                    .warning, "blank", "\(modality.rawValue) \(place)",
                    "pixels spread by \(spread) of full scale")
            }
        }
    }

    private static func statistics(_ image: Raster) -> (mean: Double, spread: Double) {
        var (sum, squares, n) = (0.0, 0.0, 0.0)
        for y in stride(from: 0, to: image.height, by: 2) {
            for x in stride(from: 0, to: image.width, by: 2) {
                let value = image.value(x: x, y: y)
                sum += value
                squares += value * value
                n += 1
            }
        }
        let mean = sum / max(n, 1)
        return (mean, max(squares / max(n, 1) - mean * mean, 0).squareRoot())
    }
}
