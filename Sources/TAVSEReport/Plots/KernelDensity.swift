import Foundation

/// Gaussian kernel density on an even grid, by binning first: O(n + grid²) for any n.
///
/// Bandwidth by Silverman's rule, h = 0.9·min(sd, IQR/1.34)·n^(−1/5), never under one grid step.
///
/// > Source: Silverman, *Density Estimation for Statistics and Data Analysis*, 1986, equation 3.31.
struct KernelDensity: Equatable {
    /// Grid positions.
    let positions: [Double]
    /// Density relative to its maximum, 0…1.
    let heights: [Double]

    /// - Parameters:
    ///   - sorted: finite values in ascending order.
    ///   - low: grid start.
    ///   - high: grid end, above `low`.
    ///   - count: grid points.
    init(sorted: [Double], low: Double, high: Double, count: Int = 160) {
        precondition(count >= 2 && high > low, "a grid needs two points and a positive width")
        let step = (high - low) / Double(count - 1)
        positions = (0..<count).map { low + Double($0) * step }
        guard sorted.count > 1, let first = sorted.first, let last = sorted.last, last > first else {
            heights = positions.map { position in
                guard let value = sorted.first else { return 0 }
                return abs(position - value) <= step / 2 ? 1 : 0
            }
            return
        }
        let mean = sorted.reduce(0, +) / Double(sorted.count)
        let deviation = (sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(sorted.count - 1))
            .squareRoot()
        let quartiles = Self.quantile(sorted, 0.75) - Self.quantile(sorted, 0.25)
        let spread = quartiles > 0 ? min(deviation, quartiles / 1.34) : deviation
        let bandwidth = max(step, 0.9 * spread * pow(Double(sorted.count), -0.2))
        var bins = [Double](repeating: 0, count: count)
        for value in sorted where value >= low && value <= high {
            // Each value is shared by its two neighbours on the grid, which keeps the bins' mean where it was.
            let place = (value - low) / step
            let bin = min(count - 2, Int(place))
            bins[bin] += Double(bin) + 1 - place
            bins[bin + 1] += place - Double(bin)
        }
        let reach = min(count, Int((4 * bandwidth / step).rounded(.up)))
        let kernel = (0...reach).map { exp(-0.5 * pow(Double($0) * step / bandwidth, 2)) }
        var smooth = [Double](repeating: 0, count: count)
        for (bin, weight) in bins.enumerated() where weight > 0 {
            for target in max(0, bin - reach)...min(count - 1, bin + reach) {
                smooth[target] += weight * kernel[abs(target - bin)]
            }
        }
        let peak = smooth.max() ?? 1
        heights = peak > 0 ? smooth.map { $0 / peak } : smooth
    }

    /// Quantile by linear interpolation (type 7) of sorted values.
    static func quantile(_ sorted: [Double], _ probability: Double) -> Double {
        guard let last = sorted.last else { return .nan }
        let place = Double(sorted.count - 1) * probability
        let index = Int(place)
        guard index + 1 < sorted.count else { return last }
        return sorted[index] + (place - Double(index)) * (sorted[index + 1] - sorted[index])
    }
}
