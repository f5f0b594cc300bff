import Foundation

/// Numbers as a reader wants them: few digits, the same on every machine, no locale.
///
/// Rule for values with an interval: as many decimals as give the half-width two significant digits, one count for a
/// whole column so that it aligns. p-values: three decimals down to 0.001, then two significant digits in e-notation.
public enum NumberText {
    /// What stands where no number can be given.
    public static let missing = "–"

    /// `value` with exactly `decimals` digits after the point; a dash for NaN, a word for infinities, never "-0.00".
    public static func fixed(_ value: Double, decimals: Int) -> String {
        guard !value.isNaN else { return missing }
        guard value.isFinite else { return value > 0 ? "inf" : "-inf" }
        let text = String(format: "%.\(max(0, decimals))f", value)
        return text.hasPrefix("-") && !text.contains { $0 >= "1" && $0 <= "9" }
            ? String(text.dropFirst()) : text
    }

    /// `value` with a sign always shown, for differences.
    public static func signed(_ value: Double, decimals: Int) -> String {
        let text = fixed(value, decimals: decimals)
        guard value > 0, text.contains(where: { $0 >= "1" && $0 <= "9" }) || value == .infinity else {
            return text
        }
        return "+" + text
    }

    /// "[low, high]" with `decimals` digits; a dash when either end is NaN.
    public static func interval(low: Double, high: Double, decimals: Int, signed isSigned: Bool = false)
        -> String
    {
        guard !low.isNaN, !high.isNaN else { return missing }
        let write = isSigned ? signed : fixed
        return "[\(write(low, decimals)), \(write(high, decimals))]"
    }

    /// A probability: "0.034", "1.5e-08", "0" when the value underflowed or is exactly zero.
    public static func probability(_ value: Double) -> String {
        guard value.isFinite else { return missing }
        if value < 1e-300 { return "< 1e-300" }
        if value >= 0.9995 { return "1.000" }
        if value >= 0.001 { return String(format: "%.3f", value) }
        return String(format: "%.1e", value)
    }

    /// A share in 0…1 as a percentage without decimals, "<1 %" and ">99 %" kept apart from 0 and 100.
    public static func percent(_ share: Double) -> String {
        guard share.isFinite else { return missing }
        if share > 0, share < 0.005 { return "<1 %" }
        if share < 1, share > 0.995 { return ">99 %" }
        return String(format: "%.0f %%", share * 100)
    }

    /// Digits after the point that give a half-width `halfWidth` two significant digits, within 0…6.
    public static func decimals(forHalfWidth halfWidth: Double) -> Int? {
        guard halfWidth.isFinite, halfWidth > 0 else { return nil }
        return min(6, max(0, 1 - Int(log10(halfWidth).rounded(.down))))
    }

    /// The decimals for a column of intervals: those of its median half-width, `fallback` when it has none.
    public static func decimals(forHalfWidths halfWidths: [Double], fallback: Int) -> Int {
        let usable = halfWidths.filter { $0.isFinite && $0 > 0 }.sorted()
        guard !usable.isEmpty else { return fallback }
        return decimals(forHalfWidth: usable[usable.count / 2]) ?? fallback
    }

    /// The shortest text that reads back as the same double; "NaN", "Infinity" and "-Infinity" otherwise.
    public static func exact(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "Infinity" : "-Infinity" }
        if let whole = Int64(exactly: value), abs(whole) < 1_000_000_000_000_000,
            value != 0 || value.sign == .plus
        {
            return String(whole)
        }
        return value.description
    }

    /// The smallest of 1, 2, 5 × 10ⁿ that is at least `raw`.
    public static func roundStep(atLeast raw: Double) -> Double {
        guard raw.isFinite, raw > 0 else { return 1 }
        let power = pow(10, log10(raw).rounded(.down))
        for factor in [1.0, 2, 5] where factor * power >= raw * 0.999_999 { return factor * power }
        return 10 * power
    }
}
