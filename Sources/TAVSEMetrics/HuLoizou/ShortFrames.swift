import Foundation

/// The framing that Loizou's measures share: 30 ms frames, a quarter of that as hop, Hann window.
///
///     w = round(0.03·fs), hop = ⌊w/4⌋, T = ⌊N/hop − w/hop⌋, window ½·(1 − cos(2πn/(w + 1))), n = 1 … w
///
/// 2⁻⁵² is added to every sample first, so that digital silence still has a (meaningless) spectrum: on such
/// frames the measures are whatever that gives, as in the original programs.
///
/// > Source: Loizou, *Speech Enhancement: Theory and Practice*, 2nd ed., CRC Press 2013, with its programs.
struct ShortFrames {
    /// Frame length w, samples.
    let length: Int
    /// Samples from one frame to the next.
    let hop: Int
    /// Number of frames T ≥ 1.
    let count: Int
    /// `[w]`.
    let window: [Double]

    private enum Constants {
        static let frameSeconds = 0.03
        /// Added to every sample.
        static let epsilon = 0x1p-52
        /// Rates at which frames and critical bands make sense, Hz.
        static let sampleRates = 8000...768_000
    }

    init(_ pair: CheckedPair) throws(MetricError) {
        guard Constants.sampleRates.contains(pair.sampleRate) else {
            throw .undefined(
                "the critical bands reach 3.8 kHz: the measure is offered from "
                    + "\(Constants.sampleRates.lowerBound) to \(Constants.sampleRates.upperBound) Hz; "
                    + "the signals are at \(pair.sampleRate) Hz")
        }
        length = Int((Constants.frameSeconds * Double(pair.sampleRate)).rounded())
        hop = length / 4
        // In floating point, as written: an exact integer division differs where N − w is a multiple of hop.
        count = Int((Double(pair.count) / Double(hop) - Double(length) / Double(hop)).rounded(.down))
        guard count >= 1 else {
            throw .tooShort(count: pair.count, minimum: length + hop, unit: "samples")
        }
        let denominator = Double(length + 1)
        window = (1...length).map { 0.5 * (1 - cos(2 * .pi * Double($0) / denominator)) }
    }

    /// Windowed frame t of a signal.
    func cut(_ signal: [Double], frame t: Int, into frame: inout [Double]) {
        let start = t * hop
        for n in 0..<length { frame[n] = (signal[start + n] + Constants.epsilon) * window[n] }
    }

    /// Whether frame t holds nothing but zeros.
    func isSilent(_ signal: [Double], frame t: Int) -> Bool {
        signal[(t * hop)..<(t * hop + length)].allSatisfy { $0 == 0 }
    }

    /// The mean of the lowest 95 % of the frames' values: round(0.95·T) of them, halves away from zero.
    static func trimmedMean(_ values: [Double]) -> Double {
        let kept = max(1, Int((0.95 * Double(values.count)).rounded(.toNearestOrAwayFromZero)))
        return values.sorted()[..<kept].reduce(0, +) / Double(kept)
    }
}
