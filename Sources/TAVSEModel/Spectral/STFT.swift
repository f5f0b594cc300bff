import Foundation
import TAVSENN
import TAVSESignal

/// Complex spectrogram of a batch; a constant for gradients.
public struct Spectrum: Sendable {
    /// `[B, F, T]`
    public let real: Tensor
    /// `[B, F, T]`
    public let imaginary: Tensor

    /// |X|, `[B, F, T]`.
    public let magnitude: Tensor

    /// Both of one shape `[B, F, T]`.
    public init(real: Tensor, imaginary: Tensor) {
        precondition(real.shape == imaginary.shape && real.rank == 3, "a spectrum is two tensors [B, F, T]")
        self.init(
            real: real, imaginary: imaginary, magnitude: (real.squared() + imaginary.squared()).squareRoot())
    }

    fileprivate init(real: Tensor, imaginary: Tensor, magnitude: Tensor) {
        self.real = real
        self.imaginary = imaginary
        self.magnitude = magnitude
    }
}

/// Short-time Fourier transform of batches, its magnitude and a masked inverse as differentiable operations.
///
///     X[f, t] = Σₙ w[n] · x̃[t·hop + n] · exp(−2πi·f·n/N),   x̃ = x with N/2 reflected samples on each side
///
/// w is a periodic Hann window of `windowLength`, centred in N with zeros. The inverse adds windowed frames and
/// divides by the sum of squared windows (least squares, Griffin & Lim, 1984).
public struct STFT: Sendable {
    /// Length N of the transform.
    public let fftSize: Int
    /// Samples between frames.
    public let hopLength: Int
    /// Window, `[N]`.
    private let window: [Float]
    /// Where the window is, inside N.
    private let span: Range<Int>

    private enum Constants {
        /// Frames per piece of work: their values in one frequency row fill a cache line.
        static let frames = 16
        /// Samples per piece of an overlap-add.
        static let samples = 4096
    }

    /// - Parameters:
    ///   - fftSize: N, even.
    ///   - windowLength: at most N.
    ///   - hopLength: samples between frames, at most half the window.
    public init(fftSize: Int, windowLength: Int, hopLength: Int) {
        precondition(
            fftSize % 2 == 0 && windowLength <= fftSize && hopLength > 0 && 2 * hopLength <= windowLength)
        self.fftSize = fftSize
        self.hopLength = hopLength
        var window = [Float](repeating: 0, count: fftSize)
        let start = (fftSize - windowLength) / 2
        window.replaceSubrange(start..<start + windowLength, with: Self.hann(windowLength))
        self.window = window
        span = start..<start + windowLength
    }

    /// Periodic Hann window: ½ − ½·cos(2πn/N).
    static func hann(_ length: Int) -> [Float] {
        (0..<length).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(length))) }
    }

    /// The front end of a network.
    public init(_ specification: NetworkSpecification) {
        self.init(
            fftSize: specification.nFFT, windowLength: specification.winLength,
            hopLength: specification.hopLength)
    }

    /// F = N/2 + 1.
    public var bins: Int { fftSize / 2 + 1 }
    /// Fewest samples: one more than are reflected.
    public var minimumSamples: Int { fftSize / 2 + 1 }
    /// T = ⌊samples / hop⌋ + 1.
    public func frames(samples: Int) -> Int { samples / hopLength + 1 }

    private func check(_ wave: Tensor) throws(ModelError) {
        guard wave.rank == 2 else { throw .inputShape(input: "wave", expected: "[B, S]", found: wave.shape) }
        guard wave.shape[1] >= minimumSamples else {
            throw .tooShort(samples: wave.shape[1], minimum: minimumSamples)
        }
    }

    /// Spectrum of a batch of waves `[B, S]`; no gradient flows through it.
    ///
    /// Computed in double precision: the network sees |X| to a small power, which would turn the rounding of a loud
    /// bin, spread by the transform over quiet ones, into visible errors.
    public func spectrum(_ wave: Tensor) throws(ModelError) -> Spectrum {
        try check(wave)
        let (batch, samples) = (wave.shape[0], wave.shape[1])
        let frames = frames(samples: samples)
        let plan = RealFFT.plan(fftSize)
        let parts = wave.withUnsafeBuffer { x in
            Tensor.several(3, [batch, bins, frames]) { parts in
                let (real, imaginary, magnitude) = (parts[0], parts[1], parts[2])
                forEachBlock(batch, frames) { b, block in
                    var frame = [Double](repeating: 0, count: fftSize)
                    var bin = [Double](repeating: 0, count: 2 * bins)
                    for t in block {
                        let start = t * hopLength - fftSize / 2
                        if start + span.lowerBound >= 0, start + span.upperBound <= samples {
                            for n in span {
                                frame[n] = Double(window[n]) * Double(x[b * samples + start + n])
                            }
                        } else {
                            for n in span {
                                let place = reflected(start + n, samples)
                                frame[n] = Double(window[n]) * Double(x[b * samples + place])
                            }
                        }
                        plan.forward(frame, into: &bin)
                        for f in 0..<bins {
                            let (re, im) = (bin[2 * f], bin[2 * f + 1])
                            let place = (b * bins + f) * frames + t
                            real[place] = Float(re)
                            imaginary[place] = Float(im)
                            magnitude[place] = Float((re * re + im * im).squareRoot())
                        }
                    }
                }
            }
        }
        return Spectrum(real: parts[0], imaginary: parts[1], magnitude: parts[2])
    }

    /// |X| of a batch of waves `[B, S]`, differentiable; the gradient where |X| = 0 is 0.
    ///
    /// Backward: each bin's gradient times X/|X| goes through the transposed transform, window and reflection.
    public func magnitude(_ wave: Tensor) throws(ModelError) -> Tensor {
        let spectrum = try spectrum(wave)
        let magnitude = spectrum.magnitude
        guard wave.wantsGradient else { return magnitude }
        let shape = wave.shape
        return Tensor.custom("STFT magnitude", inputs: [wave], output: magnitude) { gradient in
            [self.magnitudeGradient(gradient, spectrum, magnitude, shape)]
        }
    }

    private func magnitudeGradient(_ g: Tensor, _ spectrum: Spectrum, _ magnitude: Tensor, _ shape: [Int])
        -> Tensor
    {
        let (batch, samples, frames) = (shape[0], shape[1], g.shape[2])
        let (dy, re, im, mag) = (g.values, spectrum.real.values, spectrum.imaginary.values, magnitude.values)
        let plan = RealFFTFloat.plan(fftSize)
        var dx = [Float](repeating: 0, count: batch * samples)
        var packed = [Float](repeating: 0, count: 2 * bins)
        for b in 0..<batch {
            for t in 0..<frames {
                for f in 0..<bins {
                    let place = (b * bins + f) * frames + t
                    // The inverse transform counts inner bins twice, the adjoint once.
                    let share: Float = f == 0 || f == bins - 1 ? 1 : 0.5
                    let scale = mag[place] > 0 ? share * dy[place] / mag[place] : 0
                    packed[2 * f] = scale * re[place]
                    packed[2 * f + 1] = f == 0 || f == bins - 1 ? 0 : scale * im[place]
                }
                let frame = plan.inverse(packed)
                for n in 0..<fftSize {
                    let place = reflected(t * hopLength + n - fftSize / 2, samples)
                    dx[b * samples + place] += window[n] * frame[n]
                }
            }
        }
        return Tensor(shape, values: dx)
    }

    /// The wave of a masked spectrum, differentiable in the mask.
    ///
    ///     y = Σₜ w·irfft(mask[·, t]·X[·, t]) / Σₜ w²
    ///
    /// Backward: dmask = Re(conj(X)·G) with G the transposed inverse transform of dy / Σ w².
    ///
    /// - Parameters:
    ///   - mask: `[B, F, T]`.
    ///   - spectrum: `[B, F, T]`.
    ///   - samples: length S of the result `[B, S]`.
    public func inverse(mask: Tensor, _ spectrum: Spectrum, samples: Int) throws(ModelError) -> Tensor {
        guard mask.shape == spectrum.real.shape, mask.shape[1] == bins else {
            throw .inputShape(input: "mask", expected: "\(spectrum.real.shape)", found: mask.shape)
        }
        let (batch, frames) = (mask.shape[0], mask.shape[2])
        let envelope = inverseEnvelope(frames: frames, samples: samples)
        let windowed = windowedFrames(mask: mask, spectrum)
        let output = windowed.withUnsafeBuffer { x in
            Tensor([batch, samples]) { wave in
                let pieces = (samples + Constants.samples - 1) / Constants.samples
                Parallel.run(batch * pieces) { unit in
                    let (b, piece) = (unit / pieces, unit % pieces)
                    let range = piece * Constants.samples..<min((piece + 1) * Constants.samples, samples)
                    for place in range { wave[b * samples + place] = 0 }
                    // Frames in their order, whatever the pieces: the same sums.
                    for t in frameRange(touching: range, frames) {
                        let start = t * hopLength + span.lowerBound - fftSize / 2
                        let frame = (b * frames + t) * span.count
                        let begin = max(range.lowerBound, start)
                        let end = min(range.upperBound, start + span.count)
                        for place in begin..<max(begin, end) {
                            wave[b * samples + place] += x[frame + place - start]
                        }
                    }
                    for place in range { wave[b * samples + place] *= envelope[place] }
                }
            }
        }
        return Tensor.custom("masked inverse STFT", inputs: [mask], output: output) { gradient in
            [self.inverseGradient(gradient, spectrum, envelope)]
        }
    }

    /// w · irfft(mask · X) of every frame where the window is not zero, `[B, T, span]`.
    private func windowedFrames(mask: Tensor, _ spectrum: Spectrum) -> Tensor {
        let (batch, frames) = (mask.shape[0], mask.shape[2])
        let plan = RealFFTFloat.plan(fftSize)
        return mask.withUnsafeBuffer { m in
            spectrum.real.withUnsafeBuffer { re in
                spectrum.imaginary.withUnsafeBuffer { im in
                    Tensor([batch, frames, span.count]) { output in
                        forEachBlock(batch, frames) { b, block in
                            var packed = [Float](repeating: 0, count: 2 * bins)
                            var frame = [Float](repeating: 0, count: fftSize)
                            for t in block {
                                for f in 0..<bins {
                                    let place = (b * bins + f) * frames + t
                                    packed[2 * f] = m[place] * re[place]
                                    packed[2 * f + 1] = f == 0 || f == bins - 1 ? 0 : m[place] * im[place]
                                }
                                plan.inverse(destroying: &packed, into: &frame)
                                let start = (b * frames + t) * span.count - span.lowerBound
                                for n in span { output[start + n] = window[n] * frame[n] }
                            }
                        }
                    }
                }
            }
        }
    }

    private func inverseGradient(_ g: Tensor, _ spectrum: Spectrum, _ envelope: [Float]) -> Tensor {
        let (batch, samples, frames) = (g.shape[0], g.shape[1], spectrum.real.shape[2])
        let plan = RealFFTFloat.plan(fftSize)
        return g.withUnsafeBuffer { dy in
            spectrum.real.withUnsafeBuffer { re in
                spectrum.imaginary.withUnsafeBuffer { im in
                    Tensor(spectrum.real.shape) { dm in
                        forEachBlock(batch, frames) { b, block in
                            var frame = [Float](repeating: 0, count: fftSize)
                            var bin = [Float](repeating: 0, count: 2 * bins)
                            for t in block {
                                for n in span {
                                    let place = t * hopLength + n - fftSize / 2
                                    let inside = place >= 0 && place < samples
                                    frame[n] =
                                        inside ? window[n] * dy[b * samples + place] * envelope[place] : 0
                                }
                                plan.forward(frame, into: &bin)
                                for f in 0..<bins {
                                    let place = (b * bins + f) * frames + t
                                    let isReal = f == 0 || f == bins - 1
                                    dm[place] =
                                        isReal
                                        ? re[place] * bin[2 * f]
                                        : 2 * (re[place] * bin[2 * f] + im[place] * bin[2 * f + 1])
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Calls `body` for blocks of frames of every sample of the batch, on all threads.
    private func forEachBlock(_ batch: Int, _ frames: Int, _ body: (Int, Range<Int>) -> Void) {
        let blocks = (frames + Constants.frames - 1) / Constants.frames
        Parallel.run(batch * blocks) { unit in
            let start = unit % blocks * Constants.frames
            body(unit / blocks, start..<min(start + Constants.frames, frames))
        }
    }

    /// Frames whose window reaches into these samples.
    private func frameRange(touching range: Range<Int>, _ frames: Int) -> Range<Int> {
        // Frame t covers t·hop + span − N/2.
        let first = (range.lowerBound + fftSize / 2 - span.upperBound) / hopLength
        let last = (range.upperBound + fftSize / 2 - span.lowerBound) / hopLength
        return max(0, first)..<max(max(0, first), min(frames, last + 1))
    }

    /// 1 / (N · Σₜ w²) per sample, 0 where no frame reaches.
    private func inverseEnvelope(frames: Int, samples: Int) -> [Float] {
        var sum = [Double](repeating: 0, count: samples)
        for t in 0..<frames {
            for n in 0..<fftSize {
                let place = t * hopLength + n - fftSize / 2
                if place >= 0, place < samples { sum[place] += Double(window[n]) * Double(window[n]) }
            }
        }
        // Below this the frames say nothing about a sample; reached only beyond the last frame.
        let smallest = 1e-11
        return sum.map { $0 > smallest ? Float(1 / ($0 * Double(fftSize))) : 0 }
    }

    /// Mirror at the first and last sample, which are not repeated.
    private func reflected(_ place: Int, _ samples: Int) -> Int {
        if place < 0 { return -place }
        return place < samples ? place : 2 * (samples - 1) - place
    }
}
