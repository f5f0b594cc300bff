import Foundation
import Synchronization

/// 25 Gaussian-shaped critical-band filters on the bins of a transform.
///
///     weight[k] = exp( −11·((k − ⌊f_b⌋)/w_b)² + ln(w_0/w_b) ), 0 where that is at most exp(−30/(2·2.303))
///
/// f_b and w_b are centre and bandwidth in bins.
///
/// > Source: Klatt, ICASSP 1982; tables and shape as in Loizou's programs.
struct CriticalBands {
    static let count = 25

    /// Transform length.
    let fftSize: Int
    /// Per band, the bins with weights above zero.
    let bins: [Range<Int>]
    /// Per band, their weights.
    let weights: [[Double]]

    /// Centre frequencies, Hz.
    private static let centres = [
        50, 120, 190, 260, 330, 400, 470, 540, 617.372, 703.378, 798.717, 904.128, 1020.38, 1148.30, 1288.72,
        1442.54, 1610.70, 1794.16, 1993.93, 2211.08, 2446.71, 2701.97, 2978.04, 3276.17, 3597.63,
    ]
    /// Bandwidths, Hz.
    private static let bandwidths = [
        70, 70, 70, 70, 70, 70, 70, 77.3724, 86.0056, 95.3398, 105.411, 116.256, 127.914, 140.423, 153.823,
        168.154, 183.457, 199.776, 217.153, 235.631, 255.255, 276.072, 298.126, 321.465, 346.136,
    ]
    /// Weights at or below this are zero (−30 dB of the original's shape).
    private static let least = exp(-30 / (2 * 2.303))

    private static let cache = Mutex<[Int: CriticalBands]>([:])

    /// The filters for a rate, made once.
    static func shared(sampleRate: Int, frameLength: Int) -> CriticalBands {
        if let known = cache.withLock({ $0[sampleRate] }) { return known }
        let bands = CriticalBands(sampleRate: sampleRate, frameLength: frameLength)
        cache.withLock { $0[sampleRate] = bands }
        return bands
    }

    private init(sampleRate: Int, frameLength: Int) {
        var size = 1
        while size < 2 * frameLength { size *= 2 }
        fftSize = size
        let binsPerHertz = Double(size / 2) / (Double(sampleRate) / 2)
        var bins: [Range<Int>] = []
        var weights: [[Double]] = []
        for (centre, bandwidth) in zip(Self.centres, Self.bandwidths) {
            let middle = (centre * binsPerHertz).rounded(.down)
            let width = bandwidth * binsPerHertz
            let gain = log(Self.bandwidths[0]) - log(bandwidth)
            let all = (0..<size / 2).map { k in
                let distance = (Double(k) - middle) / width
                return exp(-11 * distance * distance + gain)
            }
            let first = all.firstIndex { $0 > Self.least } ?? 0
            let end = (all.lastIndex { $0 > Self.least } ?? -1) + 1
            bins.append(first..<end)
            weights.append(Array(all[first..<end]))
        }
        self.bins = bins
        self.weights = weights
    }

    /// Σ weight·spectrum of each band.
    func apply(_ spectrum: UnsafePointer<Double>, into bands: UnsafeMutablePointer<Double>) {
        for band in 0..<Self.count {
            bands[band] = VectorKernels.dot(
                weights[band], spectrum + bins[band].lowerBound, count: bins[band].count)
        }
    }
}
