import TAVSEAnalysis
import TAVSEBase
import TAVSESignal
import TAVSEStore

/// A gate analysis in every format. Same store, same bytes.
public struct GateReport: Sendable {
    /// File formats.
    public enum Format: String, Sendable, CaseIterable {
        case markdown = "md"
        case csv
        case html
        case json

        /// Name of the file in an output folder.
        public var fileName: String { "gates." + rawValue }
    }

    /// Everything that is said.
    public let analysis: GateAnalysis
    /// Version of the tool, for the notes.
    public let toolVersion: String

    /// Folder of the pictures inside an output folder.
    public static let figureFolder = "figures"

    /// Describes a report; see the properties.
    public init(_ analysis: GateAnalysis, toolVersion: String) {
        self.analysis = analysis
        self.toolVersion = toolVersion
    }

    /// The report as one text.
    ///
    /// - Parameter figureFolder: where Markdown finds the pictures; nil leaves them out.
    public func text(_ format: Format, figureFolder: String? = nil) -> String {
        switch format {
        case .markdown: MarkdownRenderer(figureFolder: figureFolder).render(document)
        case .html: HTMLRenderer().render(document)
        case .csv: GateFacts.csv(analysis)
        case .json: GateFacts.json(analysis)
        }
    }

    /// The report without a format.
    public var document: ReportDocument { GateReportBuilder(analysis, toolVersion: toolVersion).document() }

    /// Writes files into a folder, which is made when it does not exist, and pictures beside Markdown.
    ///
    /// - Returns: paths of the files written.
    /// - Throws: ``ReportError/cannotWrite(path:reason:)``.
    public func write(
        _ formats: [Format] = Format.allCases, to folder: String
    ) throws(ReportError) -> [String] {
        try OutputFolder.make(folder)
        var written: [String] = []
        for format in formats {
            let path = folder + "/" + format.fileName
            try OutputFolder.write(text(format, figureFolder: Self.figureFolder), to: path)
            written.append(path)
        }
        if formats.contains(.markdown) {
            try OutputFolder.make(folder + "/" + Self.figureFolder)
            for figure in document.figures {
                let path = "\(folder)/\(Self.figureFolder)/\(figure.id).svg"
                try OutputFolder.write(figure.file, to: path)
                written.append(path)
            }
        }
        return written
    }
}

/// Every stored gate of a run as CSV, one token per line.
public enum GateRowExport {
    /// Column names.
    public static let columns = [
        "system", "run", "utterance", "speaker", "split", "snr_db", "noise_type", "modality", "frequency_row",
        "time_slot", "mean", "p10", "p50", "p90", "effective_contribution", "item",
    ]

    /// Hands over the text line by line, the heading first.
    public static func write(
        _ table: GateTable, overview: RunOverview, _ body: (String) throws -> Void
    ) rethrows {
        try body(CSV.line(columns))
        for row in 0..<table.rowCount {
            let item = table.items[Int(table.item[row])]
            let description = item.description
            let contribution = table.effectiveContribution[row]
            try body(
                CSV.line([
                    overview.run.system, String(overview.id.rawValue), description.utterance,
                    description.speaker ?? "", description.split ?? "",
                    description.snrDB.map(NumberText.exact) ?? "", description.noiseType ?? "",
                    table.modalities[Int(table.modality[row])], String(table.frequencyRow[row]),
                    String(table.timeSlot[row]), NumberText.exact(table.mean[row]),
                    NumberText.exact(table.p10[row]), NumberText.exact(table.p50[row]),
                    NumberText.exact(table.p90[row]),
                    contribution.isNaN ? "" : NumberText.exact(contribution),
                    item.key,
                ]))
        }
    }
}
