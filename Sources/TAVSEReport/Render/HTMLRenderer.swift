import Foundation
import TAVSEBase

/// One HTML file that needs nothing else: styles, script, pictures and sound are inside, and a content security policy
/// forbids everything from outside. Every text from the store is escaped.
public struct HTMLRenderer: Sendable {
    /// Makes a renderer.
    public init() {}

    /// The whole page.
    public func render(_ document: ReportDocument) -> String {
        var html = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; media-src data:; \
            style-src 'nonce-report'; script-src 'nonce-report'; base-uri 'none'; form-action 'none'">
            <title>\(Markup.escape(document.title))</title>
            <style nonce="report">
            \(HTMLStyle.css)\(PlotStyle.css)</style>
            </head>
            <body>
            <header>
            <h1>\(Markup.escape(document.title))</h1>

            """
        html += list(document.lead, style: "lead")
        html += "<nav aria-label=\"Contents\">"
        html += document.sections.map { "<a href=\"#\($0.id)\">\(Markup.escape($0.title))</a>" }.joined()
        html += "<a href=\"#notes\">Notes</a></nav>\n</header>\n<main>\n"
        for section in document.sections {
            html += "<section id=\"\(section.id)\">\n<h2>\(Markup.escape(section.title))</h2>\n"
            for block in section.blocks { html += render(block) }
            html += "</section>\n"
        }
        html +=
            "<section id=\"notes\">\n<h2>Notes</h2>\n\(list(document.footer, style: "notes"))</section>\n</main>\n"
        html += "<script nonce=\"report\">\n\(HTMLStyle.script)</script>\n</body>\n</html>\n"
        return html
    }

    private func render(_ block: ReportDocument.Block) -> String {
        switch block {
        case .paragraph(let text): "<p>\(typeset(text))</p>\n"
        case .list(let items): list(items, style: "plain")
        case .table(let table): render(table)
        case .figure(let figure):
            "<figure id=\"figure-\(figure.id)\">\n<div class=\"scroll\">\(figure.inline)</div>\n"
                + "<figcaption>\(typeset(figure.caption))</figcaption>\n</figure>\n"
        case .listening(let panel): render(panel)
        }
    }

    private func typeset(_ text: String) -> String { Markup.escape(Typography.typeset(text)) }

    private func list(_ items: [String], style: String) -> String {
        guard !items.isEmpty else { return "" }
        return "<ul class=\"\(style)\">\n" + items.map { "<li>\(typeset($0))</li>\n" }.joined() + "</ul>\n"
    }

    private func render(_ table: ReportTable) -> String {
        var html = "<div class=\"scroll\">\n<table id=\"table-\(table.id)\" class=\"sortable\">\n"
        html += "<caption>\(typeset(table.caption))</caption>\n<thead><tr>"
        for column in table.columns {
            let side = column.alignment == .trailing ? " class=\"number\"" : ""
            html += "<th scope=\"col\"\(side)><button type=\"button\">\(typeset(column.title))</button></th>"
        }
        html += "</tr></thead>\n<tbody>\n"
        for row in table.rows {
            let styles = [row.isReference ? "reference" : nil, row.startsGroup ? "group" : nil].compactMap {
                $0
            }
            html += styles.isEmpty ? "<tr>" : "<tr class=\"\(styles.joined(separator: " "))\">"
            for (index, cell) in row.cells.enumerated() {
                var styles = cell.tone == .plain ? [] : [cell.tone.rawValue]
                if table.columns[index].alignment == .trailing { styles.append("number") }
                let style = styles.isEmpty ? "" : " class=\"\(styles.joined(separator: " "))\""
                let key = cell.sortKey.map { " data-sort=\"\(NumberText.exact($0))\"" } ?? ""
                let content = cell.isBest ? "<strong>\(typeset(cell.text))</strong>" : typeset(cell.text)
                let tag = index == 0 ? "th scope=\"row\"" : "td"
                html += "<\(tag)\(style)\(key)>\(content)</\(index == 0 ? "th" : "td")>"
            }
            html += "</tr>\n"
        }
        html += "</tbody>\n</table>\n</div>\n"
        return html + list(table.notes, style: "notes")
    }

    private func render(_ panel: ListeningPanel) -> String {
        var html = ""
        for item in panel.items {
            html +=
                "<article class=\"listening\">\n<h3>\(Markup.escape(item.title))</h3>\n<p>\(typeset(item.reason))</p>\n"
            html += "<div class=\"clips\">\n"
            for clip in item.clips {
                let label = Markup.escape(clip.label)
                html += "<div class=\"clip\">\n<h4>\(label)</h4>\n"
                if let spectrogram = clip.spectrogram {
                    html +=
                        "<img alt=\"Spectrogram of \(label)\" src=\"data:image/png;base64,\(base64(spectrogram))\">\n"
                }
                html +=
                    "<audio controls preload=\"none\" src=\"data:\(clip.mediaType);base64,\(base64(clip.audio))\"></audio>\n"
                html += clip.scores.isEmpty ? "" : "<p>\(typeset(clip.scores.joined(separator: " · ")))</p>\n"
                html += "</div>\n"
            }
            html += "</div>\n</article>\n"
        }
        if !panel.missing.isEmpty {
            html += "<p>Recordings named in the store that could not be read:</p>\n"
            html += list(panel.missing, style: "notes")
        }
        return html
    }

    private func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
