import TAVSEAnalysis
import TAVSEBase
import TAVSEStats

/// Lays a gate analysis out as a report; renderers turn it into Markdown and HTML.
struct GateReportBuilder {
    let analysis: GateAnalysis
    let toolVersion: String

    init(_ analysis: GateAnalysis, toolVersion: String) {
        self.analysis = analysis
        self.toolVersion = toolVersion
    }

    /// The whole report.
    func document() -> ReportDocument {
        let sections = [
            findings(), overview(), conditions(.snr), conditions(.noise), frequencyTime(), speakers(),
            improvement(),
        ].compactMap { $0 }
        return ReportDocument(
            title: "Fusion gates of \(analysis.overview.run.system)", lead: lead(), sections: sections,
            footer: footer())
    }

    private func lead() -> [String] {
        let supported = analysis.findings.filter { $0.verdict == .supported }
        let counted =
            "\(analysis.itemCount) items, \(analysis.clusterCount) \(plural(analysis.clusterUnit, analysis.clusterCount)); "
            + "\(supported.count) of \(analysis.findings.count) questions have an answer that the numbers support."
        return [counted]
            + (supported.isEmpty ? ["No conclusion on any question."] : supported.map(analysis.sentence))
    }

    func plural(_ unit: String, _ count: Int) -> String {
        count == 1
            ? unit : unit.split(separator: " ").map { $0 == "or" ? "or" : $0 + "s" }.joined(separator: " ")
    }

    private func findings() -> ReportDocument.Section? {
        guard !analysis.findings.isEmpty else { return nil }
        let table = ReportTable(
            id: "findings", caption: "Every question asked, with its answer in numbers.",
            columns: [
                .init("About", .leading), .init("Contrast", .leading), .init("Estimate"),
                .init("\(percent) % interval"), .init("n"), .init(plural(analysis.clusterUnit, 2)),
                .init("p"),
                .init("p (Holm)"), .init("Verdict", .leading),
            ],
            rows: analysis.findings.map(row),
            notes: [
                "Estimates are differences of means, or Spearman's correlation with the SI-SNR improvement; "
                    + "p (Holm) is corrected for all \(analysis.findings.count) questions together, intervals are not."
            ])
        let open = analysis.findings.filter { $0.verdict != .supported }.map(analysis.sentence)
        return .init(
            id: "findings", title: "Findings", blocks: [.table(table)] + (open.isEmpty ? [] : [.list(open)]))
    }

    private func row(_ finding: GateFinding) -> ReportTable.Row {
        let subject = finding.modality.map { modality in
            finding.quantity.map { "\(modality) \($0.rawValue)" } ?? modality
        }
        let (name, tone): (String, ReportTable.Tone) =
            switch finding.verdict {
            case .supported: ("supported", .good)
            case .noConclusion: ("no conclusion", .plain)
            case .tooFewSpeakers: ("no conclusion: too few \(plural(analysis.clusterUnit, 2))", .warning)
            case .notEstimable: ("no conclusion: not estimable", .warning)
            }
        let unit = finding.unit
        let contrast =
            finding.isCorrelation ? "with SI-SNR improvement, \(finding.contrast)" : finding.contrast
        return .init([
            .init(subject ?? "enhanced SI-SNR"), .init(contrast),
            .init(
                NumberText.signed(finding.estimate, decimals: finding.decimals) + unit,
                sortKey: finding.estimate.isNaN ? nil : finding.estimate),
            .init(
                NumberText.interval(
                    low: finding.low, high: finding.high, decimals: finding.decimals, signed: true)),
            .init(String(finding.n), sortKey: Double(finding.n)),
            .init(String(finding.clusters), sortKey: Double(finding.clusters)),
            .init(NumberText.probability(finding.p), sortKey: finding.p.isNaN ? nil : finding.p),
            .init(
                NumberText.probability(finding.adjustedP),
                sortKey: finding.adjustedP.isNaN ? nil : finding.adjustedP),
            .init(name, tone: tone),
        ])
    }

    private func overview() -> ReportDocument.Section {
        let table = ReportTable(
            id: "overview", caption: "How far the gates are open, and how much passes them.",
            columns: [
                .init("Modality", .leading), .init("Quantity", .leading), .init("Mean"),
                .init("\(percent) % interval"), .init("n"),
            ]
                + GateSummary.probabilities.map { .init("q" + NumberText.fixed(100 * $0, decimals: 0)) }
                + [.init("p90 − p10")],
            rows: analysis.summaries.map { summary in
                let decimals = decimals([summary.overall])
                return .init(
                    [.init(summary.modality), .init(summary.quantity.rawValue)]
                        + cells(summary.overall, decimals)
                        + summary.quantiles.map { .init(NumberText.fixed($0, decimals: 3), sortKey: $0) }
                        + [
                            summary.groupSpread.map { .init(NumberText.fixed($0, decimals: 3), sortKey: $0) }
                                ?? .init(NumberText.missing)
                        ])
            },
            notes: [
                "Mean of the items' means with its interval over \(plural(analysis.clusterUnit, 2)) (CR2); q are quantiles of "
                    + "the tokens; p90 − p10 is the mean spread over the channel groups within a token."
            ])
        var blocks: [ReportDocument.Block] = [.table(table)]
        for quantity in GateQuantity.allCases {
            let list = summaries(quantity)
            guard !list.isEmpty else { continue }
            let plot = HistogramPlot(
                panels: list.map { summary in
                    .init(
                        name: summary.modality, series: series(summary.modality), low: summary.histogram.low,
                        high: summary.histogram.high, shares: summary.histogram.shares)
                }, valueTitle: title(quantity))
            blocks.append(
                .figure(
                    plot.figure(
                        id: "distribution-\(quantity.rawValue)",
                        caption:
                            "Distribution of the tokens' \(title(quantity).lowercased()); every item weighs the same."
                    )))
        }
        return .init(id: "overview", title: "Overview", blocks: blocks)
    }

    // MARK: - Shared by the sections

    var percent: String { NumberText.exact(((1 - analysis.options.alpha) * 1000).rounded() / 10) }

    func summaries(_ quantity: GateQuantity) -> [GateSummary] {
        analysis.summaries.filter { $0.quantity == quantity }
    }

    /// Hue and marker of a modality, the same in every picture.
    func series(_ modality: String) -> Int { analysis.modalities.firstIndex(of: modality) ?? 0 }

    func title(_ quantity: GateQuantity) -> String {
        quantity == .gate ? "Gate" : "Effective contribution"
    }

    func decimals(_ estimates: [GateEstimate]) -> Int {
        min(5, NumberText.decimals(forHalfWidths: estimates.map { ($0.high - $0.low) / 2 }, fallback: 3))
    }

    /// Mean, interval, n.
    func cells(_ estimate: GateEstimate, _ decimals: Int) -> [ReportTable.Cell] {
        [
            .init(
                NumberText.fixed(estimate.mean, decimals: decimals),
                sortKey: estimate.mean.isNaN ? nil : estimate.mean),
            .init(NumberText.interval(low: estimate.low, high: estimate.high, decimals: decimals)),
            .init(String(estimate.n), sortKey: Double(estimate.n)),
        ]
    }
}
