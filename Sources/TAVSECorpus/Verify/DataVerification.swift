import Foundation
import TAVSEBase
import TAVSEData
import TAVSESignal

/// Checks a data root: every cross-reference, every length, a look into every file, and leaks between splits.
public struct DataVerification: Sendable {
    /// Limits of what counts as wrong.
    enum Limits {
        /// Largest sample of a silent file, full scale 1.
        static let silence: Float = 0.001
        /// Frames more or fewer than duration × fps.
        static let frameSlack = 1.0
    }

    private let root: DataRoot
    private let samplesPerClip: Int
    private let workers: Int

    /// - Parameters:
    ///   - root: the data root.
    ///   - samplesPerClip: frames decoded per utterance and camera, evenly spread; at least 1.
    ///   - workers: threads.
    public init(_ root: DataRoot, samplesPerClip: Int = 8, workers: Int) {
        self.root = root
        self.samplesPerClip = max(1, samplesPerClip)
        self.workers = max(1, workers)
    }

    /// Runs all checks.
    ///
    /// - Parameter progress: told the number of utterances looked at and in all.
    /// - Throws: ``DataError/missingInput(path:)`` when there is no `processed/` at all; everything else that is
    ///   wrong is in the report.
    public func run(progress: (Int, Int) -> Void = { _, _ in }) throws(DataError) -> VerifyReport {
        guard FileManager.default.fileExists(atPath: root.processed) else {
            throw .missingInput(path: root.processed)
        }
        var report = VerifyReport(root: root.path)
        var manifests: [Split: Manifest] = [:]
        var noise: [Split: [String]] = [:]
        var contents: [(split: Split, name: String, content: NoiseContent)] = []
        for split in Split.allCases {
            var summary = VerifySplit(split: split)
            do throws(DataError) {
                let manifest = try Manifest(path: root.manifest(split))
                manifests[split] = manifest
                Self.summarise(manifest, into: &summary)
                if manifest.entries.isEmpty {
                    report.add(.error, "empty_split", root.manifest(split), "lists no utterance")
                }
            } catch { report.add(error, check: "manifest") }
            noise[split] = checkNoise(split, report: &report, contents: &contents)
            summary.noise = noise[split] ?? []
            report.splits.append(summary)
        }
        for leak in SplitCheck.leaks(manifests: manifests, noise: noise) { report.add(leak, check: "leak") }
        Self.compare(contents, report: &report)

        let entries = Split.allCases.flatMap { split in (manifests[split]?.entries ?? []).map { (split, $0) }
        }
        try checkAudio(entries, report: &report, progress: progress)
        for modality in Camera.allCases where entries.contains(where: { $0.1.has(modality) }) {
            let check = FrameVerification(root: root, modality: modality, samplesPerClip: samplesPerClip)
            let missing = try check.run(entries.map(\.1), report: &report)
            for index in report.splits.indices {
                let split = report.splits[index].split
                report.splits[index].missing[modality.rawValue] =
                    entries.filter { $0.0 == split }.reduce(0) { $0 + (missing[$1.1.utterance] ?? 0) }
            }
        }
        return report
    }

    private static func summarise(_ manifest: Manifest, into summary: inout VerifySplit) {
        summary.utterances = manifest.entries.count
        summary.speakers = Set(manifest.entries.map(\.speaker)).count
        summary.seconds = manifest.entries.reduce(0) { $0 + $1.durationSeconds }
        for modality in Camera.allCases {
            let seen = manifest.entries.filter { $0.has(modality) }
            summary.clips[modality.rawValue] = seen.count
            summary.frames[modality.rawValue] = seen.reduce(0) { $0 + $1.frames }
        }
    }

    /// The same noise recording under two names.
    private static func compare(
        _ contents: [(split: Split, name: String, content: NoiseContent)], report: inout VerifyReport
    ) {
        for (index, item) in contents.enumerated() {
            // The same name in two splits is reported as such.
            let others = contents[..<index].filter { $0.name != item.name }
            guard let other = others.first(where: { $0.content.isSame(as: item.content) }) else { continue }
            sameAudio(
                "noise/\(item.split.rawValue)/\(item.name).wav", item.split,
                as: "noise/\(other.split.rawValue)/\(other.name).wav", other.split, report: &report)
        }
    }

    private static func sameAudio(
        _ place: String, _ split: Split, as other: String, _ otherSplit: Split, report: inout VerifyReport
    ) {
        if split == otherSplit {
            report.add(.warning, "audio_duplicate", place, "the same audio as \(other)")
        } else {
            report.add(
                .error, "leak", place,
                "the same audio as \(other): it is in \(otherSplit.rawValue) and \(split.rawValue); each belongs to "
                    + "one split alone")
        }
    }

    private func checkNoise(
        _ split: Split, report: inout VerifyReport,
        contents: inout [(split: Split, name: String, content: NoiseContent)]
    ) -> [String] {
        let folder = root.noise(split)
        let names: [String]
        do throws(DataError) { names = try NoiseLibrary.environments(in: folder) } catch {
            report.add(error, check: "noise")
            return []
        }
        if names.isEmpty { report.add(.error, "noise", folder, "holds no .wav file") }
        for name in names {
            let path = folder + "/\(name).wav"
            do throws(AudioError) {
                let signal = try AudioFile.read(path)
                for problem in Self.problems(signal, name: path) { report.findings.append(problem) }
                contents.append((split, name, NoiseContent(signal)))
                if signal.samples.allSatisfy(\.isFinite), let stretch = SilentStretch.longest(in: signal),
                    stretch.seconds < signal.durationSeconds
                {
                    report.add(.warning, "silent_stretch", path, stretch.text)
                }
            } catch { report.add(.error, "noise", "", error.description) }
        }
        return names
    }

    private func checkAudio(
        _ entries: [(Split, ManifestEntry)], report: inout VerifyReport, progress: (Int, Int) -> Void
    ) throws(DataError) {
        var owners: [String: (Split, String)] = [:]
        let root = root
        let chunk = 64 * workers
        for start in stride(from: 0, to: entries.count, by: chunk) {
            let found = parallelMap(count: min(chunk, entries.count - start), threads: workers) {
                Self.problems(of: entries[start + $0].1, in: root)
            }
            report.findings += found.flatMap(\.findings)
            for (offset, item) in found.enumerated() {
                let (split, entry) = entries[start + offset]
                guard let hash = item.hash else { continue }
                if let (otherSplit, other) = owners[hash] {
                    // The same name in two splits is reported as such.
                    if other != entry.utterance {
                        Self.sameAudio(entry.utterance, split, as: other, otherSplit, report: &report)
                    }
                } else {
                    owners[hash] = (split, entry.utterance)
                }
            }
            progress(min(start + chunk, entries.count), entries.count)
        }
    }

    /// What is wrong with an utterance's recording, and the hash of its samples.
    private static func problems(
        of entry: ManifestEntry, in root: DataRoot
    ) -> (findings: [VerifyFinding], hash: String?) {
        var hash: String?
        var list: [VerifyFinding] = []
        func add(_ check: String, _ message: String) {
            list.append(
                VerifyFinding(severity: .error, check: check, place: entry.utterance, message: message))
        }
        let expected = entry.durationSeconds * entry.fps
        if abs(Double(entry.frames) - expected) > Limits.frameSlack {
            add(
                "frame_count",
                "\(entry.frames) frames; \(entry.durationSeconds) s × \(entry.fps) are \(expected)")
        }
        do throws(AudioError) {
            let signal = try AudioFile.read(root.processed + "/" + entry.audio)
            let samples = Int((entry.durationSeconds * Double(DataRoot.sampleRate)).rounded())
            if signal.sampleRate == DataRoot.sampleRate, abs(signal.count - samples) > 1 {
                add(
                    "audio_length",
                    "\(signal.count) samples, the manifest's \(entry.durationSeconds) s are \(samples)")
            }
            list += problems(signal, name: entry.utterance)
            if !Signal.isSilent(signal.samples) {
                var sum = SHA256()
                signal.samples.withUnsafeBytes { sum.update($0) }
                hash = sum.hexadecimal()
            }
        } catch {
            add(error.code == "missing_file" ? "audio_missing" : "audio_unreadable", error.description)
        }
        return (list, hash)
    }

    /// Rate, silence, offset and clipping of one file.
    private static func problems(_ signal: Signal, name: String) -> [VerifyFinding] {
        var list: [VerifyFinding] = []
        func add(_ severity: VerifyFinding.Severity, _ check: String, _ message: String) {
            list.append(VerifyFinding(severity: severity, check: check, place: name, message: message))
        }
        if signal.sampleRate != DataRoot.sampleRate {
            add(.error, "audio_rate", "\(signal.sampleRate) Hz, expected \(DataRoot.sampleRate)")
        }
        guard signal.samples.allSatisfy(\.isFinite) else {
            add(.error, "audio_not_finite", "holds NaN or infinity")
            return list
        }
        let peak = signal.samples.reduce(0) { max($0, abs($1)) }
        if peak < Limits.silence { add(.error, "silence", "largest sample \(peak)") }
        let offset = signal.offset
        if offset != 0, peak >= Limits.silence {
            add(
                .warning, "offset",
                "an offset (DC) of \((offset * 1000).rounded() / 1000) of full scale; mixing removes it")
        }
        let clipped = Clipping.count(signal.samples)
        if clipped > 0 { add(.warning, "clipping", "\(clipped) samples in runs at full scale") }
        return list
    }
}
