import TAVSENN

/// Mouth frames of one camera along a recording, read where they are needed.
///
/// Frame n shows (n + ½) / fps seconds after the start of the sound.
public struct FrameSequence: Sendable {
    /// Number of frames.
    public let count: Int
    private let read: @Sendable (Range<Int>) throws(ModelError) -> Tensor

    /// Frames that are read on demand, so that a long recording's video is never in memory as a whole.
    ///
    /// - Parameters:
    ///   - count: number of frames.
    ///   - read: gives some of them, `[n, H, W, C]`, pixels 0…1; every call with the same height and width.
    public init(count: Int, read: @escaping @Sendable (Range<Int>) throws(ModelError) -> Tensor) {
        self.count = max(0, count)
        self.read = read
    }

    /// Frames in memory.
    ///
    /// - Parameter frames: `[N, H, W, C]`, or `[1, N, H, W, C]` as a batch of one.
    public init(_ frames: Tensor) throws(ModelError) {
        guard frames.rank == 4 || (frames.rank == 5 && frames.shape[0] == 1) else {
            throw .inputShape(
                input: "frames", expected: "[N, H, W, C] or [1, N, H, W, C]", found: frames.shape)
        }
        let all = frames.rank == 5 ? frames.reshaped(Array(frames.shape.dropFirst())) : frames
        count = all.shape[0]
        read = { range throws(ModelError) in all.sliced(axis: 0, range) }
    }

    /// Some frames as a batch of one, `[1, n, H, W, C]`.
    func batch(_ range: Range<Int>) throws(ModelError) -> Tensor {
        let frames = try read(range)
        guard frames.rank == 4, frames.shape[0] == range.count else {
            throw .inputShape(
                input: "frames \(range.lowerBound)…\(range.upperBound - 1)",
                expected: "[\(range.count), H, W, C]", found: frames.shape)
        }
        return frames.reshaped([1] + frames.shape)
    }
}
