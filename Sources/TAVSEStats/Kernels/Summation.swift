// Goals, in order: bit-identical results at any thread count; small error; speed.
//
// `exactSum` carries a second word of precision, so sums of one cluster's rows do not depend on the rows' order.
// `laneSum` has eight lanes that the processor can run side by side; the C kernel of the bootstrap adds in the same order,
// so drawn and given resamples agree to the bit.

/// Sum in twice the working precision, rounded once at the end.
///
/// Each addition is split exactly into a rounded sum and its error (Knuth's two-sum); the errors are summed in a
/// second word.
struct ExactSum {
    private var high = 0.0
    private var low = 0.0

    /// Adds a value.
    mutating func add(_ value: Double) {
        let sum = high + value
        let valuePart = sum - high
        let error = (high - (sum - valuePart)) + (value - valuePart)
        high = sum
        low += error
    }

    /// The sum so far.
    var value: Double { high + low }
}

/// Σ element(i), i = 0 ..< count, in eight lanes: element i goes to lane i mod 8, the lanes are combined in pairs,
/// and the last count mod 8 elements follow one by one.
@inline(__always)
func laneSum(_ count: Int, _ element: (Int) -> Double) -> Double {
    var lanes = SIMD8<Double>()
    let whole = count - count % 8
    var i = 0
    while i < whole {
        for lane in 0..<8 { lanes[lane] += element(i + lane) }
        i += 8
    }
    var sum =
        ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]))
    while i < count {
        sum += element(i)
        i += 1
    }
    return sum
}
