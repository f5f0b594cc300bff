import Foundation
import TAVSEBase
import TAVSEModel
import TAVSENN
import TAVSESignal

/// Everything a training run needs to go on as if it had never stopped, in one file.
///
/// A safetensors file: parameters, buffers and counters under `network.`, moments under `adamw.`, and the rest as JSON
/// in its metadata. It refers to no other file, so no kill between two renames can make it disagree with itself. A
/// checksum over all of its bytes tells damage from data.
struct TrainingState: Codable, Equatable {
    /// Version of this layout.
    var format = Self.currentFormat
    /// Version of the tool that wrote it.
    var toolVersion: String
    /// The resolved configuration as JSON.
    var configuration: String
    /// Compute threads; another count may round differently.
    var threads: Int
    /// Fingerprints of manifests, noise, recordings and frames, as ``DataFingerprint`` makes them.
    var dataHashes: [String: String]
    /// Frames in the store of each camera; nil in states of versions that did not count them.
    var frameCounts: [String: Int]?
    /// Where the run is.
    var progress: TrainingProgress
    /// Length of every log file.
    var logPositions: [String: Int]

    static let currentFormat = 1

    private enum Constants {
        static let key = "tavse_training_state"
        static let checksumKey = "checksum"
        static let blank = String(repeating: "0", count: 64)
        static let networkPrefix = "network."
    }

    /// The bytes of the state file.
    func data(_ network: NetworkState, _ optimizer: AdamW) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(self), as: UTF8.self)
        var writer = SafetensorsWriter(metadata: [
            Constants.key: text, Constants.checksumKey: Constants.blank,
        ])
        network.save(to: &writer, prefix: Constants.networkPrefix)
        optimizer.save(to: &writer)
        var data = writer.data
        guard let place = Self.checksumPlace(in: data) else {
            throw TrainingError.damagedState(
                path: "state", reason: "its header has no place for the checksum")
        }
        data.replaceSubrange(place, with: Data(Self.hash(data).utf8))
        return data
    }

    /// Reads a state and puts its tensors into network and optimiser.
    ///
    /// - Parameter check: called with the state before anything is changed; throws when it does not fit the run.
    static func load(
        _ path: String, into network: NetworkState, _ optimizer: AdamW, check: (TrainingState) throws -> Void
    ) throws -> TrainingState {
        let damaged = { (reason: String) in TrainingError.damagedState(path: path, reason: reason) }
        var data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch { throw damaged(error.localizedDescription) }
        let file: Safetensors
        do { file = try Safetensors(data) } catch { throw damaged("\(error)") }
        guard let text = file.metadata[Constants.key] else {
            throw damaged("it is a safetensors file of another kind")
        }
        guard let place = checksumPlace(in: data), let found = file.metadata[Constants.checksumKey] else {
            throw damaged("it has no checksum")
        }
        data.replaceSubrange(place, with: Data(Constants.blank.utf8))
        guard hash(data) == found else { throw damaged("its checksum does not fit its content") }
        let state: TrainingState
        do {
            state = try JSONDecoder().decode(TrainingState.self, from: Data(text.utf8))
        } catch { throw damaged("its description cannot be read by this version (\(error))") }
        guard state.format == currentFormat else {
            throw damaged("layout \(state.format), this version reads \(currentFormat)")
        }
        try check(state)
        do {
            try network.load(from: file, prefix: Constants.networkPrefix)
            try optimizer.load(from: file)
        } catch { throw damaged("\(error)") }
        return state
    }

    /// Where the checksum's digits stand in the header. The quotes around the key keep it apart from any text, in which
    /// quotes are escaped.
    private static func checksumPlace(in data: Data) -> Range<Data.Index>? {
        let mark = Data("\"\(Constants.checksumKey)\":\"".utf8)
        guard data.count > 8, let found = data.range(of: mark, in: 8..<min(data.count, 1 << 16)) else {
            return nil
        }
        let place = found.upperBound..<found.upperBound + Constants.blank.utf8.count
        return place.upperBound <= data.count ? place : nil
    }

    private static func hash(_ data: Data) -> String {
        var hash = SHA256()
        data.withUnsafeBytes { hash.update($0) }
        return hash.hexadecimal()
    }
}
