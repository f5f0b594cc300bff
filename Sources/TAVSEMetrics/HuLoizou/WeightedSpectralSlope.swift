import Foundation

/// Weighted spectral slope distance (WSS), 0 or more; lower is better.
///
///     WSS = Σ W[b]·(Δs[b] − Δŝ[b])² / Σ W[b],   Δ[b] = E[b + 1] − E[b]         per 30 ms frame
///     W   = mean over s, ŝ of 20/(20 + max E − E[b]) · 1/(1 + peak[b] − E[b])
///
/// E are energies in dB of 25 critical bands, peak[b] the nearest spectral peak in the slope's direction. The
/// lowest 95 % of the frames are averaged.
///
/// > Source: Klatt, *Prediction of perceived phonetic distance from critical-band spectra*, ICASSP 1982; details
/// > as in Loizou's programs.
public struct WeightedSpectralSlope: PairMetric {
    /// Makes the metric; it has no parameters.
    public init() {}

    /// What the number means, and everything that could move it.
    public var descriptor: MetricDescriptor {
        MetricDescriptor(
            name: .wss, title: "Weighted spectral slope distance", unit: "", lowerBound: 0, upperBound: nil,
            direction: .lowerIsBetter, signature: "WSS|frame:30ms|bands:25|mean:95%|v:1",
            source: "Klatt, ICASSP 1982; Hu & Loizou, IEEE TASLP 16(1), 2008")
    }

    private enum Constants {
        /// Weight of the distance to the frame's greatest energy, dB.
        static let maximum = 20.0
        /// Weight of the distance to the nearest peak, dB.
        static let localMaximum = 1.0
        /// Least band energy (−100 dB).
        static let leastEnergy = 1e-10
    }

    func score(_ work: PairWork) throws(MetricError) -> Double {
        let frames = try work.criticalBandFrames()
        var reference = Profile()
        var estimate = Profile()
        let values = (0..<frames.frameCount).map { t in
            reference.measure(frames.referencePowers, frame: t)
            estimate.measure(frames.estimatePowers, frame: t)
            var (sum, weights) = (0.0, 0.0)
            for b in 0..<CriticalBands.count - 1 {
                let weight = (reference.weights[b] + estimate.weights[b]) / 2
                let difference = reference.slopes[b] - estimate.slopes[b]
                sum += weight * difference * difference
                weights += weight
            }
            return sum / weights
        }
        return ShortFrames.trimmedMean(values)
    }

    /// Slopes between neighbouring bands of one frame, and their weights.
    private struct Profile {
        var energies = [Double](repeating: 0, count: CriticalBands.count)
        var slopes = [Double](repeating: 0, count: CriticalBands.count - 1)
        var weights = [Double](repeating: 0, count: CriticalBands.count - 1)

        mutating func measure(_ powers: [Double], frame t: Int) {
            let last = CriticalBands.count - 1
            for b in 0...last {
                energies[b] = 10 * log10(max(powers[t * CriticalBands.count + b], Constants.leastEnergy))
            }
            for b in 0..<last { slopes[b] = energies[b + 1] - energies[b] }
            let greatest = energies.reduce(-Double.infinity) { max($0, $1) }
            for b in 0..<last {
                let distance = greatest - energies[b]
                let local = energies[peak(near: b)] - energies[b]
                weights[b] =
                    Constants.maximum / (Constants.maximum + distance)
                    * (Constants.localMaximum / (Constants.localMaximum + local))
            }
        }

        /// Uphill from a band: to the right the band before the one where the walk stops, to the left the top.
        private func peak(near band: Int) -> Int {
            var n = band
            if slopes[band] > 0 {
                while n < slopes.count, slopes[n] > 0 { n += 1 }
                return n - 1
            }
            while n >= 0, slopes[n] <= 0 { n -= 1 }
            return n + 1
        }
    }
}
