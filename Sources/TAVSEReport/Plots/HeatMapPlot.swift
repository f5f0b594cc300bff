import TAVSEBase

/// A grid of values as shades of one hue, with its scale beside it: frequency upwards, time to the right.
struct HeatMapPlot {
    /// Values `[row][column]`; NaN leaves a cell empty.
    var values: [[Double]]
    /// Label of each row, the first at the bottom.
    var rowLabels: [String]
    /// Label of each column.
    var columnLabels: [String]
    /// Label over the rows, and under the columns.
    var rowTitle: String, columnTitle: String
    /// Label of the scale.
    var valueTitle: String
    /// Which hue.
    var series: Int

    private static let left = 74.0, top = 44.0, cellWidth = 44.0, cellHeight = 24.0, scaleSteps = 24

    /// The picture. The palest shade is the smallest value, the strongest the largest: the scale says which they are.
    func figure(id: String, caption: String) -> ReportDocument.Figure {
        var canvas = SVGCanvas()
        let numbers = values.flatMap { $0 }.filter(\.isFinite)
        let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 1)
        // A shade of a value; one value alone is drawn in the middle of the scale.
        let shade = { (value: Double) in high > low ? 0.06 + 0.94 * (value - low) / (high - low) : 0.5 }
        let columns = columnLabels.count
        let bottom = Self.top + Double(rowLabels.count) * Self.cellHeight
        let right = Self.left + Double(columns) * Self.cellWidth
        canvas.text(rowTitle, 8, 20, .start, "ink title")
        canvas.group(PlotStyle.series(series)) { canvas in
            for (row, line) in values.enumerated() {
                for (column, value) in line.enumerated() where value.isFinite {
                    canvas.rectangle(
                        x: Self.left + Double(column) * Self.cellWidth,
                        y: bottom - Double(row + 1) * Self.cellHeight, width: Self.cellWidth - 1,
                        height: Self.cellHeight - 1, opacity: shade(value), "fill")
                }
            }
            let step = (bottom - Self.top) / Double(Self.scaleSteps)
            for index in 0..<Self.scaleSteps {
                let value = low + (high - low) * (Double(index) + 0.5) / Double(Self.scaleSteps)
                canvas.rectangle(
                    x: right + 24, y: bottom - Double(index + 1) * step, width: 14, height: step,
                    opacity: shade(value), "fill")
            }
        }
        for (row, label) in rowLabels.enumerated() {
            canvas.text(
                SVGCanvas.clipped(label, to: 10), Self.left - 8,
                bottom - (Double(row) + 0.5) * Self.cellHeight + 4, .end, "soft")
        }
        for (column, label) in columnLabels.enumerated() {
            canvas.text(
                SVGCanvas.clipped(label, to: 9), Self.left + (Double(column) + 0.5) * Self.cellWidth - 0.5,
                bottom + 16, .middle, "soft small")
        }
        canvas.text(columnTitle, (Self.left + right) / 2, bottom + 36, .middle, "soft")
        canvas.text(valueTitle, right + 24, 20, .start, "ink")
        let decimals = NumberText.decimals(forHalfWidth: (high - low) / 2) ?? 3
        if high > low {
            canvas.text(NumberText.fixed(high, decimals: decimals), right + 44, Self.top + 9, .start, "soft")
            canvas.text(NumberText.fixed(low, decimals: decimals), right + 44, bottom, .start, "soft")
        } else if !numbers.isEmpty {
            canvas.text(
                NumberText.fixed(low, decimals: decimals), right + 44, (Self.top + bottom) / 2, .start, "soft"
            )
        }
        let width = right + 44 + max(64, SVGCanvas.textWidth(valueTitle, fontSize: 12))
        return ReportDocument.Figure(
            id: id, caption: caption, width: width, height: bottom + 46, elements: canvas.elements)
    }
}
