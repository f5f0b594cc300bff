import TAVSEBase

/// A table of scores made by any other tool, read into columns.
///
/// Rows stream through a fixed buffer; what stays in memory is ten bytes per score and one record per item. Empty, NaN and
/// infinite cells are kept as failed scores with their reason: never dropped, never replaced by a number.
public struct ScoreFile: Sendable {
    /// The scores; items sorted, systems and metrics in order of appearance.
    public var table: ScoreTable
    /// Rows read.
    public var rowCount: Int
    /// Scores that are not a finite number.
    public var failedCount: Int
    /// Shape of the table.
    public var layout: ImportOptions.Layout
    let vocabulary: MetricVocabulary
    /// What a user should know, e.g. an assumed direction.
    public var warnings: [String]

    /// Reads a file.
    /// - Throws: ``ImportError`` with file, line and column.
    public init(path: String, options: ImportOptions = ImportOptions()) throws(ImportError) {
        if let name = options.lowerIsBetter.intersection(options.higherIsBetter).min() {
            throw .contradictoryDirection(name: name)
        }
        var reader = try CSVReader(path: path)
        guard try reader.next() else { throw .empty(path: path) }
        var names: [String] = []
        for index in reader.fields.indices {
            guard let name = reader.text(of: index) else {
                throw .invalidText(path: path, line: 1, column: "\(index + 1)")
            }
            names.append(name)
        }
        let heading = try ImportHeading(names: names, options: options, path: path)
        var collector = ScoreCollector(path: path, heading: heading, options: options)
        while try reader.next() { try collector.add(reader) }
        try collector.checkComplete()
        layout = heading.layout
        vocabulary = options.vocabulary
        rowCount = collector.rowCount
        failedCount = collector.failedCount
        warnings = collector.warnings
        table = collector.table()
    }
}
