/// Markdown that also reads as plain text: padded columns, best in bold, numbers on the right.
///
/// Widths count characters (grapheme clusters), which is what a terminal shows for the scripts used here.
public struct MarkdownRenderer: Sendable {
    /// Folder of the figures relative to the file, without a slash at its end; nil leaves figures out.
    public var figureFolder: String?

    /// Makes a renderer.
    /// - Parameter figureFolder: folder of the SVG files relative to the Markdown file; nil leaves figures out.
    public init(figureFolder: String? = nil) {
        self.figureFolder = figureFolder
    }

    /// The whole report, ending in a newline.
    public func render(_ document: ReportDocument) -> String {
        var lines = ["# " + inline(document.title), ""]
        append(list: document.lead, to: &lines)
        for section in document.sections {
            lines += ["## " + inline(section.title), ""]
            for block in section.blocks { append(block, to: &lines) }
        }
        if !document.footer.isEmpty {
            lines += ["## Notes", ""]
            append(list: document.footer, to: &lines)
        }
        while lines.last == "" { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }

    private func append(_ block: ReportDocument.Block, to lines: inout [String]) {
        switch block {
        case .paragraph(let text): lines += [inline(text), ""]
        case .list(let items): append(list: items, to: &lines)
        case .table(let table):
            lines += ["**" + inline(table.caption) + "**", ""]
            lines += Self.rows(of: table) + [""]
            append(list: table.notes, to: &lines)
        case .figure(let figure):
            guard let figureFolder else { return }
            lines += ["![\(inline(figure.caption))](\(figureFolder)/\(figure.id).svg)", ""]
        case .listening(let panel):
            append(
                list: panel.items.map {
                    "\($0.title): \($0.reason) (\($0.clips.map(\.label).joined(separator: ", ")))"
                },
                to: &lines)
            if !panel.missing.isEmpty {
                lines += [
                    "Recordings that could not be read: \(inline(panel.missing.joined(separator: ", ")))", "",
                ]
            }
        }
    }

    private func append(list items: [String], to lines: inout [String]) {
        guard !items.isEmpty else { return }
        lines += items.map { "- " + inline($0) } + [""]
    }

    /// The table's lines: heading, rule, rows; every column as wide as its widest cell.
    static func rows(of table: ReportTable) -> [String] {
        let headings = table.columns.map { cellText($0.title) }
        let body = table.rows.map { row in
            row.cells.map { $0.isBest ? "**\(cellText($0.text))**" : cellText($0.text) }
        }
        let widths = headings.indices.map { column in
            max(3, ([headings] + body).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0)
        }
        func line(_ cells: [String]) -> String {
            "| "
                + table.columns.indices.map { column in
                    let text = column < cells.count ? cells[column] : ""
                    let padding = String(repeating: " ", count: max(0, widths[column] - text.count))
                    return table.columns[column].alignment == .trailing ? padding + text : text + padding
                }.joined(separator: " | ") + " |"
        }
        let rule =
            "|"
            + table.columns.indices.map { column in
                let dashes = String(repeating: "-", count: widths[column] + 1)
                return table.columns[column].alignment == .trailing ? dashes + ":" : ":" + dashes
            }.joined(separator: "|") + "|"
        return [line(headings), rule] + body.map(line)
    }

    /// Text inside a table cell: one line, pipes escaped, markup characters of hostile names made harmless.
    private static func cellText(_ text: String) -> String { escape(text).replacing("|", with: "\\|") }

    private func inline(_ text: String) -> String { Self.escape(text) }

    /// Backslash-escapes what Markdown or HTML would act on; line breaks become spaces, control characters "�".
    static func escape(_ text: String) -> String {
        let characters = Array(text)
        var result = ""
        for (index, character) in characters.enumerated() {
            let previous = index > 0 ? characters[index - 1] : " "
            let next = index + 1 < characters.count ? characters[index + 1] : " "
            switch character {
            case "\\", "`", "*": result += "\\\(character)"
            case "<" where next.isLetter || "/!?".contains(next): result += "\\<"
            case "&" where next.isLetter || next == "#": result += "\\&"
            case "#" where index == 0, ">" where index == 0: result += "\\\(character)"
            case "[" where previous == "!": result += "\\["
            case "(" where previous == "]": result += "\\("
            case "_" where !(previous.isLetter || previous.isNumber): result += "\\_"
            default:
                if character.isNewline {
                    result += " "
                } else if character.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) {
                    result += "\u{FFFD}"
                } else {
                    result.append(character)
                }
            }
        }
        return result
    }
}
