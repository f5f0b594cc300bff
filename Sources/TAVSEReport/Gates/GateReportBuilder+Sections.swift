import TAVSEAnalysis
import TAVSEBase
import TAVSEStats

extension GateReportBuilder {
    /// Means by one kind of condition: a table, and a picture per quantity.
    func conditions(_ kind: GateBreakdown.Kind) -> ReportDocument.Section? {
        guard analysis.summaries.contains(where: { $0.breakdown(kind) != nil }) else { return nil }
        let (id, heading, label) =
            kind == .snr
            ? ("snr", "By signal-to-noise ratio", "SNR (dB)") : ("noise", "By noise type", "Noise")
        return .init(
            id: id, title: heading,
            blocks: [
                .table(
                    table(kind, id: id, caption: "Means by \(kind == .snr ? "SNR" : "noise type").", label))
            ]
                + figures(kind, id: id, axis: label))
    }

    /// Heat maps, and means by row, tenth and slot.
    func frequencyTime() -> ReportDocument.Section? {
        guard analysis.summaries.contains(where: { !$0.heatMap.isEmpty }) else { return nil }
        let hasHertz = analysis.grid != nil
        var blocks: [ReportDocument.Block] = analysis.summaries.map { summary in
            let plot = HeatMapPlot(
                values: summary.heatMap, rowLabels: summary.breakdown(.row)?.levels.map(\.name) ?? [],
                columnLabels: summary.breakdown(.part)?.levels.map { $0.name.replacing(" %", with: "") }
                    ?? [],
                rowTitle: hasHertz ? "Frequency" : "Row", columnTitle: "Part of the item (%)",
                valueTitle: title(summary.quantity), series: series(summary.modality))
            return .figure(
                plot.figure(
                    id: "heat-map-\(Self.stem(summary.modality))-\(summary.quantity.rawValue)",
                    caption:
                        "\(title(summary.quantity)) of \(summary.modality) over frequency and time; the palest cell is "
                        + "the smallest mean, the strongest the largest."))
        }
        let frequency = hasHertz ? "Frequency (kHz)" : "Frequency row"
        blocks.append(.table(table(.row, id: "frequency", caption: "Means by frequency row.", frequency)))
        blocks += figures(.row, id: "frequency", axis: frequency)
        blocks.append(.table(table(.part, id: "part", caption: "Means by tenth of the item.", "Part")))
        if analysis.summaries.contains(where: { $0.breakdown(.slot) != nil }) {
            let time = hasHertz ? "Time (s)" : "Time slot"
            blocks.append(.table(timeTable(time)))
            blocks += figures(.slot, id: "time", axis: time)
        }
        return .init(id: "frequency-time", title: "Over frequency and time", blocks: blocks)
    }

    /// Means of each speaker.
    func speakers() -> ReportDocument.Section? {
        guard analysis.summaries.contains(where: { $0.breakdown(.speaker) != nil }) else { return nil }
        return .init(
            id: "speakers", title: "By speaker",
            blocks: [
                .table(
                    table(
                        .speaker, id: "speakers",
                        caption: "Means by speaker; one speaker alone gives no interval.", "Speaker"))
            ])
    }

    /// Correlation with the SI-SNR improvement.
    func improvement() -> ReportDocument.Section {
        let correlated = analysis.summaries.filter { !$0.correlations.isEmpty }
        guard !correlated.isEmpty else {
            return .init(
                id: "improvement", title: "Gate and improvement",
                blocks: [
                    .paragraph(
                        "Fewer than three items have a noisy and an enhanced SI-SNR in this run: nothing to correlate with."
                    )
                ])
        }
        var blocks: [ReportDocument.Block] = []
        let table = ReportTable(
            id: "correlation", caption: "Correlation of an item's mean with its SI-SNR improvement.",
            columns: [
                .init("Modality", .leading), .init("Quantity", .leading), .init("Items compared", .leading),
                .init("Coefficient", .leading), .init("r"), .init("\(percent) % interval"), .init("p"),
                .init("n"),
            ],
            rows: correlated.flatMap { summary in
                summary.correlations.enumerated().map { index, correlation in
                    let result = correlation.result
                    return .init(
                        [
                            .init(summary.modality), .init(summary.quantity.rawValue),
                            .init(correlation.scope == .pooled ? "all" : "within SNR and noise type"),
                            .init(result.kind == .pearson ? "Pearson" : "Spearman"),
                            .init(
                                NumberText.signed(result.estimate, decimals: 3),
                                sortKey: result.estimate.isNaN ? nil : result.estimate),
                            .init(
                                NumberText.interval(
                                    low: result.interval.low, high: result.interval.high, decimals: 3,
                                    signed: true)),
                            .init(
                                NumberText.probability(result.p), sortKey: result.p.isNaN ? nil : result.p),
                            .init(String(result.n), sortKey: Double(result.n)),
                        ], startsGroup: index == 0)
                }
            },
            notes: [
                "Bootstrap over whole \(plural(analysis.clusterUnit, 2)); p is not corrected here, the findings correct Spearman's. "
                    + "A correlation does not say that the gate is why an item improves."
            ])
        blocks.append(.table(table))
        for quantity in GateQuantity.allCases {
            let list = correlated.filter { $0.quantity == quantity }
            guard !list.isEmpty else { continue }
            let plot = ScatterPlot(
                series: list.map { summary in
                    .init(
                        name: summary.modality, index: series(summary.modality),
                        points: summary.points.map { ($0.mean, $0.improvement) })
                }, xTitle: "Mean \(title(quantity).lowercased()) of the item",
                yTitle: "SI-SNR improvement (dB)")
            blocks.append(
                .figure(
                    plot.figure(
                        id: "improvement-\(quantity.rawValue)",
                        caption:
                            "Every item's mean \(title(quantity).lowercased()) and its SI-SNR improvement.")))
        }
        return .init(id: "improvement", title: "Gate and improvement", blocks: blocks)
    }

    /// Settings and caveats.
    func footer() -> [String] {
        let run = analysis.overview.run
        var notes = [
            "System \(run.system)" + (run.modalities.map { ", given \($0.joined(separator: ", "))" } ?? "")
                + (run.fusion.map { ", fusion \($0)" } ?? "")
                + (run.checkpointHash.map { ", checkpoint \($0.prefix(12))" } ?? "")
                + ", captured with version \(run.toolVersion).",
            "\(analysis.itemCount) items, \(analysis.scoredCount) of them with noisy and enhanced SI-SNR; "
                + "the unit is the item's mean over its tokens, clusters are \(plural(analysis.clusterUnit, 2)) "
                + "(\(analysis.clusterCount)).",
            "Intervals of means and differences: cluster-robust CR2 with Satterthwaite degrees of freedom. Correlations: "
                + "\(analysis.options.replicates) cluster-bootstrap resamples, seed \(analysis.options.seed).",
            "A finding is called supported when Holm's p over all \(analysis.findings.count) questions is below "
                + "\(NumberText.exact(analysis.options.alpha)), the interval excludes 0, and there are at least "
                + "\(analysis.options.minimumSpeakers) \(plural(analysis.clusterUnit, 2)).",
            "A gate is an activation, not a weight: it scales what a camera adds to a token. An open gate through which nothing "
                + "passes has an effective contribution of 0; read both. Neither proves that the camera helps: the scores with "
                + "the camera removed or exchanged do.",
        ]
        if let grid = analysis.grid {
            notes.append(
                "Row k is centred at k · \(NumberText.exact(grid.rowHertz)) Hz, slot k at k · \(NumberText.exact(grid.slotSeconds)) s."
            )
        }
        if !analysis.reducedSystems.isEmpty {
            notes.append(
                "The same checkpoint with fewer modalities: \(analysis.reducedSystems.joined(separator: ", ")). The gates of a "
                    + "removed modality are not stored: nothing passes them.")
        }
        return notes + ["Made with tavse-gates \(toolVersion)."]
    }

    // MARK: - Tables and pictures of breakdowns

    /// Means by time slot: every slot where there are few, else evenly chosen ones; pictures and gates.csv have all.
    private func timeTable(_ label: String) -> ReportTable {
        let most = 32
        let longest = analysis.summaries.compactMap { $0.breakdown(.slot)?.levels.count }.max() ?? 0
        let step = max(1, (longest + most - 1) / most)
        let caption =
            "Means by time slot, as far as half of the items reach"
            + (step > 1 ? "; 1 of \(step) slots, the picture and gates.csv have all." : ".")
        return table(.slot, id: "time", caption: caption, label, step: step)
    }

    private func table(
        _ kind: GateBreakdown.Kind, id: String, caption: String, _ label: String, step: Int = 1
    ) -> ReportTable {
        let list = analysis.summaries.compactMap { summary in
            summary.breakdown(kind).map { breakdown in
                (
                    summary: summary,
                    levels: stride(from: 0, to: breakdown.levels.count, by: step).map {
                        breakdown.levels[$0]
                    }
                )
            }
        }
        return ReportTable(
            id: id, caption: caption,
            columns: [
                .init("Modality", .leading), .init("Quantity", .leading), .init(label, .leading),
                .init("Mean"),
                .init("\(percent) % interval"), .init("n"),
            ],
            rows: list.flatMap { part in
                let decimals = decimals(part.levels.map(\.estimate))
                return part.levels.enumerated().map { index, level in
                    ReportTable.Row(
                        [
                            .init(part.summary.modality), .init(part.summary.quantity.rawValue),
                            .init(level.name, sortKey: level.place),
                        ] + cells(level.estimate, decimals), startsGroup: index == 0)
                }
            })
    }

    private func figures(_ kind: GateBreakdown.Kind, id: String, axis: String) -> [ReportDocument.Block] {
        GateQuantity.allCases.compactMap { quantity in
            let list = summaries(quantity).filter { $0.breakdown(kind) != nil }
            // A camera may be missing from the highest row or the last slot; the longest list has all conditions.
            guard
                let levels = list.compactMap({ $0.breakdown(kind)?.levels }).max(by: { $0.count < $1.count })
            else { return nil }
            let places = levels.compactMap(\.place)
            let plot = ConditionPlot(
                conditions: places.count == levels.count
                    ? places.enumerated().map { index, place in
                        // Thinned to what an axis can hold.
                        index % max(1, (places.count + 9) / 10) == 0
                            ? NumberText.fixed(place, decimals: place == place.rounded() ? 0 : 1) : ""
                    } : levels.map(\.name),
                positions: places.count == levels.count && levels.count > 1 ? places : nil,
                conditionTitle: axis,
                valueTitle: "\(title(quantity)), mean and \(percent) % interval", differenceTitle: "",
                scores: list.map { summary in
                    .init(
                        name: summary.modality, index: series(summary.modality),
                        points: (summary.breakdown(kind)?.levels ?? []).compactMap { level in
                            levels.firstIndex { $0.key == level.key }.map {
                                .init(
                                    condition: $0, mean: level.estimate.mean, low: level.estimate.low,
                                    high: level.estimate.high)
                            }
                        })
                }, differences: [])
            return .figure(
                plot.figure(
                    id: "\(id)-\(quantity.rawValue)",
                    caption:
                        "\(title(quantity)) by \(axis.split(separator: " ").first.map(String.init) ?? axis), mean over items "
                        + "with its \(percent) % interval over \(plural(analysis.clusterUnit, 2))."))
        }
    }

    /// A name as part of a file name: letters and digits; anything else becomes a hyphen.
    static func stem(_ name: String) -> String {
        String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    }
}
