import TAVSEBase

extension ReportBuilder {
    /// Friedman's test per metric, mean ranks with 1 = best, and a diagram of the critical difference.
    func omnibusBlocks() -> [ReportDocument.Block] {
        var rows: [ReportTable.Row] = []
        var figures: [ReportDocument.Figure] = []
        var names: [String] = []
        for (index, metric) in comparison.metrics.enumerated() {
            guard let omnibus = comparison.omnibus[metric.name], omnibus.isInformative else { continue }
            let friedman = omnibus.friedman
            names = omnibus.models
            let ranks = omnibus.ranksFromBest
            rows.append(
                .init(
                    [
                        .init(ReportLabels.metric(metric)), .init(String(friedman.nBlocks)),
                        .init(String(omnibus.nRows)),
                        .init(NumberText.fixed(friedman.chiSquared, decimals: 1)), .init(String(friedman.df)),
                        .init(NumberText.probability(friedman.pChiSquared)),
                        .init(NumberText.fixed(friedman.imanDavenportF, decimals: 1)),
                        .init(NumberText.probability(friedman.pF)),
                        .init(NumberText.fixed(friedman.kendallW, decimals: 2)),
                        .init(NumberText.fixed(omnibus.nemenyiCD, decimals: 2)),
                    ]
                        + ranks.map {
                            .init(NumberText.fixed($0, decimals: 2), sortKey: $0.isFinite ? $0 : nil)
                        }))
            let isComplete = ranks.allSatisfy(\.isFinite) && omnibus.nemenyiCD.isFinite
            if options.hasFigures, isComplete, omnibus.models.count > 2 {
                let plot = CriticalDifferencePlot(
                    names: omnibus.models, meanRanks: ranks, criticalDifference: omnibus.nemenyiCD)
                figures.append(
                    plot.figure(
                        id: "ranks-\(stems[index])",
                        caption: "\(ReportLabels.name(metric)): mean ranks over \(friedman.nBlocks) "
                            + "\(clusterUnits) (1 = best); a bar joins systems closer than Nemenyi's "
                            + "critical difference at 5 %."))
            }
        }
        let table = ReportTable(
            id: "omnibus",
            caption: "Friedman's test on \(comparison.settings.clusterUnit) means; mean ranks, 1 = best.",
            columns: [
                .init("Metric", .leading), .init("blocks"), .init("rows"), .init("χ²"), .init("df"),
                .init("p"),
                .init("F (Iman–Davenport)"), .init("p of F"), .init("Kendall's W"), .init("critical diff."),
            ] + names.map { .init("rank \($0)") }, rows: rows,
            notes: [
                "An overview: whether two systems differ is decided pair by pair above, since mean-rank verdicts depend on "
                    + "which other systems are in the pool."
            ])
        return [.table(table)] + figures.map { .figure($0) }
    }
}
