/// A LaTeX document of booktabs tables that compiles with pdflatex as it is; each table can be cut out and pasted.
public struct LaTeXRenderer: Sendable {
    /// Makes a renderer.
    public init() {}

    /// The whole report, ending in a newline.
    public func render(_ document: ReportDocument) -> String {
        var lines = [
            "% Compiles as it is with pdflatex; a table between \\begin{table} and \\end{table} needs only booktabs.",
            "\\documentclass[a4paper,10pt]{article}",
            "\\usepackage[T1]{fontenc}",
            "\\usepackage[utf8]{inputenc}",
            "\\IfFileExists{lmodern.sty}{\\usepackage{lmodern}}{}",
            "\\usepackage{booktabs}",
            "\\usepackage[margin=2cm]{geometry}",
            "\\usepackage{graphicx} % \\resizebox, for tables wider than the page",
            "\\begin{document}",
            "\\section*{\(Self.escape(document.title))}",
        ]
        append(list: document.lead, to: &lines)
        for section in document.sections {
            let blocks = section.blocks.filter { block in
                switch block {
                case .figure, .listening: false
                case .paragraph, .list, .table: true
                }
            }
            guard !blocks.isEmpty else { continue }
            lines += ["", "\\subsection*{\(Self.escape(section.title))}"]
            for block in blocks {
                switch block {
                case .paragraph(let text): lines += [Self.escape(text), ""]
                case .list(let items): append(list: items, to: &lines)
                case .table(let table): append(table, to: &lines)
                case .figure, .listening: break
                }
            }
        }
        lines += ["", "\\subsection*{Notes}"]
        append(list: document.footer, to: &lines)
        return (lines + ["\\end{document}"]).joined(separator: "\n") + "\n"
    }

    private func append(list items: [String], to lines: inout [String]) {
        guard !items.isEmpty else { return }
        lines += ["\\begin{itemize}"] + items.map { "  \\item " + Self.escape($0) } + ["\\end{itemize}"]
    }

    /// Tables longer than this are split, because a float cannot break across pages.
    static let rowsPerTable = 40

    private func append(_ table: ReportTable, to lines: inout [String]) {
        let starts =
            table.rows.isEmpty ? [0] : Array(stride(from: 0, to: table.rows.count, by: Self.rowsPerTable))
        for start in starts {
            let part = table.rows[start..<min(table.rows.count, start + Self.rowsPerTable)]
            let label = start == 0 ? table.id : "\(table.id)-\(start / Self.rowsPerTable + 1)"
            let suffix = start == 0 ? "" : " (continued)"
            lines += [
                "\\begin{table}[htbp]", "  \\centering",
                "  \\caption{\(Self.escape(table.caption + suffix))}",
                "  \\label{tab:\(label)}",
                "  \\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%",
                "  \\begin{tabular}{\(table.columns.map { $0.alignment == .trailing ? "r" : "l" }.joined())}",
                "    \\toprule",
                "    " + table.columns.map { Self.escape($0.title) }.joined(separator: " & ") + " \\\\",
                "    \\midrule",
            ]
            for (index, row) in part.enumerated() {
                if row.startsGroup, index > 0 { lines.append("    \\addlinespace") }
                lines.append("    " + row.cells.map(Self.cell).joined(separator: " & ") + " \\\\")
            }
            lines += ["    \\bottomrule", "  \\end{tabular}}"]
            lines += table.notes.map { "  \\par\\smallskip{\\footnotesize \(Self.escape($0))}" }
            lines += ["\\end{table}"]
        }
        lines.append("\\clearpage")
    }

    private static func cell(_ cell: ReportTable.Cell) -> String {
        let text = escape(cell.text)
        // A row that starts with "[" would be read as the optional argument of the line break before it.
        let safe = text.hasPrefix("[") ? "{}" + text : text
        return cell.isBest ? "\\textbf{\(safe)}" : safe
    }

    /// Text that pdflatex prints as it stands; characters outside its fonts become "?" rather than an error.
    static func escape(_ text: String) -> String {
        var result = ""
        let typeset = Typography.typeset(text)
        for character in typeset {
            if character == "-", result.hasSuffix("-") {
                result += "{}-"  // two hyphens would print as a dash
            } else if let replacement = replacements[character] {
                result += replacement
            } else if character.isNewline || character == "\t" {
                result += " "
            } else if character.isASCII {
                result += character.asciiValue.map { $0 >= 32 && $0 < 127 } == true ? String(character) : "?"
            } else if let scalar = character.unicodeScalars.first, character.unicodeScalars.count == 1,
                (0xC0...0xFF).contains(scalar.value), scalar.value != 0xD7, scalar.value != 0xF7
            {
                result.append(character)
            } else {
                result += "?"
            }
        }
        return result
    }

    private static let replacements: [Character: String] = [
        "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "&": "\\&", "#": "\\#", "%": "\\%",
        "_": "\\_", "^": "\\textasciicircum{}", "~": "\\textasciitilde{}", "<": "\\textless{}",
        ">": "\\textgreater{}", "|": "\\textbar{}", "\"": "\\textquotedbl{}", "`": "\\textasciigrave{}",
        "–": "--", "—": "---", "−": "$-$", "±": "$\\pm$", "×": "$\\times$", "·": "$\\cdot$", "÷": "$\\div$",
        "≤": "$\\le$", "≥": "$\\ge$", "≠": "$\\ne$", "≈": "$\\approx$", "↑": "$\\uparrow$",
        "↓": "$\\downarrow$",
        "→": "$\\rightarrow$", "Δ": "$\\Delta$", "α": "$\\alpha$", "δ": "$\\delta$", "χ": "$\\chi$",
        "²": "$^2$",
        "†": "$\\dagger$", "‡": "$\\ddagger$", "∞": "$\\infty$", "…": "\\ldots{}", "“": "``", "”": "''",
        "‘": "`", "’": "'", "\u{00A0}": "~", "\u{2009}": "\\,", "°": "$^\\circ$", "µ": "$\\mu$",
        "⁰": "$^0$", "¹": "$^1$", "³": "$^3$", "⁴": "$^4$", "⁵": "$^5$", "⁶": "$^6$", "⁷": "$^7$",
        "⁸": "$^8$",
        "⁹": "$^9$", "⁻": "$^{-}$", "ß": "{\\ss}",
    ]
}
