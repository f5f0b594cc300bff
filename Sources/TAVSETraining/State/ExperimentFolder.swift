import Foundation
import TAVSEBase
import TAVSESignal

/// The folder of one experiment's checkpoints, held by one process at a time.
///
///     state.safetensors                       everything a resume needs
///     latest.safetensors  best.safetensors    weights of the last and of the best epoch
///     ckpt_epoch012_sisnr9.53.safetensors     the best `keep_top_k` epochs
final class ExperimentFolder {
    /// Where it is.
    let path: String
    private let lock: Int32

    /// Makes the folder if it is missing and takes its lock, which the system gives back however this process ends.
    init(_ path: String) throws(TrainingError) {
        self.path = path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch { throw .cannotWrite(path: path, reason: "the folder cannot be made") }
        let file = path + "/.lock"
        lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lock >= 0 else { throw .cannotWrite(path: file, reason: String(cString: strerror(errno))) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let owner = FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) }
            close(lock)
            throw .locked(folder: path, owner: owner.flatMap { $0.isEmpty ? nil : $0 } ?? "unknown process")
        }
        let owner = Array("process \(getpid())".utf8)
        // For messages only: the lock holds without it.
        if ftruncate(lock, 0) == 0 { _ = pwrite(lock, owner, owner.count, 0) }
    }

    deinit { close(lock) }

    var statePath: String { path + "/state.safetensors" }
    var latestPath: String { path + "/latest.safetensors" }
    var bestPath: String { path + "/best.safetensors" }
    func path(of checkpoint: RankedCheckpoint) -> String { path + "/" + checkpoint.fileName }

    /// Names of everything in the folder that belongs to an experiment.
    private var files: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasSuffix(".safetensors") }.sorted()
    }

    /// Throws unless nothing of an earlier run is here.
    func requireEmpty() throws(TrainingError) {
        if let found = files.first { throw .experimentExists(folder: path, found: found) }
    }

    /// Throws unless there is a state.
    func requireState() throws(TrainingError) {
        guard FileManager.default.fileExists(atPath: statePath) else {
            throw .nothingToResume(path: statePath)
        }
    }

    /// Removes ranked checkpoints that are not in the ranking, and files a killed process left half written.
    func clean(keeping ranking: [RankedCheckpoint]) {
        let kept = Set(ranking.map(\.fileName))
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for name in names where !kept.contains(name) {
            let isRanked = name.hasPrefix("ckpt_epoch") && name.hasSuffix(".safetensors")
            let isPartial = name.hasPrefix(".tavse-") && name.hasSuffix(".part")
            if isRanked || isPartial { try? FileManager.default.removeItem(atPath: path + "/" + name) }
        }
    }

    /// Writes a file durably: after a power cut it is there as a whole or as before.
    static func write(_ data: Data, to path: String) throws(TrainingError) {
        do throws(FileWriteError) {
            try AtomicFile.write(data, to: path, durable: true)
        } catch { throw .cannotWrite(path: path, reason: error.reason) }
    }
}
