import Testing

@testable import TAVSEReport

@Suite struct PlotTests {
    @Test(
        "ticks are round numbers inside the axis (property)",
        arguments: [(0.0, 1.0), (-5, 20), (1.07, 3.03), (0.0001, 0.0002), (5, 5)])
    func ticks(low: Double, high: Double) {
        let axis = AxisScale(low: low, high: high, from: 0, to: 100)
        #expect((2...11).contains(axis.ticks.count))
        for tick in axis.ticks {
            #expect(tick >= axis.low - 1e-12 && tick <= axis.high + 1e-12)
            #expect(Double(axis.label(tick)).map { abs($0 - tick) < 1e-9 * max(1, abs(tick)) } == true)
        }
    }

    @Test("an axis maps its ends to its pixels, and survives values that are not finite (closed form)")
    func axisMap() {
        let axis = AxisScale(low: 0, high: 10, from: 100, to: 200, padding: 0)
        #expect(axis(0) == 100 && axis(10) == 200 && axis(5) == 150)
        #expect(AxisScale(low: .nan, high: .infinity, from: 0, to: 1).ticks.count > 1)
    }

    @Test("cliques are the maximal groups within the critical difference (closed form)")
    func cliques() {
        let find = CriticalDifferencePlot.cliques
        #expect(find([1.2, 2.3, 2.8, 3.6], 0.9) == [1...2, 2...3])
        #expect(find([1, 2, 3], 0.5) == [])
        #expect(find([1, 1.1, 1.2], 5) == [0...2])
        #expect(find([1, 2, 3, 4], 2) == [0...2, 1...3])
    }

    @Test("a density of symmetric data is symmetric and peaks at one (property)")
    func density() {
        let values = (-500...500).map { Double($0) / 100 }
        let density = KernelDensity(sorted: values, low: -6, high: 6, count: 121)
        #expect(density.heights.max() == 1)
        for index in 0..<60 { #expect(abs(density.heights[index] - density.heights[120 - index]) < 1e-12) }
        #expect(KernelDensity(sorted: [2, 2, 2], low: 0, high: 4, count: 5).heights == [0, 0, 1, 0, 0])
        #expect(KernelDensity(sorted: [], low: 0, high: 1, count: 3).heights == [0, 0, 0])
    }

    @Test("pictures of hostile or degenerate data are well-formed and hold no raw markup (property)")
    func degenerate() {
        let plot = DifferencePlot(
            rows: [
                .init(
                    label: "<a&b>", differences: [], mean: .nan, low: .nan, high: .nan, lean: .even,
                    verdict: "no data"),
                .init(
                    label: "c", differences: [1, 1], mean: 1, low: 1, high: 1, lean: .good, verdict: "\"x\""),
            ], title: "t", margin: nil)
        let file = plot.figure(id: "x", caption: "<c>").file
        #expect(!file.contains("<a&b>") && file.contains("&lt;a&amp;b&gt;"))
        #expect(!file.lowercased().contains("nan") && !file.contains("inf\""))
        let conditions = ConditionPlot(
            conditions: ["5"], positions: [5], conditionTitle: "SNR", valueTitle: "v", differenceTitle: "d",
            scores: [
                .init(name: "A", index: 0, points: [.init(condition: 0, mean: .nan, low: .nan, high: .nan)])
            ],
            differences: [])
        #expect(!conditions.figure(id: "y", caption: "").elements.contains("nan"))
    }
}
