/// A table of text cells that already have their digits; renderers add only the format's markup.
public struct ReportTable: Sendable, Equatable {
    /// Which side a column's text stands on.
    public enum Alignment: Sendable, Equatable {
        /// Words.
        case leading
        /// Numbers.
        case trailing
    }

    /// A column's heading.
    public struct Column: Sendable, Equatable {
        /// Heading with unit and direction arrow, e.g. "SI-SNR ↑ (dB)".
        public var title: String
        /// Side of its text.
        public var alignment: Alignment

        /// Describes a column; see the properties.
        public init(_ title: String, _ alignment: Alignment = .trailing) {
            self.title = title
            self.alignment = alignment
        }
    }

    /// How a cell's statement leans, shown as colour where a format has it (the words stand alone without).
    public enum Tone: String, Sendable {
        /// In favour of the first or the best.
        case good
        /// Against.
        case bad
        /// Neither, or not known.
        case plain
        /// Needs attention.
        case warning
    }

    /// One cell.
    public struct Cell: Sendable, Equatable {
        /// What is printed.
        public var text: String
        /// Number by which a reader may sort; nil sorts by text.
        public var sortKey: Double?
        /// Best of its column: bold.
        public var isBest: Bool
        /// Colour.
        public var tone: Tone

        /// Describes a cell; see the properties.
        public init(_ text: String, sortKey: Double? = nil, isBest: Bool = false, tone: Tone = .plain) {
            self.text = text
            self.sortKey = sortKey
            self.isBest = isBest
            self.tone = tone
        }
    }

    /// One row.
    public struct Row: Sendable, Equatable {
        /// One cell per column.
        public var cells: [Cell]
        /// Whether this is a reference (noisy input, oracle) rather than a system under test.
        public var isReference: Bool
        /// Whether a thin line separates it from the row before.
        public var startsGroup: Bool

        /// Describes a row; see the properties.
        public init(_ cells: [Cell], isReference: Bool = false, startsGroup: Bool = false) {
            self.cells = cells
            self.isReference = isReference
            self.startsGroup = startsGroup
        }
    }

    /// Stable name, used for anchors and LaTeX labels.
    public var id: String
    /// What it shows and how to read it.
    public var caption: String
    /// Headings.
    public var columns: [Column]
    /// Rows; each has as many cells as there are columns.
    public var rows: [Row]
    /// Remarks that stand under the table.
    public var notes: [String]

    /// Describes a table; see the properties.
    public init(id: String, caption: String, columns: [Column], rows: [Row], notes: [String] = []) {
        self.id = id
        self.caption = caption
        self.columns = columns
        self.rows = rows
        self.notes = notes
    }
}
