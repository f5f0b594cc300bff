import TAVSEBase
import TAVSEData
import TAVSENN
import TAVSESignal

/// A change of the video at the test, to see whether and for what a network uses it.
///
/// The sound, the mix and the network stay as they are. A network that listens and does not look scores the same.
public enum VisualControl: String, Sendable, CaseIterable {
    /// Frames are there and black: what it costs to see nothing while a camera is said to be present.
    case zero
    /// Frames of another utterance, kept to the length of the sound: plausible lips that say something else.
    case shuffle
    /// The utterance's own frames half a second late; the last half second stands at the beginning.
    case shift
    /// The first frame throughout: a face without movement.
    case freeze

    /// How far ``shift`` moves the frames, seconds.
    public static let shiftSeconds = 0.5

    /// The frames a network is shown.
    ///
    /// ``shuffle`` leaves them alone: which utterance they come from is decided where they are read.
    ///
    /// - Parameters:
    ///   - frames: `[1, N, H, W, C]`.
    ///   - fps: frames per second.
    func applied(to frames: Tensor, fps: Double) -> Tensor {
        let shape = frames.shape
        let count = shape[1]
        guard self != .shuffle, count > 0 else { return frames }
        if self == .zero { return Tensor(shape, repeating: 0) }
        let size = shape[2] * shape[3] * shape[4]
        // A clip shorter than a second moves by half its length: a whole turn would change nothing.
        let shift = min(Int((Self.shiftSeconds * fps).rounded()), count / 2)
        let values = frames.values
        return Tensor(shape) { target in
            for n in 0..<count {
                let source = self == .freeze ? 0 : (n - shift + count) % count
                _ = target[(n * size)...].update(
                    fromContentsOf: values[(source * size)..<((source + 1) * size)])
            }
        }
    }

    /// For every utterance that a camera saw, another one that it saw too.
    ///
    /// One cycle through all of them (Sattolo's algorithm), so that none is its own partner. The order depends on the
    /// seed and the utterances alone, and two cameras that saw the same utterances get the same partners.
    ///
    /// - Returns: partner by utterance; empty where there are fewer than two.
    static func partners(of entries: [ManifestEntry], camera: Camera, seed: UInt64) -> [String: ManifestEntry]
    {
        let seen = entries.filter { $0.has(camera) }
        guard seen.count > 1 else { return [:] }
        var generator = SplitMix64(seed: SeedPath.derive(seed, "control", "shuffle"))
        var order = Array(seen.indices)
        for last in stride(from: order.count - 1, to: 0, by: -1) {
            order.swapAt(last, generator.index(below: last))
        }
        return Dictionary(uniqueKeysWithValues: zip(seen.map(\.utterance), order.map { seen[$0] }))
    }
}
