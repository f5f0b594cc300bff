import Foundation

/// Linear warm-up, then half a cosine down to a floor.
///
///     step < warm-up:  peak · (step + 1) / warm-up
///     after:           floor + (peak − floor) · (1 + cos(π · (step − warm-up) / (total − warm-up))) / 2
///     at the end and beyond: floor
///
/// > Source: Loshchilov & Hutter, *SGDR*, ICLR 2017 (arXiv:1608.03983), one period.
public struct LearningRateSchedule: Sendable, Equatable, Codable {
    /// Highest rate.
    public let peak: Double
    /// Rate at the end.
    public let floor: Double
    /// Steps of rising.
    public let warmupSteps: Int
    /// Steps in all.
    public let totalSteps: Int

    /// - Parameters:
    ///   - peak: highest rate.
    ///   - floor: rate at the end, 1e-6 unless given.
    ///   - warmupSteps: steps of rising, may be 0.
    ///   - totalSteps: steps in all.
    public init(peak: Double, floor: Double = 1e-6, warmupSteps: Int, totalSteps: Int) {
        self.peak = peak
        self.floor = floor
        self.warmupSteps = warmupSteps
        self.totalSteps = totalSteps
    }

    /// The rate of a step, counted from 0.
    public func rate(at step: Int) -> Double {
        if step < warmupSteps { return peak * Double(step + 1) / Double(warmupSteps) }
        guard step < totalSteps else { return floor }
        let progress = Double(step - warmupSteps) / Double(totalSteps - warmupSteps)
        return floor + (peak - floor) * 0.5 * (1 + cos(.pi * progress))
    }
}
