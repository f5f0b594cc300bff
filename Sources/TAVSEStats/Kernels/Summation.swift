// Goals, in order: the same bits whatever the thread count; small error; speed.
//
// `exactSum` carries a second word of precision, so sums of one cluster's rows do not depend on the rows' order.
// `laneSum` is pairwise summation with eight lanes in blocks of 128 (the order NumPy documents for `sum`): an
// error of O(log n) roundings, and lanes that the processor can run side by side.

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

/// Σ element(i), i = 0 ..< count, in eight-lane pairwise order.
@inline(__always)
func laneSum(_ count: Int, _ element: (Int) -> Double) -> Double {
    if count <= 128 { return laneBlock(0, count, element) }
    return laneSplit(0, count, element)
}

private func laneSplit(_ start: Int, _ count: Int, _ element: (Int) -> Double) -> Double {
    if count <= 128 { return laneBlock(start, count, element) }
    let half = count / 2
    let left = half - half % 8
    return laneSplit(start, left, element) + laneSplit(start + left, count - left, element)
}

@inline(__always)
private func laneBlock(_ start: Int, _ count: Int, _ element: (Int) -> Double) -> Double {
    if count < 8 {
        var sum = 0.0
        for i in 0..<count { sum += element(start + i) }
        return sum
    }
    var l0 = element(start), l1 = element(start + 1), l2 = element(start + 2), l3 = element(start + 3)
    var l4 = element(start + 4), l5 = element(start + 5), l6 = element(start + 6), l7 = element(start + 7)
    let whole = count - count % 8
    var i = start + 8
    while i < start + whole {
        l0 += element(i)
        l1 += element(i + 1)
        l2 += element(i + 2)
        l3 += element(i + 3)
        l4 += element(i + 4)
        l5 += element(i + 5)
        l6 += element(i + 6)
        l7 += element(i + 7)
        i += 8
    }
    var sum = ((l0 + l1) + (l2 + l3)) + ((l4 + l5) + (l6 + l7))
    while i < start + count {
        sum += element(i)
        i += 1
    }
    return sum
}
