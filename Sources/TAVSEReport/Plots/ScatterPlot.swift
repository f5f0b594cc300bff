/// Points of several series over two axes.
struct ScatterPlot {
    /// One set of points.
    struct Series {
        /// Name, e.g. "rgb".
        var name: String
        /// Which hue and marker.
        var index: Int
        /// Its points; at most ``mostPoints`` are drawn, evenly chosen.
        var points: [(x: Double, y: Double)]
    }

    /// Sets of points.
    var series: [Series]
    /// Label under the axis.
    var xTitle: String
    /// Label over the axis.
    var yTitle: String

    /// Points drawn per series: more would hide each other and swell the file.
    static let mostPoints = 1500

    private static let left = 62.0, top = 40.0, width = 440.0, height = 280.0

    /// The picture.
    func figure(id: String, caption: String) -> ReportDocument.Figure {
        var canvas = SVGCanvas()
        let (right, bottom) = (Self.left + Self.width, Self.top + Self.height)
        let shown = series.map { series in
            let stride = max(1, (series.points.count + Self.mostPoints - 1) / Self.mostPoints)
            return series.points.indices.filter { $0 % stride == 0 }.map { series.points[$0] }
                .filter { $0.x.isFinite && $0.y.isFinite }
        }
        let all = shown.flatMap { $0 }
        let horizontal = AxisScale(
            low: all.map(\.x).min() ?? 0, high: all.map(\.x).max() ?? 1, from: Self.left, to: right)
        let vertical = AxisScale(
            low: all.map(\.y).min() ?? 0, high: all.map(\.y).max() ?? 1, from: bottom, to: Self.top)
        canvas.text(yTitle, 16, 20, .start, "ink title")
        for tick in vertical.ticks {
            canvas.line(Self.left, vertical(tick), right, vertical(tick), "grid")
            canvas.text(vertical.label(tick), Self.left - 8, vertical(tick) + 4, .end, "soft")
        }
        for tick in horizontal.ticks {
            canvas.line(horizontal(tick), bottom, horizontal(tick), bottom + 4, "axis")
            canvas.text(horizontal.label(tick), horizontal(tick), bottom + 18, .middle, "soft")
        }
        canvas.line(Self.left, bottom, right, bottom, "axis")
        canvas.text(xTitle, (Self.left + right) / 2, bottom + 37, .middle, "soft")
        var x = Self.left
        for (series, points) in zip(series, shown) {
            canvas.group(PlotStyle.series(series.index)) { canvas in
                for point in points {
                    canvas.marker(
                        horizontal(point.x), vertical(point.y), shape: series.index, size: 2.5, "fill shape")
                }
                canvas.marker(x + 6, bottom + 58, shape: series.index, "fill")
            }
            let name = SVGCanvas.clipped(series.name, to: 30)
            canvas.text(name, x + 16, bottom + 62, .start, "ink")
            x += 34 + SVGCanvas.textWidth(name, fontSize: 12)
        }
        return ReportDocument.Figure(
            id: id, caption: caption, width: right + 20, height: bottom + 74, elements: canvas.elements)
    }
}
