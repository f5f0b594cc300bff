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
        /// A sample this large is at full scale in 16 bits.
        static let fullScale: Float = 32767.0 / 32768
        /// This many full-scale samples in a row are clipping, not a loud moment.
        static let clippedRun = 3
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
            noise[split] = checkNoise(split, report: &report)
            summary.noise = noise[split] ?? []
            report.splits.append(summary)
        }
        for leak in SplitCheck.leaks(manifests: manifests, noise: noise) { report.add(leak, check: "leak") }

        let entries = Split.allCases.flatMap { split in (manifests[split]?.entries ?? []).map { (split, $0) }
        }
        try checkAudio(entries.map(\.1), report: &report, progress: progress)
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

    private func checkNoise(_ split: Split, report: inout VerifyReport) -> [String] {
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
                for problem in Self.problems(try AudioFile.read(path), name: path) {
                    report.findings.append(problem)
                }
            } catch { report.add(.error, "noise", "", error.description) }
        }
        return names
    }

    private func checkAudio(
        _ entries: [ManifestEntry], report: inout VerifyReport, progress: (Int, Int) -> Void
    ) throws(DataError) {
        let root = root
        let chunk = 64 * workers
        for start in stride(from: 0, to: entries.count, by: chunk) {
            let found = parallelMap(count: min(chunk, entries.count - start), threads: workers) {
                Self.problems(of: entries[start + $0], in: root)
            }
            report.findings += found.flatMap { $0 }
            progress(min(start + chunk, entries.count), entries.count)
        }
    }

    private static func problems(of entry: ManifestEntry, in root: DataRoot) -> [VerifyFinding] {
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
        } catch {
            add(error.code == "missing_file" ? "audio_missing" : "audio_unreadable", error.description)
        }
        return list
    }

    /// Rate, silence and clipping of one file.
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
        var run = 0
        var clipped = 0
        for sample in signal.samples {
            run = abs(sample) >= Limits.fullScale ? run + 1 : 0
            if run >= Limits.clippedRun { clipped += run == Limits.clippedRun ? run : 1 }
        }
        if clipped > 0 { add(.warning, "clipping", "\(clipped) samples in runs at full scale") }
        return list
    }
}
