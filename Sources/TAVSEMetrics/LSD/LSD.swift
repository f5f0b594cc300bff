import Foundation
import TAVSESignal

/// Log-spectral distance (LSD), in decades; lower is better, 0 for equal magnitude spectra.
///
///     d[k, t] = log₁₀( |X|² / (|Y| + ε)² + ε )²,   ε = 1e-12
///     LSD     = mean over t of √( mean over k of d[k, t] )
///
/// X is the reference. Spectra of ⌊2048·fs/48000⌋ points (682 at 16 kHz), hop ⌊fs/100⌋, periodic Hann window,
/// frames centred, zeros beyond the ends. There is no standard: other tools differ in every one of these, so
/// compare only scores of one signature. Times 10 for dB.
///
/// > Source: definition of ClearerVoice-Studio's speechscore; idea: Gray & Markel, IEEE TASSP 24(5), 1976.
public struct LSD: PairMetric {
    /// Makes the metric; it has no parameters.
    public init() {}

    /// What the number means, and everything that could move it.
    public var descriptor: MetricDescriptor {
        MetricDescriptor(
            name: .lsd, title: "Log-spectral distance", unit: "decades", lowerBound: 0, upperBound: nil,
            direction: .lowerIsBetter,
            signature: "LSD|fft:2048*fs/48000|hop:10ms|window:hann|eps:1e-12|unit:decades|v:1",
            source: "as in ClearerVoice-Studio speechscore; Gray & Markel, IEEE TASSP 24(5), 1976")
    }

    private enum Constants {
        /// Keeps the logarithm defined where a spectrum is zero.
        static let epsilon = 1e-12
        /// Transform length at `fftRate` Hz; scaled with the rate.
        static let fftSize = 2048
        static let fftRate = 48_000
        /// Hops per second.
        static let framesPerSecond = 100
        /// Rates between which the transform length makes sense, Hz.
        static let sampleRates = 1000...768_000
    }

    func score(_ work: PairWork) throws(MetricError) -> Double {
        let pair = try work.checked()
        guard Constants.sampleRates.contains(pair.sampleRate) else {
            throw .undefined(
                "LSD is offered from 1000 to 768000 Hz; the signals are at \(pair.sampleRate) Hz")
        }
        let size = Constants.fftSize * pair.sampleRate / Constants.fftRate
        let hop = pair.sampleRate / Constants.framesPerSecond
        let half = size / 2
        let frames = (pair.count + 2 * half - size) / hop + 1
        guard pair.count + 2 * half >= size else {
            throw .tooShort(count: pair.count, minimum: size - 2 * half, unit: "samples")
        }
        let window = Window.periodicHann(size)
        let plan = RealFFT.plan(size)
        var frame = [Double](repeating: 0, count: size)
        var x = [Double](repeating: 0, count: 2 * plan.binCount)
        var y = x
        var sum = 0.0
        for t in 0..<frames {
            let start = t * hop - half
            Self.cut(pair.reference, at: start, window: window, into: &frame)
            plan.forward(frame, into: &x)
            Self.cut(pair.estimate, at: start, window: window, into: &frame)
            plan.forward(frame, into: &y)
            var distance = 0.0
            for k in 0..<plan.binCount {
                let powerX = x[2 * k] * x[2 * k] + x[2 * k + 1] * x[2 * k + 1]
                let magnitudeY =
                    (y[2 * k] * y[2 * k] + y[2 * k + 1] * y[2 * k + 1]).squareRoot() + Constants.epsilon
                let level = log10(powerX / (magnitudeY * magnitudeY) + Constants.epsilon)
                distance += level * level
            }
            sum += (distance / Double(plan.binCount)).squareRoot()
        }
        return sum / Double(frames)
    }

    /// The windowed frame at a position, zeros beyond both ends of the signal.
    private static func cut(_ signal: [Double], at start: Int, window: [Double], into frame: inout [Double]) {
        let inside = max(0, -start)..<max(0, -start, min(window.count, signal.count - start))
        for n in frame.indices { frame[n] = inside.contains(n) ? window[n] * signal[start + n] : 0 }
    }
}
