import TAVSEAnalysis
import TAVSEStats

/// A report in every format, from one comparison.
public struct Report: Sendable {
    /// File formats.
    public enum Format: String, Sendable, CaseIterable {
        case markdown = "md"
        case csv
        case latex
        case html
        case json

        /// A format by its name; LaTeX is `latex` or `tex`.
        public init?(name: String) {
            guard let format = Format(rawValue: name == "tex" ? "latex" : name == "markdown" ? "md" : name)
            else {
                return nil
            }
            self = format
        }

        /// Name of the file in an output folder.
        public var fileName: String {
            switch self {
            case .markdown: "report.md"
            case .csv: "report.csv"
            case .latex: "report.tex"
            case .html: "report.html"
            case .json: "report.json"
            }
        }
    }

    /// Everything that is said.
    public let comparison: Comparison
    private let source: ReportSource
    private let options: ReportBuilder.Options

    /// Folder of the pictures inside an output folder.
    public static let figureFolder = "figures"

    /// Compares the systems of a source.
    /// - Throws: ``ComparisonError``.
    public init(source: ReportSource, comparison: ComparisonOptions, options: ReportBuilder.Options) throws {
        self.comparison = try Comparison(source.table, options: comparison).withNotes(source.notes)
        self.source = source
        self.options = options
    }

    private func document(listening: Bool, figures: Bool) -> ReportDocument {
        var options = options
        options.hasFigures = figures
        if !listening { options.listeningCount = 0 }
        return ReportBuilder(comparison: comparison, source: source, options: options).document()
    }

    /// One table as a LaTeX fragment for `\\input`.
    public func latexTable(_ kind: LaTeXTable.Kind) -> String {
        LaTeXTable(ReportBuilder(comparison: comparison, source: source, options: options)).render(kind)
    }

    /// The report as one text.
    /// - Parameter figureFolder: where Markdown finds the pictures; nil leaves them out.
    public func text(_ format: Format, figureFolder: String? = nil) throws -> String {
        switch format {
        case .markdown:
            MarkdownRenderer(figureFolder: figureFolder)
                .render(document(listening: false, figures: figureFolder != nil))
        case .csv: FactTable.render(comparison)
        case .latex: LaTeXRenderer().render(document(listening: false, figures: false))
        case .html: HTMLRenderer().render(document(listening: true, figures: true))
        case .json: String(decoding: try comparison.jsonData(), as: UTF8.self) + "\n"
        }
    }

    /// Writes files into a folder, which is made when it does not exist, and pictures where Markdown or HTML is asked for.
    /// - Returns: paths of the files written.
    /// - Throws: ``ReportError/cannotWrite(path:reason:)``.
    public func write(_ formats: [Format], to folder: String) throws -> [String] {
        try OutputFolder.make(folder)
        var written: [String] = []
        func write(_ text: String, _ name: String) throws {
            try OutputFolder.write(text, to: folder + "/" + name)
            written.append(folder + "/" + name)
        }
        for format in formats {
            try write(try text(format, figureFolder: Self.figureFolder), format.fileName)
        }
        if formats.contains(.markdown) || formats.contains(.html) {
            let figures = document(listening: false, figures: true).figures
            if !figures.isEmpty { try OutputFolder.make(folder + "/" + Self.figureFolder) }
            for figure in figures { try write(figure.file, "\(Self.figureFolder)/\(figure.id).svg") }
        }
        return written
    }
}
