/// Colours and lines of the pictures, for screens light and dark and for paper.
///
/// Eight hues that stay apart for colour-blind readers (after Okabe & Ito's set, darkened or lightened until each keeps a
/// contrast of at least 3:1 with its background); series also differ by marker and dash.
enum PlotStyle {
    /// Class of the n-th system.
    static func series(_ index: Int) -> String { "s\(index % lightHues.count)" }
    /// Class of a reference row (noisy input, oracle).
    static let reference = "ref"

    private static let lightHues = [
        "#0b63a5", "#c2491d", "#0a7f5c", "#8448a3", "#9a6a00", "#bb3468", "#2f7787", "#5c5c5c",
    ]
    private static let darkHues = [
        "#6db1f0", "#f08a5d", "#4cc9a0", "#c79be0", "#e0b040", "#f07fae", "#7cc3d3", "#b8b8b8",
    ]

    private static func colours(
        hues: [String], reference: String, ink: String, soft: String, grid: String, page: String,
        good: String,
        bad: String, even: String
    ) -> String {
        var rules = [
            ".ink{fill:\(ink)}", ".soft{fill:\(soft)}", ".axis{stroke:\(soft)}", ".grid{stroke:\(grid)}",
            ".zero{stroke:\(ink)}", ".strong{stroke:\(ink)}", ".page{fill:\(page)}", ".band{fill:\(grid)}",
            ".good .shape{fill:\(good)}", ".bad .shape{fill:\(bad)}", ".even .shape{fill:\(even)}",
            ".good .word{fill:\(good)}", ".bad .word{fill:\(bad)}", ".even .word{fill:\(soft)}",
        ]
        for (index, hue) in (hues + [reference]).enumerated() {
            let name = index < hues.count ? "s\(index)" : Self.reference
            rules.append(".\(name) .stroke{stroke:\(hue)}.\(name) .fill{fill:\(hue)}")
        }
        return rules.map { "svg.plot " + $0.replacing("}.", with: "}svg.plot .") }.joined(separator: "\n")
    }

    /// Style sheet for pictures of class `plot`.
    static let css: String = {
        let shared = """
            svg.plot{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
            svg.plot text{font-size:12px}
            svg.plot .title{font-size:13px;font-weight:600}
            svg.plot .small{font-size:11px}
            svg.plot .axis,svg.plot .grid{stroke-width:1;fill:none}
            svg.plot .zero{stroke-width:1;stroke-dasharray:4 3;fill:none}
            svg.plot .strong{stroke-width:2;fill:none}
            svg.plot .clique{stroke-width:5;stroke-linecap:round;fill:none}
            svg.plot .stroke{stroke-width:2;fill:none;stroke-linejoin:round}
            svg.plot .whisker{stroke-width:1.5}
            svg.plot .dash1{stroke-dasharray:7 4}svg.plot .dash2{stroke-dasharray:2 3}svg.plot .dash3{stroke-dasharray:9 3 2 3}
            svg.plot .ref .line{stroke-dasharray:1 4;stroke-linecap:round}
            svg.plot .shape{opacity:.38}
            """
        let light = colours(
            hues: lightHues, reference: "#6f6f6f", ink: "#1b1f24", soft: "#59626d", grid: "#e3e6ea",
            page: "#ffffff",
            good: "#0a7f5c", bad: "#c2491d", even: "#7d8792")
        let dark = colours(
            hues: darkHues, reference: "#a0a0a0", ink: "#eceff3", soft: "#a9b2bd", grid: "#31373f",
            page: "#14171b",
            good: "#4cc9a0", bad: "#f08a5d", even: "#8b95a1")
        return shared + "\n" + light + "\n@media screen and (prefers-color-scheme:dark){\n" + dark + "\n}\n"
    }()
}

extension ReportDocument.Figure {
    /// The `svg` element for use inside HTML, whose style sheet holds ``PlotStyle/css``.
    var inline: String {
        "<svg class=\"plot\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(SVGCanvas.number(width)) \(SVGCanvas.number(height))\""
            + " width=\"\(SVGCanvas.number(width))\" height=\"\(SVGCanvas.number(height))\" role=\"img\""
            + " aria-label=\"\(Markup.escape(caption))\">\n\(elements)</svg>"
    }

    /// A complete SVG file with its own style sheet and background.
    public var file: String {
        let opening = inline.prefix { $0 != ">" } + ">\n"
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + opening
            + "<title>\(Markup.escape(caption))</title>\n<style>\n\(PlotStyle.css)</style>\n"
            + "<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n" + elements + "</svg>\n"
    }
}
