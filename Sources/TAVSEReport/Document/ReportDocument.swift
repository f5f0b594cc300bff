/// A report without a format: what every renderer reads, so that all formats say the same.
public struct ReportDocument: Sendable, Equatable {
    /// One part of the report.
    public struct Section: Sendable, Equatable {
        /// Stable name, an anchor and the stem of file names: lower-case ASCII letters, digits and hyphens.
        public var id: String
        /// Heading.
        public var title: String
        /// What it holds, in order.
        public var blocks: [Block]

        /// Describes a section; see the properties.
        public init(id: String, title: String, blocks: [Block] = []) {
            self.id = id
            self.title = title
            self.blocks = blocks
        }
    }

    /// A piece of a section.
    public enum Block: Sendable, Equatable {
        /// Running text.
        case paragraph(String)
        /// Short statements.
        case list([String])
        /// A table.
        case table(ReportTable)
        /// A picture.
        case figure(Figure)
        /// Utterances to listen to.
        case listening(ListeningPanel)
    }

    /// A picture drawn by us, as SVG.
    public struct Figure: Sendable, Equatable {
        /// Stable name and stem of the file.
        public var id: String
        /// What it shows; also its text for readers that cannot see it.
        public var caption: String
        /// Width in pixels.
        public var width: Double
        /// Height in pixels.
        public var height: Double
        /// Elements inside the `svg` element.
        public var elements: String

        /// Describes a figure; see the properties.
        public init(id: String, caption: String, width: Double, height: Double, elements: String) {
            self.id = id
            self.caption = caption
            self.width = width
            self.height = height
            self.elements = elements
        }
    }

    /// Title.
    public var title: String
    /// The answer first: a few sentences before any table.
    public var lead: [String]
    /// The body.
    public var sections: [Section]
    /// What a reviewer asks: counts, settings, signatures, provenance, caveats.
    public var footer: [String]

    /// Describes a report; see the properties.
    public init(title: String, lead: [String], sections: [Section], footer: [String]) {
        self.title = title
        self.lead = lead
        self.sections = sections
        self.footer = footer
    }

    /// All figures in order.
    public var figures: [Figure] {
        sections.flatMap(\.blocks).compactMap { block in
            if case .figure(let figure) = block { figure } else { nil }
        }
    }
}
