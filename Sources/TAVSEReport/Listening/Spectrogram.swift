import Foundation
import TAVSESignal

/// A log-magnitude spectrogram as a picture: time to the right, frequency upwards, 70 dB below the loudest bin to it.
///
/// Hann window of 32 ms, as many frames as columns of the picture; each column shows the frame at its centre.
enum Spectrogram {
    /// Range shown below the reference, in dB.
    static let rangeDB: Float = 70
    static let width = 240, height = 96

    /// Power in dB `[height × width]`, top row = highest frequency, and its maximum.
    static func levels(of signal: Signal) -> [Float] {
        let length = RealFFTFloat.fastLength(max(64, signal.sampleRate * 32 / 1000))
        let plan = RealFFTFloat.plan(length)
        let window = (0..<length).map { 0.5 - 0.5 * cos(2 * Float.pi * Float($0) / Float(length)) }
        var levels = [Float](repeating: -200, count: width * height)
        var frame = [Float](repeating: 0, count: length)
        for column in 0..<width {
            let centre = Int((Double(column) + 0.5) / Double(width) * Double(signal.count))
            for index in 0..<length {
                let position = centre - length / 2 + index
                let sample = position >= 0 && position < signal.count ? signal.samples[position] : 0
                frame[index] = sample.isFinite ? sample * window[index] : 0
            }
            let bins = plan.forward(frame)
            for row in 0..<height {
                let first = row * (plan.binCount - 1) / height
                let last = max(first, (row + 1) * (plan.binCount - 1) / height - 1)
                var power: Float = 1e-20  // keeps the logarithm finite: 200 dB below full scale
                for bin in first...last {
                    power = max(power, bins[2 * bin] * bins[2 * bin] + bins[2 * bin + 1] * bins[2 * bin + 1])
                }
                levels[(height - 1 - row) * width + column] = 10 * log10(power)
            }
        }
        return levels
    }

    /// The picture, with 0 dB at `peak` so that several recordings of one utterance share a scale.
    static func png(levels: [Float], peak: Float) -> [UInt8] {
        let steps = Float(palette.count - 1)
        let pixels = levels.map { level in
            UInt8(min(steps, max(0, (level - peak + rangeDB) / rangeDB * steps)))
        }
        return PNGWriter.encode(pixels: pixels, width: width, height: height, palette: palette)
    }

    /// 64 steps from near black over purple and orange to pale yellow, brightness rising evenly.
    private static let palette: [(UInt8, UInt8, UInt8)] = {
        let stops: [(Float, Float, Float)] = [
            (5, 4, 20), (48, 14, 92), (110, 28, 110), (168, 46, 95), (220, 80, 60), (248, 140, 30),
            (250, 200, 70),
            (252, 250, 190),
        ]
        return (0..<64).map { step in
            let place = Float(step) / 63 * Float(stops.count - 1)
            let index = min(stops.count - 2, Int(place))
            let part = place - Float(index)
            let (a, b) = (stops[index], stops[index + 1])
            return (
                UInt8(a.0 + (b.0 - a.0) * part), UInt8(a.1 + (b.1 - a.1) * part),
                UInt8(a.2 + (b.2 - a.2) * part)
            )
        }
    }()
}
