/// Paired differences of every comparison in one metric: their density, median and quartiles, and above all the mean
/// with its interval, against zero.
struct DifferencePlot {
    /// How the verdict leans.
    enum Lean: String { case good, bad, even }
    /// One comparison.
    struct Row: Equatable {
        /// "A+R − A".
        var label: String
        /// Finite paired differences, any order.
        var differences: [Double]
        /// Mean and its interval.
        var mean: Double, low: Double, high: Double
        /// Colour by verdict.
        var lean: Lean
        /// Verdict in words, at the right.
        var verdict: String
    }

    /// Comparisons, top to bottom.
    var rows: [Row]
    /// Label under the axis.
    var title: String
    /// Half-width of the equivalence range, shown as a band; nil without.
    var margin: Double?

    /// The picture.
    func figure(id: String, caption: String) -> ReportDocument.Figure {
        let sorted = rows.map { $0.differences.filter(\.isFinite).sorted() }
        // A few far outliers must not flatten the rest: the axis shows the middle 99 % and every interval.
        var ends = sorted.flatMap { [KernelDensity.quantile($0, 0.005), KernelDensity.quantile($0, 0.995)] }
        ends += rows.flatMap { [$0.low, $0.high, $0.mean] } + [0]
        if let margin { ends += [-margin, margin] }
        ends = ends.filter(\.isFinite)
        let labelWidth = min(
            340,
            (rows.map { SVGCanvas.textWidth(SVGCanvas.clipped($0.label, to: 36), fontSize: 12) }.max() ?? 0)
                + 24)
        let verdictWidth = (rows.map { SVGCanvas.textWidth($0.verdict, fontSize: 12) }.max() ?? 0) + 24
        let (top, rowHeight) = (12.0, 46.0)
        let bottom = top + rowHeight * Double(rows.count)
        let right = labelWidth + 460
        let axis = AxisScale(
            low: ends.min() ?? -1, high: ends.max() ?? 1, from: labelWidth, to: right, tickCount: 7)
        var canvas = SVGCanvas()
        if let margin {
            canvas.rectangle(
                x: axis(-margin), y: top, width: axis(margin) - axis(-margin), height: bottom - top, "band")
        }
        for tick in axis.ticks {
            canvas.line(axis(tick), top, axis(tick), bottom, "grid")
            canvas.text(axis.label(tick, signed: true), axis(tick), bottom + 17, .middle, "soft")
        }
        canvas.line(axis(0), top, axis(0), bottom, "zero")
        canvas.line(labelWidth, bottom, right, bottom, "axis")
        canvas.text(title, (labelWidth + right) / 2, bottom + 36, .middle, "soft")
        for (index, row) in rows.enumerated() {
            let middle = top + rowHeight * (Double(index) + 0.5)
            canvas.text(SVGCanvas.clipped(row.label, to: 36), labelWidth - 10, middle + 4, .end, "ink")
            canvas.group(row.lean.rawValue) { canvas in
                draw(row, sorted: sorted[index], axis: axis, middle: middle, into: &canvas)
                canvas.text(row.verdict, right + 14, middle + 4, .start, "word")
            }
        }
        return ReportDocument.Figure(
            id: id, caption: caption, width: right + verdictWidth, height: bottom + 48,
            elements: canvas.elements)
    }

    private func draw(
        _ row: Row, sorted: [Double], axis: AxisScale, middle: Double, into canvas: inout SVGCanvas
    ) {
        guard !sorted.isEmpty else { return }
        let density = KernelDensity(sorted: sorted, low: axis.low, high: axis.high)
        let halfHeight = 17.0
        var outline: [(x: Double, y: Double)] = []
        var mirror: [(x: Double, y: Double)] = []
        for (position, height) in zip(density.positions, density.heights) where height > 0.004 {
            outline.append((axis(position), middle - height * halfHeight))
            mirror.append((axis(position), middle + height * halfHeight))
        }
        canvas.polyline(outline + mirror.reversed(), closed: true, "shape")
        let clamp = { (value: Double) in min(max(value, axis.low), axis.high) }
        let quartiles = [0.25, 0.75].map { axis(clamp(KernelDensity.quantile(sorted, $0))) }
        canvas.line(quartiles[0], middle + 9, quartiles[1], middle + 9, "axis")
        let median = axis(clamp(KernelDensity.quantile(sorted, 0.5)))
        canvas.line(median, middle + 5, median, middle + 13, "axis")
        if row.low.isFinite, row.high.isFinite {
            canvas.line(axis(row.low), middle - 3, axis(row.high), middle - 3, "strong")
            for end in [row.low, row.high] {
                canvas.line(axis(end), middle - 7, axis(end), middle + 1, "strong")
            }
        }
        if row.mean.isFinite { canvas.marker(axis(row.mean), middle - 3, shape: 3, size: 4, "ink") }
    }
}
