import Foundation
import TAVSENN

/// Times in seconds as a vector of sines and cosines, so that attention can align streams of any rate.
///
///     e[i] = sin(2π·t/pᵢ),  e[i + D/2] = cos(2π·t/pᵢ),   pᵢ = 0.04 s · 250^(i/(D/2 − 1))
///
/// Periods run from 0.04 s, one video frame, to 10 s, longer than any segment.
public enum TimeEncoding {
    private enum Constants {
        /// Seconds.
        static let shortest = 0.04
        /// Seconds.
        static let longest = 10.0
    }

    /// - Parameters:
    ///   - seconds: times.
    ///   - width: D, even.
    /// - Returns: `[times, D]`.
    public static func encode(seconds: [Double], width: Int) -> Tensor {
        precondition(width % 2 == 0, "a time encoding has an even width, got \(width)")
        let half = width / 2
        let periods = (0..<half).map {
            Constants.shortest
                * pow(Constants.longest / Constants.shortest, Double($0) / Double(max(1, half - 1)))
        }
        var values: [Float] = []
        values.reserveCapacity(seconds.count * width)
        for second in seconds {
            values += periods.map { Float(sin(2 * .pi * second / $0)) }
            values += periods.map { Float(cos(2 * .pi * second / $0)) }
        }
        return Tensor([seconds.count, width], values: values)
    }
}
