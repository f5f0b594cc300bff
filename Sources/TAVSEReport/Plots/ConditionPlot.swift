/// Scores by condition (SNR or noise type): left the systems' means, right their difference to a baseline, which a
/// reader cannot see on the left where the condition moves scores far more than the systems do.
struct ConditionPlot {
    /// A mean and its interval in one condition.
    struct Point: Equatable {
        /// Index of the condition.
        var condition: Int
        /// Mean, and the interval's ends (NaN when not estimable).
        var mean: Double, low: Double, high: Double
    }
    /// One line.
    struct Series: Equatable {
        /// System, or "A+R − A" on the right.
        var name: String
        /// Which colour and marker; nil for a reference.
        var index: Int?
        /// Its points.
        var points: [Point]
    }

    /// Condition labels in order, e.g. "-5", "0", "5".
    var conditions: [String]
    /// Position of each condition along the axis; nil spaces them evenly and does not connect them.
    var positions: [Double]?
    /// Label under the axis.
    var conditionTitle: String
    /// Label of the left panel's values.
    var valueTitle: String
    /// Label of the right panel's values.
    var differenceTitle: String
    /// Left panel.
    var scores: [Series]
    /// Right panel; empty leaves it out.
    var differences: [Series]

    private static let panelWidth = 400.0, top = 40.0, plotHeight = 230.0, left = 62.0

    /// The picture.
    func figure(id: String, caption: String) -> ReportDocument.Figure {
        var canvas = SVGCanvas()
        let legendNames = (scores + differences).reduce(into: [Series]()) { list, series in
            if !list.contains(where: { $0.name == series.name }) { list.append(series) }
        }
        let bottom = Self.top + Self.plotHeight
        panel(scores, x: 0, title: valueTitle, signed: false, into: &canvas)
        if !differences.isEmpty {
            panel(differences, x: Self.panelWidth + 20, title: differenceTitle, signed: true, into: &canvas)
        }
        let width = differences.isEmpty ? Self.panelWidth + 10 : 2 * Self.panelWidth + 30
        var (x, y) = (Self.left, bottom + 62)
        for series in legendNames {
            let name = SVGCanvas.clipped(series.name, to: 40)
            let itemWidth = 34 + SVGCanvas.textWidth(name, fontSize: 12)
            if x + itemWidth > width - 8, x > Self.left { (x, y) = (Self.left, y + 20) }
            canvas.group(style(series)) { canvas in
                canvas.line(x, y - 4, x + 22, y - 4, "stroke line \(dash(series))")
                canvas.marker(x + 11, y - 4, shape: series.index ?? 3, "fill")
            }
            canvas.text(name, x + 28, y, .start, "ink")
            x += itemWidth + 14
        }
        return ReportDocument.Figure(
            id: id, caption: caption, width: width, height: y + 14, elements: canvas.elements)
    }

    private func style(_ series: Series) -> String {
        series.index.map(PlotStyle.series) ?? PlotStyle.reference
    }
    private func dash(_ series: Series) -> String { series.index.map { "dash\($0 % 4)" } ?? "" }

    private func panel(_ list: [Series], x: Double, title: String, signed: Bool, into canvas: inout SVGCanvas)
    {
        let bottom = Self.top + Self.plotHeight
        let points = list.flatMap(\.points)
        let ends = points.flatMap { [$0.mean, $0.low, $0.high] }.filter(\.isFinite) + (signed ? [0] : [])
        let vertical = AxisScale(
            low: ends.min() ?? 0, high: ends.max() ?? 1, from: bottom, to: Self.top, padding: 0.06)
        let plotLeft = x + Self.left
        let plotRight = x + Self.panelWidth - 12
        let places = positions ?? conditions.indices.map(Double.init)
        let horizontal = AxisScale(
            low: places.min() ?? 0, high: places.max() ?? 1, from: plotLeft, to: plotRight,
            padding: positions == nil ? 0.5 / Double(max(1, conditions.count)) + 0.04 : 0.1)
        canvas.text(title, plotLeft - 46, 20, .start, "ink title")
        for tick in vertical.ticks {
            canvas.line(plotLeft, vertical(tick), plotRight, vertical(tick), "grid")
            canvas.text(vertical.label(tick, signed: signed), plotLeft - 8, vertical(tick) + 4, .end, "soft")
        }
        if signed { canvas.line(plotLeft, vertical(0), plotRight, vertical(0), "zero") }
        canvas.line(plotLeft, bottom, plotRight, bottom, "axis")
        let room = (plotRight - plotLeft) / Double(max(1, conditions.count))
        for (condition, label) in conditions.enumerated() {
            let short = SVGCanvas.clipped(label, to: max(3, Int(room / 7)))
            canvas.line(
                horizontal(places[condition]), bottom, horizontal(places[condition]), bottom + 4, "axis")
            canvas.text(short, horizontal(places[condition]), bottom + 18, .middle, "soft")
        }
        canvas.text(conditionTitle, (plotLeft + plotRight) / 2, bottom + 37, .middle, "soft")
        let dodge = min(7, room * 0.6 / Double(max(1, list.count)))
        for (order, series) in list.enumerated() {
            let shift = (Double(order) - Double(list.count - 1) / 2) * dodge
            let located = series.points.filter { $0.mean.isFinite }.map { point in
                (point: point, x: horizontal(places[point.condition]) + shift)
            }
            canvas.group(style(series)) { canvas in
                if positions != nil {
                    canvas.polyline(
                        located.map { ($0.x, vertical($0.point.mean)) }, "stroke line \(dash(series))")
                }
                for (point, place) in located {
                    if point.low.isFinite, point.high.isFinite {
                        canvas.line(place, vertical(point.low), place, vertical(point.high), "stroke whisker")
                    }
                    canvas.marker(place, vertical(point.mean), shape: series.index ?? 3, "fill")
                }
            }
        }
    }
}
