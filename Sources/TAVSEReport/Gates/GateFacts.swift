import TAVSEAnalysis
import TAVSEBase
import TAVSESignal
import TAVSEStats

/// A gate analysis as tidy CSV (one fact per row, the same columns throughout) and as JSON.
enum GateFacts {
    /// Column names.
    static let columns = [
        "table", "modality", "quantity", "condition", "condition_value", "statistic", "value",
    ]

    /// The CSV text of an analysis.
    static func csv(_ analysis: GateAnalysis) -> String {
        var writer = Writer()
        writer.context = ["settings", "", "", "", ""]
        writer.add("system", analysis.overview.run.system)
        writer.add("n_items", String(analysis.itemCount))
        writer.add("n_items_scored", String(analysis.scoredCount))
        writer.add("n_clusters", String(analysis.clusterCount))
        writer.add("cluster_unit", analysis.clusterUnit)
        writer.add("alpha", analysis.options.alpha)
        writer.add("minimum_clusters", String(analysis.options.minimumSpeakers))
        writer.add("family_size", String(analysis.findings.count))
        writer.add("bootstrap_replicates", String(analysis.options.replicates))
        writer.add("bootstrap_seed", String(analysis.options.seed))
        if let grid = analysis.grid {
            writer.add("slot_seconds", grid.slotSeconds)
            writer.add("row_hertz", grid.rowHertz)
        }
        for summary in analysis.summaries { write(summary, to: &writer) }
        for finding in analysis.findings {
            writer.context = [
                "finding", finding.modality ?? "", finding.quantity?.rawValue ?? "", finding.kind.rawValue,
                finding.contrast,
            ]
            writer.add("estimate", finding.estimate)
            writer.add("ci95_low", finding.low)
            writer.add("ci95_high", finding.high)
            writer.add("n", String(finding.n))
            writer.add("n_clusters", String(finding.clusters))
            writer.add("p", finding.p)
            writer.add("p_holm", finding.adjustedP)
            writer.add("verdict", finding.verdict.rawValue)
            writer.add("sentence", analysis.sentence(finding))
        }
        return writer.text
    }

    private struct Writer {
        /// Table, modality, quantity, condition, condition value.
        var context: [String] = []
        private(set) var text = CSV.line(GateFacts.columns)

        mutating func add(_ statistic: String, _ value: String) {
            text += CSV.line(context + [statistic, value])
        }
        /// A number in full precision; empty when there is none.
        mutating func add(_ statistic: String, _ value: Double) {
            add(statistic, value.isNaN ? "" : NumberText.exact(value))
        }
        mutating func add(_ estimate: GateEstimate) {
            add("n", String(estimate.n))
            add("n_clusters", String(estimate.clusters))
            add("mean", estimate.mean)
            add("ci95_low", estimate.low)
            add("ci95_high", estimate.high)
        }
    }

    private static func write(_ summary: GateSummary, to writer: inout Writer) {
        let name = [summary.modality, summary.quantity.rawValue]
        writer.context = ["overall"] + name + ["", ""]
        writer.add(summary.overall)
        writer.add("n_tokens", String(summary.tokens))
        for (probability, value) in zip(GateSummary.probabilities, summary.quantiles) {
            writer.add("token_q" + NumberText.fixed(100 * probability, decimals: 0), value)
        }
        if let spread = summary.groupSpread { writer.add("group_p90_minus_p10", spread) }
        for breakdown in summary.breakdowns {
            for level in breakdown.levels {
                writer.context = ["breakdown"] + name + [breakdown.kind.rawValue, level.key]
                writer.add(level.estimate)
            }
        }
        let histogram = summary.histogram
        for (bin, share) in histogram.shares.enumerated() {
            let low =
                histogram.low + (histogram.high - histogram.low) * Double(bin)
                / Double(histogram.shares.count)
            writer.context = ["histogram"] + name + ["from", NumberText.exact(low)]
            writer.add("share", share)
        }
        for (row, cells) in summary.heatMap.enumerated() {
            for (part, value) in cells.enumerated() {
                writer.context = ["heat_map"] + name + ["frequency_row/tenth", "\(row)/\(part)"]
                writer.add("mean", value)
            }
        }
        for correlation in summary.correlations {
            writer.context = ["correlation"] + name + ["scope", correlation.scope.rawValue]
            let (result, kind) = (correlation.result, correlation.result.kind.rawValue)
            writer.add(kind, result.estimate)
            writer.add(kind + "_ci95_low", result.interval.low)
            writer.add(kind + "_ci95_high", result.interval.high)
            writer.add(kind + "_p", result.p)
            writer.add(kind + "_n", String(result.n))
        }
    }

    /// Findings and means as JSON, for scripts.
    static func json(_ analysis: GateAnalysis) -> String {
        func number(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .null }
        let root = JSONValue.object([
            ("system", .string(analysis.overview.run.system)),
            ("items", .integer(analysis.itemCount)), ("scored_items", .integer(analysis.scoredCount)),
            ("clusters", .integer(analysis.clusterCount)), ("cluster_unit", .string(analysis.clusterUnit)),
            (
                "means",
                .array(
                    analysis.summaries.map { summary in
                        .object([
                            ("modality", .string(summary.modality)),
                            ("quantity", .string(summary.quantity.rawValue)),
                            ("mean", number(summary.overall.mean)), ("low", number(summary.overall.low)),
                            ("high", number(summary.overall.high)), ("n", .integer(summary.overall.n)),
                        ])
                    })
            ),
            (
                "findings",
                .array(
                    analysis.findings.map { finding in
                        .object([
                            ("kind", .string(finding.kind.rawValue)),
                            ("modality", .optional(finding.modality)),
                            ("quantity", .optional(finding.quantity?.rawValue)),
                            ("contrast", .string(finding.contrast)), ("estimate", number(finding.estimate)),
                            ("low", number(finding.low)), ("high", number(finding.high)),
                            ("p", number(finding.p)), ("p_holm", number(finding.adjustedP)),
                            ("n", .integer(finding.n)), ("clusters", .integer(finding.clusters)),
                            ("verdict", .string(finding.verdict.rawValue)),
                            ("sentence", .string(analysis.sentence(finding))),
                        ])
                    })
            ),
        ])
        return root.text() + "\n"
    }
}
