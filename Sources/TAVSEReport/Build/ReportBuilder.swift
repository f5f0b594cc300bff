import TAVSEAnalysis
import TAVSEStore

/// Puts a comparison into tables, pictures and sentences.
///
/// A pure function of its inputs: no clock, no locale, no file but the recordings that the store names.
public struct ReportBuilder {
    /// What is to be in the report.
    public struct Options: Sendable, Equatable {
        /// Version written into the footer.
        public var toolVersion: String
        /// Best and worst utterances to listen to, each; 0 leaves the recordings out.
        public var listeningCount: Int
        /// Whether pictures are drawn.
        public var hasFigures: Bool

        /// Describes a report; see the properties.
        public init(toolVersion: String, listeningCount: Int = 3, hasFigures: Bool = true) {
            self.toolVersion = toolVersion
            self.listeningCount = listeningCount
            self.hasFigures = hasFigures
        }
    }

    let comparison: Comparison
    let source: ReportSource
    let options: Options
    /// File-name stems of the metrics.
    let stems: [String]

    /// Makes a builder.
    /// - Parameters:
    ///   - comparison: made from the source's table.
    ///   - source: scores, runs and recordings.
    public init(comparison: Comparison, source: ReportSource, options: Options) {
        self.comparison = comparison.referencesFirstAndLast()
        self.source = source
        self.options = options
        stems = ReportLabels.stems(comparison.metrics.map(\.name))
    }

    /// Names of the systems under test.
    var compared: [String] {
        comparison.systems.filter { $0.kind == ScoreTable.System.Kind.enhanced.rawValue }.map(\.name)
    }

    /// "speakers", or what stands for them.
    var clusterUnits: String {
        comparison.settings.clusterUnit.split(separator: " ").map { $0 == "or" ? "or" : $0 + "s" }.joined(
            separator: " ")
    }

    /// The report.
    public func document() -> ReportDocument {
        var sections: [ReportDocument.Section] = []
        if let improvements = improvementTable() {
            sections.append(
                .init(id: "improvement", title: "Does it help", blocks: [.table(improvements)]))
        }
        if !comparison.pairs.isEmpty {
            sections.append(.init(id: "verdicts", title: "Which system is better", blocks: verdictBlocks()))
        }
        sections.append(.init(id: "summary", title: "Scores", blocks: summaryBlocks()))
        for conditions in [ConditionAxis.snr(comparison), .noise(comparison)].compactMap({ $0 }) {
            sections.append(
                .init(id: conditions.id, title: conditions.title, blocks: conditionBlocks(conditions)))
        }
        if !comparison.pairs.isEmpty {
            sections.append(.init(id: "pairs", title: "Pairwise comparisons", blocks: pairBlocks()))
        }
        if comparison.omnibus.values.contains(where: \.isInformative) {
            sections.append(.init(id: "omnibus", title: "All systems at once", blocks: omnibusBlocks()))
        }
        if !comparison.failedRows.isEmpty {
            sections.append(.init(id: "failures", title: "Failed scores", blocks: [.table(failureTable())]))
        }
        if options.listeningCount > 0, let panel = ListeningBuilder(self).panel() {
            sections.append(.init(id: "listening", title: "Listen", blocks: [.listening(panel)]))
        }
        return ReportDocument(
            title: "Comparison of speech enhancement systems", lead: lead(), sections: sections,
            footer: footer())
    }

    /// The answer in sentences.
    private func lead() -> [String] {
        let settings = comparison.settings
        var lines = [
            "\(Self.count(compared.count, "system")), \(Self.count(comparison.metrics.count, "metric")), "
                + "\(Self.count(settings.nItems, "item")), \(settings.nClusters) "
                + (settings.nClusters == 1 ? settings.clusterUnit : clusterUnits) + "."
        ]
        for run in source.runs {
            if let partial = run.partialText { lines.append("Not complete: \(run.run.system), \(partial).") }
        }
        lines += improvementLead()
        if compared.count < 2 {
            if comparison.improvements == nil {
                lines.append(
                    "Nothing to compare: a comparison needs two systems, or one and the noisy input.")
            }
            return lines + fewSpeakersLead()
        }
        lines += fewSpeakersLead()
        let pairs = Self.unique(comparison.pairs.map { [$0.first, $0.second] })
        guard pairs.count <= Self.sentenceLimit else {
            lines.append("\(pairs.count) pairs of systems; the first table has the verdicts.")
            return lines
        }
        for names in pairs {
            let cells = comparison.pairs.filter { [$0.first, $0.second] == names }
            lines.append(
                "\(names.joined(separator: " against ")): \(Self.sentence(cells, comparison.metrics)).")
        }
        return lines
    }

    /// More pairs than this are left to the table.
    private static let sentenceLimit = 10

    static func sentence(_ cells: [PairComparison], _ metrics: [Comparison.MetricInfo]) -> String {
        let words: [(PairComparison.Verdict, String)] = [
            (.firstBetter, "better in"), (.secondBetter, "worse in"), (.equivalent, "equivalent in"),
            (.noData, "no scores in common in"),
            (.noConclusion, "no conclusion in"), (.cannotBeSignificant, "too few speakers to tell in"),
        ]
        let parts = words.compactMap { verdict, word -> String? in
            let names = cells.filter { $0.verdict == verdict }.compactMap { cell in
                metrics.first { $0.name == cell.metric }.map(ReportLabels.name)
            }
            return names.isEmpty ? nil : "\(word) \(names.joined(separator: ", "))"
        }
        return parts.joined(separator: "; ")
    }

    static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    static func unique<Value: Hashable>(_ values: [Value]) -> [Value] {
        var seen: Set<Value> = []
        return values.filter { seen.insert($0).inserted }
    }
}

extension Comparison {
    /// The noisy input before the systems and the oracle after them, as a reader expects floor and ceiling.
    func referencesFirstAndLast() -> Comparison {
        var copy = self
        let noisy = systems.filter { $0.kind == ScoreTable.System.Kind.noisy.rawValue }
        let others = systems.filter { $0.kind != ScoreTable.System.Kind.noisy.rawValue }
        copy.systems = noisy + others
        return copy
    }
}
