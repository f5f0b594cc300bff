import Foundation
import TAVSEBase
import TAVSESignal

/// The noise environments of one split, in memory and in name order.
public struct NoiseLibrary: Sendable {
    /// One environment's recording.
    public struct Recording: Sendable {
        /// The file's name without `.wav`.
        public let name: String
        /// Samples at 16 kHz, full scale ±1.
        public let samples: [Float]
    }

    /// All recordings, sorted by name.
    public let recordings: [Recording]

    /// A library made in memory.
    public init(recordings: [Recording]) {
        self.recordings = recordings.sorted { $0.name < $1.name }
    }

    /// Reads every `.wav` of a folder.
    ///
    /// - Parameter folder: `processed/noise/<split>`.
    /// - Throws: ``DataError`` when the folder is missing or empty, or a file is not 16 kHz mono or is silent.
    public init(folder: String) throws(DataError) {
        var recordings: [Recording] = []
        for name in try Self.environments(in: folder) {
            let path = folder + "/" + name + ".wav"
            let signal: Signal
            do throws(AudioError) { signal = try AudioFile.read(path) } catch { throw DataError(error) }
            guard signal.sampleRate == DataRoot.sampleRate else {
                throw .audio(
                    path: path,
                    reason: "\(signal.sampleRate) Hz, expected \(DataRoot.sampleRate); run tavse-data noise")
            }
            if let place = signal.samples.firstIndex(where: { !$0.isFinite }) {
                throw .audio(path: path, reason: "has a NaN or infinite sample at index \(place)")
            }
            guard Signal.alternatingPower(signal.samples) > 0 else {
                throw .audio(path: path, reason: "silent; noise needs energy")
            }
            // An offset would count as noise in the SNR, and nobody would hear it.
            recordings.append(Recording(name: name, samples: signal.withoutOffset().samples))
        }
        guard !recordings.isEmpty else {
            throw .missingInput(path: folder + "/*.wav")
        }
        self.recordings = recordings
    }

    /// Names of a folder's environments, sorted.
    public static func environments(in folder: String) throws(DataError) -> [String] {
        guard FileManager.default.fileExists(atPath: folder) else { throw .missingInput(path: folder) }
        do throws(FolderListing.Problem) {
            return try FolderListing.names(in: folder).filter { $0.hasSuffix(".wav") }
                .map { String($0.dropLast(4)) }.sorted()
        } catch { throw DataError(error) }
    }

    /// The recording of a name.
    public func recording(_ name: String) throws(DataError) -> Recording {
        guard let found = recordings.first(where: { $0.name == name }) else {
            throw .setting(
                "noise",
                reason:
                    "no environment '\(name)'; there are \(recordings.map(\.name).joined(separator: ", "))")
        }
        return found
    }
}

extension NoiseLibrary.Recording {
    /// A recording made in memory.
    public init(name: String, _ samples: [Float]) {
        self.name = name
        self.samples = samples
    }

    /// A stretch beginning at an offset; the recording is repeated when it ends.
    public func stretch(from offset: Int, count: Int) -> [Float] {
        guard !samples.isEmpty, count > 0 else { return [] }
        var result: [Float] = []
        result.reserveCapacity(count)
        var position = offset % samples.count
        while result.count < count {
            let end = min(samples.count, position + count - result.count)
            result.append(contentsOf: samples[position..<end])
            position = 0
        }
        return result
    }

    /// Where the first stretch from an offset on begins, in steps of its own length around the recording, in which
    /// something is heard; where there is none, the offset itself.
    ///
    /// A recording may have digital silence in part, where a recorder was paused or a clip was padded: no gain reaches
    /// an SNR there. What is chosen follows from offset and recording alone.
    func audibleOffset(from offset: Int, count: Int) -> Int {
        guard !samples.isEmpty, count > 0 else { return offset }
        for step in 0..<((samples.count + count - 1) / count) {
            let start = step == 0 ? offset : (offset + step * count) % samples.count
            let end = start % samples.count + count
            let isSilent =
                end <= samples.count
                ? Signal.isSilent(samples[(start % samples.count)..<end])
                : Signal.isSilent(stretch(from: start, count: count))
            if !isSilent { return start }
        }
        return offset
    }

    /// The first stretch from an offset on, in steps of its own length around the recording, whose mean square is at
    /// least a tenth of a level; where there is none, the one with the largest.
    ///
    /// A recording that is not longer than the stretch is always heard as a whole.
    func audibleStretch(from offset: Int, count: Int, level: Double) -> (samples: [Float], offset: Int) {
        guard !samples.isEmpty, count > 0 else { return ([], 0) }
        var best: (samples: [Float], offset: Int, power: Double) = ([], 0, -1)
        for step in 0..<((samples.count + count - 1) / count) {
            let start = (offset + step * count) % samples.count
            let part = stretch(from: start, count: count)
            let power = part.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(count)
            if power > best.power { best = (part, start, power) }
            if power >= 0.1 * level { return (part, start) }
        }
        return (best.samples, best.offset)
    }
}
