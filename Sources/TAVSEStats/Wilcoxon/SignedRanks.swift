/// Signed midranks of paired differences: the common ground of every rank procedure.
///
/// Zeros and ties are decided on differences rounded to multiples of `tieTolerance`, because round-off in x − y
/// splits true ties and turns true zeros into 1e-16; a tolerance of 0 compares the doubles as they are.
/// Midranks are kept doubled, as integers, so no comparison of ranks ever needs a tolerance.
public struct SignedRanks: Sendable, Equatable {
    /// Differences given, finite or not.
    public let nGiven: Int
    /// Finite differences.
    public let nFinite: Int
    /// Zero differences.
    public let nZero: Int
    /// Rows of the input (index into the differences) with a non-zero difference, ascending.
    public let rows: [Int]
    /// Twice the midrank of |d| among the non-zero differences, with the sign of d; parallel to `rows`.
    public let doubledSigned: [Int64]
    /// Sizes of the groups of tied non-zero |d| (groups of one included).
    public let tieSizes: [Int]

    /// Ranks the differences; non-finite ones are left out.
    ///
    /// - Throws: `.notFinite` when the tolerance is not a finite number ≥ 0.
    public init(_ differences: [Double], tieTolerance: Double = 0) throws(StatisticsError) {
        guard tieTolerance.isFinite, tieTolerance >= 0 else {
            throw .notFinite(what: "tie tolerance", index: 0, found: tieTolerance)
        }
        var finite = 0
        var rows: [Int] = []
        var signed: [Double] = []
        rows.reserveCapacity(differences.count)
        signed.reserveCapacity(differences.count)
        for (row, difference) in differences.enumerated() where difference.isFinite {
            finite += 1
            let rounded = roundedToMultiple(difference, of: tieTolerance)
            if rounded != 0 {
                rows.append(row)
                signed.append(rounded)
            }
        }
        var order: [(magnitude: Double, position: Int)] = []
        order.reserveCapacity(signed.count)
        for (position, value) in signed.enumerated() { order.append((abs(value), position)) }
        order.sort { $0.magnitude < $1.magnitude }

        var doubled = [Int64](repeating: 0, count: signed.count)
        var tieSizes: [Int] = []
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, order[end].magnitude == order[start].magnitude { end += 1 }
            // Ranks start + 1 … end share their mean, (start + 1 + end)/2.
            let midrank = Int64(start + 1 + end)
            for k in start..<end {
                let position = order[k].position
                doubled[position] = signed[position] < 0 ? -midrank : midrank
            }
            tieSizes.append(end - start)
            start = end
        }
        nGiven = differences.count
        nFinite = finite
        nZero = finite - rows.count
        self.rows = rows
        doubledSigned = doubled
        self.tieSizes = tieSizes
    }

    /// Positive differences.
    public var nPositive: Int { doubledSigned.count { $0 > 0 } }
    /// Negative differences.
    public var nNegative: Int { doubledSigned.count { $0 < 0 } }

    /// Matched-pairs rank-biserial correlation (R⁺ − R⁻)/(R⁺ + R⁻), zeros left out, −1…1; 0 if all are zero.
    ///
    /// > Source: Kerby, *The simple difference formula*, Comprehensive Psychology 3 (2014).
    public var rankBiserial: Double {
        var difference: Int64 = 0
        var total: Int64 = 0
        for rank in doubledSigned {
            difference += rank
            total += abs(rank)
        }
        return total == 0 ? 0 : Double(difference) / Double(total)
    }
}

/// `value` rounded to the nearest multiple of `step`; unchanged when `step` is 0 or below the value's resolution.
///
/// For a step of 10⁻ᵏ the result is the double nearest to the rounded decimal, so that equal decimals are equal bits.
package func roundedToMultiple(_ value: Double, of step: Double) -> Double {
    guard step > 0 else { return value }
    let perUnit = (1 / step).rounded()
    guard perUnit >= 1, abs(perUnit * step - 1) < 1e-12 else {
        let ratio = value / step
        return abs(ratio) < 0x1p53 ? ratio.rounded(.toNearestOrEven) * step : value
    }
    let scaled = value * perUnit
    return abs(scaled) < 0x1p53 ? scaled.rounded(.toNearestOrEven) / perUnit : value
}
