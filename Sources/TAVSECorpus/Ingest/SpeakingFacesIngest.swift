import Foundation
import Synchronization
import TAVSEBase
import TAVSEData
import TAVSESignal

/// Imports SpeakingFaces: archives or folders in, `processed/` out.
///
/// Entries are read from the archives one by one, clips are worked on in parallel, a subject is finished when its
/// frames are on disk and its state file is written. Started again, finished subjects are skipped and an unfinished
/// one is done again, with the same result.
public struct SpeakingFacesIngest: Sendable {
    private let settings: IngestSettings
    private let mouths: MouthSource
    private let workers: Int
    private let stopped = StopFlag()

    /// - Parameters:
    ///   - settings: what to import.
    ///   - boxesPath: CSV of mouth boxes, `sub,trial,pos,cmd,frame,x,y,w,h,score`, pixels of the thermal picture.
    ///   - workers: threads.
    public init(_ settings: IngestSettings, boxesPath: String, workers: Int) throws(DataError) {
        let boxes = try MouthBoxes(path: boxesPath, minimumScore: settings.minimumScore)
        try self.init(settings, mouths: .boxes(boxes), workers: workers)
    }

    /// An import that finds the mouths itself, on the aligned colour pictures.
    ///
    /// - Parameters:
    ///   - settings: what to import.
    ///   - cascade: an LBP cascade file that finds faces; nil for the one that the package opencv-data installs.
    ///   - workers: threads.
    /// - Throws: ``DataError`` when there is no cascade file, or none that can be used.
    public init(_ settings: IngestSettings, detectingWith cascade: String?, workers: Int) throws(DataError) {
        let detector = try MouthDetector(cascade: cascade, minimumScore: settings.minimumScore)
        var settings = settings
        settings.detector = detector.origin
        try self.init(settings, mouths: .detector(detector), workers: workers)
    }

    private init(_ settings: IngestSettings, mouths: MouthSource, workers: Int) throws(DataError) {
        guard FileManager.default.fileExists(atPath: settings.source) else {
            throw .missingInput(path: settings.source)
        }
        guard settings.margin > 0, settings.margin <= 10 else {
            throw .setting("margin", reason: "expected above 0 up to 10, found \(settings.margin)")
        }
        self.mouths = mouths
        self.settings = settings
        self.workers = max(workers, 1)
    }

    /// Asks a running import to stop; it throws ``DataError/cancelled`` with its state saved.
    public func stop() { stopped.raise() }

    /// Imports.
    ///
    /// - Parameters:
    ///   - root: the data root.
    ///   - resume: continue an earlier import.
    ///   - savingBoxesTo: a CSV file for the boxes that were found in all finished subjects; only when detecting.
    ///   - progress: told clips done and in all of the current subject, and the subject.
    public func run(
        into root: DataRoot, resume: Bool, savingBoxesTo boxesFile: String? = nil,
        progress: (_ done: Int, _ total: Int, _ subject: Int) -> Void = { _, _, _ in }
    ) throws(DataError) -> IngestSummary {
        if boxesFile != nil, case .boxes = mouths {
            throw .setting("save-boxes", reason: "boxes were given, so none are found that could be saved")
        }
        let table = try (settings.subjectTable ?? SubjectTable.path(in: settings.source)).map {
            path throws(DataError) in try SubjectTable(path: path)
        }
        let state = try IngestState(root, settings: settings, resume: resume)
        defer { state.release() }
        try FileProblem.makeFolder(root.audio)
        let scratch = root.processed + "/.ingest"
        try FileProblem.makeFolder(scratch)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let stores = [
            Camera.rgb: try FrameStoreWriter(path: root.frames(.rgb), durable: true),
            .thermal: try FrameStoreWriter(path: root.frames(.thermal), durable: true),
        ]
        var summary = IngestSummary()
        for subject in settings.subjects where state.subject(subject) == nil {
            let source: SubjectSource?
            do throws(DataError) { source = try open(subject) } catch {
                summary.problems.append(error.description)
                continue
            }
            guard let source else {
                summary.absent.append(subject)
                continue
            }
            let (done, found) = try importSubject(
                subject, from: source, into: root, stores: stores, scratch: scratch, progress: progress)
            for store in stores.values { try store.finish() }
            try state.save(done, boxes: found)
        }
        if let boxesFile { try state.writeBoxes(to: boxesFile) }
        try writeManifests(state.finished(), table: table, root: root, summary: &summary)
        return summary
    }

    /// The files of a subject; nil when there are none or the archive is empty.
    private func open(_ subject: Int) throws(DataError) -> SubjectSource? {
        let base = settings.source + "/sub_\(subject)_ia"
        let manager = FileManager.default
        if manager.fileExists(atPath: base + ".zip") {
            let attributes = try? manager.attributesOfItem(atPath: base + ".zip")
            if (attributes?[.size] as? NSNumber)?.intValue == 0 { return nil }
            let source = try SubjectSource(archive: base + ".zip")
            return source.names.isEmpty ? nil : source
        }
        var isFolder: ObjCBool = false
        guard manager.fileExists(atPath: base, isDirectory: &isFolder), isFolder.boolValue else { return nil }
        return try SubjectSource(folder: base)
    }

    private func importSubject(
        _ subject: Int, from source: SubjectSource, into root: DataRoot, stores: [Camera: FrameStoreWriter],
        scratch: String, progress: (Int, Int, Int) -> Void
    ) throws(DataError) -> (IngestState.Subject, boxes: String?) {
        let index = SpeakingFacesIndex(names: source.names, subject: subject)
        let keys = index.clips.keys.sorted()
        var done = IngestState.Subject(subject: subject)
        var rows: String? = if case .detector = mouths { "" } else { nil }
        if keys.isEmpty {
            done.problems.append("\(source.path): none of its \(source.names.count) files belongs to a clip")
        }
        let chunk = 2 * workers
        for start in stride(from: 0, to: keys.count, by: chunk) {
            guard !stopped.isRaised else { throw .cancelled }
            let clips = parallelMap(count: min(chunk, keys.count - start), threads: workers) {
                offset -> Result<ClipImport, DataError> in
                let key = keys[start + offset]
                do throws(DataError) {
                    let files = index.clips[key] ?? ClipFiles()
                    let boxes = try mouths.boxes(of: key, files, in: source)
                    return .success(
                        try ClipImport(
                            key, files, source: source, boxes: boxes, settings: settings, scratch: scratch))
                } catch { return .failure(error) }
            }
            for (offset, result) in clips.enumerated() {
                switch result {
                case .failure(.cannotWrite(let path, let reason)):
                    throw .cannotWrite(path: path, reason: reason)
                // A cascade that detects nothing would fail every clip.
                case .failure(.setting(let name, let reason)): throw .setting(name, reason: reason)
                case .failure(let error): done.problems.append(error.description)
                case .success(let clip):
                    try store(clip, root: root, stores: stores, done: &done)
                    rows?.append(MouthBoxes.rows(clip.boxes, of: keys[start + offset]))
                }
            }
            progress(min(start + chunk, keys.count), keys.count, subject)
        }
        return (done, rows)
    }

    private func store(
        _ clip: ClipImport, root: DataRoot, stores: [Camera: FrameStoreWriter],
        done: inout IngestState.Subject
    ) throws(DataError) {
        for (modality, frames) in clip.frames { try stores[modality]?.write(frames) }
        do throws(AudioError) {
            try AudioFile.write(clip.speech, to: root.processed + "/" + clip.entry.audio)
        } catch {
            throw DataError(error)
        }
        let position = Int(clip.entry.extra["position"] ?? "") ?? 0
        done.found[position, default: 0] += clip.found
        done.frames[position, default: 0] += clip.count
        done.entries.append(
            .init(
                utterance: clip.entry.utterance, audio: clip.entry.audio, frames: clip.entry.frames,
                durationSeconds: clip.entry.durationSeconds, rgb: clip.entry.rgb, thermal: clip.entry.thermal,
                extra: clip.entry.extra))
    }

    private func writeManifests(
        _ subjects: [IngestState.Subject], table: SubjectTable?, root: DataRoot, summary: inout IngestSummary
    ) throws(DataError) {
        var entries: [Split: [ManifestEntry]] = [:]
        for subject in subjects {
            summary.subjects += 1
            summary.utterances += subject.entries.count
            summary.problems += subject.problems
            summary.found.merge(subject.found, uniquingKeysWith: +)
            summary.frames.merge(subject.frames, uniquingKeysWith: +)
            var split = settings.split.split(of: subject.subject)
            if settings.split == .official, let table {
                let told = table.split(of: subject.subject)
                split = told.split
                if let warning = told.warning { summary.warnings.append(warning) }
            }
            entries[split, default: []] += subject.entries.map { entry in
                let described = table?.extra(of: subject.subject, trial: entry.extra["trial"] ?? "") ?? [:]
                return ManifestEntry(
                    utterance: entry.utterance, speaker: "\(subject.subject)", audio: entry.audio,
                    frames: entry.frames,
                    fps: IngestSettings.fps, durationSeconds: entry.durationSeconds, rgb: entry.rgb,
                    thermal: entry.thermal,
                    extra: entry.extra.merging(described) { kept, _ in kept })
            }
        }
        let columns = ClipImport.extraColumns + (table == nil ? [] : SubjectTable.extraColumns)
        for split in Split.allCases {
            try Manifest(entries: entries[split] ?? [], extraColumns: columns).write(to: root.manifest(split))
        }
    }
}

/// Where mouth boxes come from.
enum MouthSource: Sendable {
    case boxes(MouthBoxes)
    case detector(MouthDetector)

    /// The boxes of a clip by frame number.
    func boxes(
        of clip: ClipKey, _ files: ClipFiles, in source: SubjectSource
    ) throws(DataError) -> [Int: MouthBox] {
        switch self {
        case .boxes(let boxes): return boxes.boxes(of: clip)
        case .detector(let detector):
            return try detector.boxes(in: files.colour) { entry throws(DataError) in
                try ClipImport.picture(source, entry)
            }
        }
    }
}
