import TAVSEBase

/// Critical-difference diagram: mean ranks on a line, best at the left, and a bar over every group of systems whose
/// ranks differ by less than the critical difference.
///
/// > Source: Demšar, *Statistical comparisons of classifiers over multiple data sets*, JMLR 7, 2006, section 3.2.2.
struct CriticalDifferencePlot {
    /// Systems.
    var names: [String]
    /// Mean rank of each, 1 = best.
    var meanRanks: [Double]
    /// Nemenyi's critical difference.
    var criticalDifference: Double

    /// Maximal groups of systems, as index ranges into `order`, whose extreme ranks differ by at most the critical
    /// difference; groups of one are left out.
    static func cliques(sortedRanks: [Double], criticalDifference: Double) -> [ClosedRange<Int>] {
        var found: [ClosedRange<Int>] = []
        for start in sortedRanks.indices {
            var end = start
            while end + 1 < sortedRanks.count, sortedRanks[end + 1] - sortedRanks[start] <= criticalDifference
            {
                end += 1
            }
            if end > start, found.last.map({ end > $0.upperBound }) ?? true { found.append(start...end) }
        }
        return found
    }

    /// The picture.
    func figure(id: String, caption: String) -> ReportDocument.Figure {
        let count = names.count
        let order = names.indices.sorted { (meanRanks[$0], $0) < (meanRanks[$1], $1) }
        let ranks = order.map { meanRanks[$0] }
        let cliques = Self.cliques(sortedRanks: ranks, criticalDifference: criticalDifference)
        let (left, right, axisY) = (200.0, 620.0, 62.0)
        let place = { (rank: Double) in left + (rank - 1) / Double(max(1, count - 1)) * (right - left) }
        var canvas = SVGCanvas()
        let barEnd = min(right, place(1 + criticalDifference))
        canvas.line(left, 24, barEnd, 24, "strong")
        for end in [left, barEnd] { canvas.line(end, 19, end, 29, "strong") }
        canvas.text(
            "critical difference \(NumberText.fixed(criticalDifference, decimals: 2))", left, 14, .start,
            "soft")
        canvas.line(left, axisY, right, axisY, "axis")
        for rank in 1...max(1, count) {
            canvas.line(place(Double(rank)), axisY - 6, place(Double(rank)), axisY, "axis")
            canvas.text(String(rank), place(Double(rank)), axisY - 10, .middle, "soft")
        }
        let cliqueTop = axisY + 12
        for (row, clique) in cliques.enumerated() {
            let y = cliqueTop + Double(row) * 9
            canvas.line(
                place(ranks[clique.lowerBound]) - 4, y, place(ranks[clique.upperBound]) + 4, y,
                "strong clique")
        }
        let labelTop = cliqueTop + Double(cliques.count) * 9 + 16
        let leftCount = (count + 1) / 2
        for (position, system) in order.enumerated() {
            let isLeft = position < leftCount
            let level = isLeft ? position : count - 1 - position
            let y = labelTop + Double(level) * 22
            let x = place(meanRanks[system])
            let edge = isLeft ? left - 14 : right + 14
            canvas.group(PlotStyle.series(system)) { canvas in
                canvas.polyline([(x, axisY), (x, y), (edge, y)], "stroke whisker")
                canvas.marker(x, axisY, shape: system, "fill")
            }
            let name = SVGCanvas.clipped(names[system], to: 18)
            let rank = NumberText.fixed(meanRanks[system], decimals: 2)
            canvas.text(
                isLeft ? "\(name)  \(rank)" : "\(rank)  \(name)", isLeft ? edge - 6 : edge + 6, y + 4,
                isLeft ? .end : .start, "ink")
        }
        return ReportDocument.Figure(
            id: id, caption: caption, width: 820, height: labelTop + Double(leftCount) * 22 + 4,
            elements: canvas.elements)
    }
}
