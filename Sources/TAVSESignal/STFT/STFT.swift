/// Short-time Fourier transform and its inverse.
///
///     X[k, t] = Σₙ w[n] · x̃[t·hop + n] · exp(−2πi·k·n/fftSize),   n = 0 … fftSize − 1
///
/// `w` is a periodic Hann window of `windowLength`, zero-padded and centred in `fftSize`; x̃ is the signal
/// with fftSize/2 samples reflected at each end (the end sample itself not repeated), so frame t is centred
/// on sample t·hop and T = ⌊N/hop⌋ + 1. The inverse overlap-adds windowed frames and divides by Σ w², which
/// gives the least-squares signal: exact, up to rounding, for an unchanged spectrogram.
///
/// The defaults are those of TAVSE's network: 512, 400, 160 (32, 25 and 10 ms at 16 kHz).
///
/// > Source: Griffin & Lim, *Signal estimation from modified short-time Fourier transform*, IEEE TASSP 1984.
public struct STFT: Sendable {
    /// Transform length.
    public let fftSize: Int
    /// Window length, at most `fftSize`.
    public let windowLength: Int
    /// Samples from one frame to the next.
    public let hopLength: Int
    /// The window, zero-padded and centred, `[fftSize]`.
    public let window: [Float]

    private let plan: RealFFTFloat

    /// - Parameters:
    ///   - fftSize: even, at least `windowLength`.
    ///   - windowLength: samples.
    ///   - hopLength: samples, 1 … windowLength/2, without which the inverse would have gaps.
    public init(fftSize: Int = 512, windowLength: Int = 400, hopLength: Int = 160) {
        precondition(
            fftSize % 2 == 0 && windowLength >= 2 && windowLength <= fftSize && hopLength >= 1
                && hopLength <= windowLength / 2,
            "STFT needs an even fftSize ≥ windowLength and 1 ≤ hopLength ≤ windowLength/2, "
                + "got \(fftSize), \(windowLength), \(hopLength)")
        self.fftSize = fftSize
        self.windowLength = windowLength
        self.hopLength = hopLength
        let before = (fftSize - windowLength) / 2
        window =
            [Float](repeating: 0, count: before) + Window.periodicHann(windowLength).map { Float($0) }
            + [Float](repeating: 0, count: fftSize - windowLength - before)
        plan = RealFFTFloat.plan(fftSize)
    }

    /// Number of frequency bins `F` = fftSize/2 + 1.
    public var binCount: Int { fftSize / 2 + 1 }
    /// Shortest signal that can be reflected: fftSize/2 + 1 samples.
    public var minimumCount: Int { fftSize / 2 + 1 }

    /// Number of frames `T` = ⌊count/hop⌋ + 1.
    public func frameCount(for count: Int) -> Int { count / hopLength + 1 }

    /// Spectra of a signal.
    ///
    /// - Parameter samples: `[N]`, N ≥ ``minimumCount``.
    /// - Returns: `[F, T]`.
    public func forward(_ samples: [Float]) -> Spectrogram {
        precondition(
            samples.count >= minimumCount, "STFT needs at least \(minimumCount) samples, got \(samples.count)"
        )
        let frames = frameCount(for: samples.count)
        let bins = binCount
        let padded = reflected(samples)
        var real = [Float](repeating: 0, count: bins * frames)
        var imaginary = real
        var frame = [Float](repeating: 0, count: fftSize)
        var spectrum = [Float](repeating: 0, count: 2 * bins)
        for t in 0..<frames {
            for n in 0..<fftSize { frame[n] = window[n] * padded[t * hopLength + n] }
            plan.forward(frame, into: &spectrum)
            for k in 0..<bins {
                real[k * frames + t] = spectrum[2 * k]
                imaginary[k * frames + t] = spectrum[2 * k + 1]
            }
        }
        return Spectrogram(binCount: bins, frameCount: frames, real: real, imaginary: imaginary)
    }

    /// The signal of given length whose spectra are nearest to the given ones.
    ///
    /// - Parameters:
    ///   - spectrogram: `[F, T]`; the imaginary parts of bins 0 and fftSize/2 are ignored.
    ///   - count: N, with T = ⌊N/hop⌋ + 1.
    /// - Returns: `[N]`.
    public func inverse(_ spectrogram: Spectrogram, count: Int) -> [Float] {
        let frames = frameCount(for: count)
        let bins = binCount
        precondition(
            spectrogram.binCount == bins && spectrogram.frameCount == frames,
            "\(count) samples need \(bins) × \(frames) spectra, "
                + "got \(spectrogram.binCount) × \(spectrogram.frameCount)")
        let length = (frames - 1) * hopLength + fftSize
        var sum = [Float](repeating: 0, count: length)
        var weight = sum
        var frame = [Float](repeating: 0, count: fftSize)
        var spectrum = [Float](repeating: 0, count: 2 * bins)
        let scale = 1 / Float(fftSize)
        for t in 0..<frames {
            for k in 0..<bins {
                spectrum[2 * k] = spectrogram.real[k * frames + t]
                spectrum[2 * k + 1] = spectrogram.imaginary[k * frames + t]
            }
            spectrum[1] = 0
            spectrum[2 * bins - 1] = 0
            plan.inverse(destroying: &spectrum, into: &frame)
            for n in 0..<fftSize {
                sum[t * hopLength + n] += window[n] * frame[n] * scale
                weight[t * hopLength + n] += window[n] * window[n]
            }
        }
        let start = fftSize / 2
        return (0..<count).map { sum[start + $0] / weight[start + $0] }
    }

    /// The signal with fftSize/2 samples mirrored at each end.
    private func reflected(_ samples: [Float]) -> [Float] {
        let half = fftSize / 2
        let last = samples.count - 1
        return samples[1...half].reversed() + samples + samples[(last - half)..<last].reversed()
    }
}
