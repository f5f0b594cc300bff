import Foundation
import Synchronization
import TAVSESignal

/// What STOI and ESTOI look at: third-octave envelopes of both signals at 10 kHz, silent frames left out.
///
/// 1. Both signals are resampled to 10 kHz by the 60 dB filter of Octave's `resample`.
/// 2. Frames of 256 samples, hop 128, in which the reference lies 40 dB or more below its loudest frame are
///    dropped from both; the windowed rest is overlap-added.
/// 3. Spectra of 512 points of frames of 256 with hop 128; the envelope of a band is the root of its energy.
///
/// Goals in order: the numbers of the reference implementation (1e-9), then speed. Everything is `Double`.
///
/// > Source: Taal, Hendriks, Heusdens & Jensen, *An algorithm for intelligibility prediction of time–frequency
/// > weighted noisy speech*, IEEE TASLP 19(7), 2011.
struct ThirdOctaveEnvelopes {
    enum Constants {
        /// Rate at which the measure is defined, Hz.
        static let sampleRate = 10_000
        /// Frame length, samples (25.6 ms).
        static let frameLength = 256
        /// Hop, samples.
        static let hopLength = 128
        /// Transform length.
        static let fftSize = 512
        /// Frames this far below the loudest are silent, dB.
        static let dynamicRangeDB = 40.0
        /// Frames per analysis block (384 ms).
        static let blockLength = 30
        /// Keeps levels and correlations defined at zero, as the reference implementation does.
        static let epsilon = 0x1p-52
        /// Rates from which resampling is offered, Hz.
        static let inputRates = 1000...Resampler.maximumRate
    }

    /// Number of frames `T`, at least one block.
    let frameCount: Int
    /// Envelopes of the estimate, `[15, T]`, and ``BlockCorrelation/overhang`` zeros behind them.
    let estimate: [Double]
    /// Envelopes of the reference, likewise.
    let reference: [Double]

    init(_ pair: CheckedPair) throws(MetricError) {
        guard Constants.inputRates.contains(pair.sampleRate) else {
            throw .undefined(
                "STOI resamples from \(Constants.inputRates.lowerBound) … \(Constants.inputRates.upperBound) Hz; "
                    + "the signals are at \(pair.sampleRate) Hz")
        }
        let resampler = Self.resampler(from: pair.sampleRate)
        let x = resampler.resample(pair.reference)
        let y = resampler.resample(pair.estimate)
        let kept = Self.audibleFrames(x)
        // Overlap-adding K frames gives room for K − 1: the last full frame is not used.
        let frames = kept.count - 1
        guard frames >= Constants.blockLength else {
            throw .tooShort(
                count: max(0, frames), minimum: Constants.blockLength,
                unit: "frames of 25.6 ms with speech (hop 12.8 ms)")
        }
        frameCount = frames
        reference = Self.envelopes(Self.overlapAdded(x, frames: kept), frameCount: frames)
        estimate = Self.envelopes(Self.overlapAdded(y, frames: kept), frameCount: frames)
    }

    private static let window = Window.interiorHann(Constants.frameLength)

    /// Designing a filter costs more than using it on a short file; the usual rates are kept.
    private static let resamplers = Mutex<[Int: Resampler]>([:])

    private static func resampler(from rate: Int) -> Resampler {
        if let known = resamplers.withLock({ $0[rate] }) { return known }
        let resampler = Resampler(from: rate, to: Constants.sampleRate, design: .octave)
        if resampler.taps.count < 1 << 16 { resamplers.withLock { $0[rate] = resampler } }
        return resampler
    }

    /// Start positions of the frames that are not silent in the reference.
    private static func audibleFrames(_ x: [Double]) -> [Int] {
        let length = Constants.frameLength
        let starts = Array(stride(from: 0, to: x.count - length, by: Constants.hopLength))
        var frame = [Double](repeating: 0, count: length)
        let levels = x.withUnsafeBufferPointer { x in
            starts.map { start in
                guard let source = x.baseAddress else { return 0.0 }
                VectorKernels.multiply(window, source + start, into: &frame, count: length)
                let energy = VectorKernels.dot(frame, frame, count: length)
                return 20 * log10(energy.squareRoot() + Constants.epsilon)
            }
        }
        guard let loudest = levels.max() else { return [] }
        return zip(starts, levels).filter { loudest - Constants.dynamicRangeDB - $1 < 0 }.map(\.0)
    }

    /// The windowed frames at these starts (inside the signal), added with the hop.
    private static func overlapAdded(_ signal: [Double], frames: [Int]) -> [Double] {
        let length = Constants.frameLength
        var sum = [Double](repeating: 0, count: (frames.count - 1) * Constants.hopLength + length)
        signal.withUnsafeBufferPointer { signal in
            sum.withUnsafeMutableBufferPointer { sum in
                guard let source = signal.baseAddress, let target = sum.baseAddress else { return }
                for (index, start) in frames.enumerated() {
                    precondition(start >= 0 && start + length <= signal.count, "frame leaves the signal")
                    VectorKernels.addProduct(
                        window, source + start, to: target + index * Constants.hopLength, count: length)
                }
            }
        }
        return sum
    }

    /// Roots of the band energies, `[15, T]`, and the zeros behind them.
    private static func envelopes(_ signal: [Double], frameCount: Int) -> [Double] {
        let plan = RealFFT.plan(Constants.fftSize)
        let length = Constants.frameLength
        precondition(
            (frameCount - 1) * Constants.hopLength + length <= signal.count, "frames leave the signal")
        var frame = [Double](repeating: 0, count: Constants.fftSize)
        var spectrum = [Double](repeating: 0, count: 2 * plan.binCount)
        var envelopes = [Double](
            repeating: 0, count: ThirdOctaveBands.count * frameCount + BlockCorrelation.overhang)
        let bands = ThirdOctaveBands.bins
        signal.withUnsafeBufferPointer { signal in
            guard let source = signal.baseAddress else { return }
            for t in 0..<frameCount {
                VectorKernels.multiply(
                    window, source + t * Constants.hopLength, into: &frame, count: length)
                plan.forward(frame, into: &spectrum)
                spectrum.withUnsafeBufferPointer { values in
                    guard let base = values.baseAddress else { return }
                    for (band, bins) in bands.enumerated() {
                        let first = base + 2 * bins.lowerBound
                        let energy = VectorKernels.dot(first, first, count: 2 * bins.count)
                        envelopes[band * frameCount + t] = energy.squareRoot()
                    }
                }
            }
        }
        return envelopes
    }
}
