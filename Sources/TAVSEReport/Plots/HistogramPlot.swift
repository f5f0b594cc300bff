/// Distributions as bars, one panel under the other so that none hides another.
struct HistogramPlot {
    /// One distribution.
    struct Panel {
        /// Name, e.g. "rgb".
        var name: String
        /// Which hue.
        var series: Int
        /// Ends of the first and the last bar.
        var low: Double, high: Double
        /// Share of each bar.
        var shares: [Double]
    }

    /// Distributions; drawn over one axis that holds all of them.
    var panels: [Panel]
    /// Label under the axis.
    var valueTitle: String

    private static let left = 74.0, width = 470.0, panelHeight = 120.0, gap = 26.0, top = 34.0

    /// The picture.
    func figure(id: String, caption: String) -> ReportDocument.Figure {
        var canvas = SVGCanvas()
        let right = Self.left + Self.width
        let horizontal = AxisScale(
            low: panels.map(\.low).min() ?? 0, high: panels.map(\.high).max() ?? 1, from: Self.left,
            to: right, tickCount: 8, padding: 0)
        let largest = panels.flatMap(\.shares).max() ?? 1
        var y = Self.top
        canvas.text("Share of tokens", 8, 18, .start, "ink title")
        for panel in panels {
            let bottom = y + Self.panelHeight
            let vertical = AxisScale(
                low: 0, high: 100 * largest, from: bottom, to: y, tickCount: 3, padding: 0)
            for tick in vertical.ticks {
                canvas.line(Self.left, vertical(tick), right, vertical(tick), "grid")
                canvas.text(vertical.label(tick) + " %", Self.left - 8, vertical(tick) + 4, .end, "soft")
            }
            let step = (panel.high - panel.low) / Double(max(1, panel.shares.count))
            canvas.group(PlotStyle.series(panel.series)) { canvas in
                for (bin, share) in panel.shares.enumerated() where share > 0 {
                    let from = horizontal(panel.low + Double(bin) * step)
                    let to = horizontal(panel.low + Double(bin + 1) * step)
                    canvas.rectangle(
                        x: from + 0.5, y: vertical(100 * share), width: to - from - 1,
                        height: bottom - vertical(100 * share), "fill")
                }
            }
            canvas.line(Self.left, bottom, right, bottom, "axis")
            canvas.text(SVGCanvas.clipped(panel.name, to: 30), right - 6, y + 12, .end, "ink")
            y = bottom + Self.gap
        }
        let bottom = y - Self.gap
        for tick in horizontal.ticks {
            canvas.text(horizontal.label(tick), horizontal(tick), bottom + 17, .middle, "soft")
        }
        canvas.text(valueTitle, (Self.left + right) / 2, bottom + 36, .middle, "soft")
        return ReportDocument.Figure(
            id: id, caption: caption, width: right + 20, height: bottom + 46, elements: canvas.elements)
    }
}
