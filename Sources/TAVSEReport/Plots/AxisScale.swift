import Foundation
import TAVSEBase

/// A linear axis with round ticks.
struct AxisScale: Equatable {
    /// Data at the axis' start and end.
    let low: Double, high: Double
    /// Pixels at `low` and `high`.
    let from: Double, to: Double
    /// Tick positions in data units.
    let ticks: [Double]
    /// Digits after the point of tick labels.
    let decimals: Int

    /// An axis over the data's range, widened by `padding` of it on both sides.
    init(low: Double, high: Double, from: Double, to: Double, tickCount: Int = 6, padding: Double = 0.04) {
        var (low, high) = (low, high)
        if !(low.isFinite && high.isFinite) { (low, high) = (0, 1) }
        if low == high {
            let spread = max(abs(low) * 0.05, 0.5)
            (low, high) = (low - spread, high + spread)
        }
        let extra = (high - low) * padding
        self.low = low - extra
        self.high = high + extra
        self.from = from
        self.to = to
        let step = NumberText.roundStep(atLeast: (self.high - self.low) / Double(max(1, tickCount)))
        let first = (self.low / step).rounded(.up)
        let last = (self.high / step).rounded(.down)
        let count = last >= first ? min(50, Int(last - first)) : 0
        ticks = (0...count).map { (first + Double($0)) * step }
        decimals = max(0, -Int((log10(step) + 1e-9).rounded(.down)))
    }

    /// The pixel of a value.
    func callAsFunction(_ value: Double) -> Double {
        from + (value - low) / (high - low) * (to - from)
    }

    /// The label of a tick.
    func label(_ tick: Double, signed: Bool = false) -> String {
        signed ? NumberText.signed(tick, decimals: decimals) : NumberText.fixed(tick, decimals: decimals)
    }
}
