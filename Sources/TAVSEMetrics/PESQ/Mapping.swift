import Foundation

extension PESQ {
    /// From pooled disturbances to scores.
    ///
    /// > Source: ITU-T P.862 (raw score), P.862.1 (narrow-band MOS-LQO), P.862.2 (wide-band MOS-LQO).
    enum Mapping {
        /// raw = 4.5 − 0.1·D − 0.0309·A
        static func rawScore(symmetric: Double, asymmetric: Double) -> Double {
            4.5 - 0.1 * symmetric - 0.0309 * asymmetric
        }

        /// MOS-LQO = 0.999 + 4 / (1 + exp(−slope·raw + offset))
        static func mosLQO(raw: Double, wideband: Bool) -> Double {
            let (slope, offset) = wideband ? (1.3669, 3.8224) : (1.4945, 4.6607)
            return 0.999 + 4 / (1 + exp(-slope * raw + offset))
        }

        /// Raw scores that can occur: no disturbance, and both disturbances at their limit.
        static let rawRange =
            rawScore(
                symmetric: Double(Constants.disturbanceLimit), asymmetric: Double(Constants.disturbanceLimit))...4.5
    }
}
