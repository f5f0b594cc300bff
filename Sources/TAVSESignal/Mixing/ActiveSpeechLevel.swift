import Foundation

/// Active speech level: the level of the parts where somebody speaks (ITU-T P.56, method B).
///
/// A two-stage exponential envelope (30 ms) is held for 200 ms and compared with thresholds 2⁻¹⁵ … 2⁻¹.
/// For each threshold the energy is divided by the time above it; the active level is where that level lies
/// 15.9 dB above its threshold, interpolated between the two thresholds around it.
///
/// > Source: ITU-T Recommendation P.56 (12/2011), *Objective measurement of active speech level*, method B.
public struct ActiveSpeechLevel: Sendable, Equatable {
    /// Mean square of the active parts, full scale 1.
    public let meanSquare: Double
    /// Share of the time that is active, 0 … 1.
    public let activity: Double
    /// Level in dB relative to full scale.
    public var levelDB: Double { 10 * log10(meanSquare) }

    private enum Constants {
        /// Time constant of both envelope stages, seconds.
        static let envelopeSeconds = 0.03
        /// Time for which activity outlasts the envelope, seconds.
        static let hangoverSeconds = 0.2
        /// Wanted distance between active level and threshold, dB.
        static let marginDB = 15.9
        /// Thresholds 2^−count … 2^−1 of full scale.
        static let thresholdCount = 15
    }

    /// Measures a signal.
    ///
    /// - Parameter signal: speech `[N]`, finite, full scale ±1.
    /// - Returns: nil when the signal is silent or stays below the lowest threshold's margin.
    public init?(of signal: Signal) {
        let thresholds = (0..<Constants.thresholdCount).map { pow(2, Double($0 - Constants.thresholdCount)) }
        let decay = exp(-1 / (Double(signal.sampleRate) * Constants.envelopeSeconds))
        let hangover = Int((Double(signal.sampleRate) * Constants.hangoverSeconds).rounded(.up))
        // Activity at a threshold implies activity at every lower one, so a sample has one number, how many
        // thresholds are active; it is the most that the envelope passed within the hangover.
        var timesReached = [Int](repeating: 0, count: thresholds.count + 1)
        // The last sample at which the envelope passed exactly this many.
        var lastPassed = [Int](repeating: -hangover - 1, count: thresholds.count + 1)
        var held = 0
        var (first, second, energy) = (0.0, 0.0, 0.0)
        for (n, sample) in signal.samples.enumerated() {
            let value = Double(sample)
            energy += value * value
            first = decay * first + (1 - decay) * abs(value)
            second = decay * second + (1 - decay) * first
            let passed = Self.thresholdsPassed(second)
            lastPassed[passed] = n
            held = max(held, passed)
            while held > 0, n - lastPassed[held] > hangover { held -= 1 }
            timesReached[held] += 1
        }
        var activeCounts = [Int](repeating: 0, count: thresholds.count)
        var above = 0
        for j in thresholds.indices.reversed() {
            above += timesReached[j + 1]
            activeCounts[j] = above
        }
        guard energy > 0, energy.isFinite, activeCounts[0] > 0 else { return nil }

        var previous: (level: Double, excess: Double)?
        for (threshold, count) in zip(thresholds, activeCounts) {
            guard count > 0 else { return nil }
            let level = 10 * log10(energy / Double(count))
            let excess = level - 20 * log10(threshold) - Constants.marginDB
            if excess <= 0 {
                // Below the margin at the lowest threshold already: nothing to interpolate with.
                guard let previous else { return nil }
                let share = previous.excess / (previous.excess - excess)
                let active = previous.level + share * (level - previous.level)
                meanSquare = pow(10, active / 10)
                activity = min(1, energy / meanSquare / Double(signal.count))
                return
            }
            previous = (level, excess)
        }
        return nil
    }

    /// How many of the thresholds 2⁻¹⁵ … 2⁻¹ a value reaches: its binary exponent says so exactly.
    private static func thresholdsPassed(_ value: Double) -> Int {
        guard value >= 0x1p-15 else { return 0 }
        return min(
            Int(value.bitPattern >> 52) - 1023 + Constants.thresholdCount + 1, Constants.thresholdCount)
    }
}
