import Foundation
import TAVSEBase

/// Elements of a picture, collected as text with fixed two-decimal coordinates so that the same data give the same bytes.
///
/// Colours come from classes (see ``PlotStyle``), never from attributes, so that one picture serves light, dark and paper.
struct SVGCanvas {
    /// Side on which a text stands from its point.
    enum Anchor: String { case start, middle, end }

    private(set) var elements = ""

    /// A coordinate with at most two decimals.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let text = NumberText.fixed(value, decimals: 2)
        var end = text.endIndex
        while end > text.startIndex, text[text.index(before: end)] == "0" { end = text.index(before: end) }
        if end > text.startIndex, text[text.index(before: end)] == "." { end = text.index(before: end) }
        return String(text[..<end])
    }

    /// Text made safe inside an element or a double-quoted attribute; characters XML forbids become "�".
    static func escape(_ text: String) -> String { Markup.escape(text) }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
        elements +=
            "<line class=\"\(style)\" x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\""
            + " x2=\"\(Self.number(x2))\" y2=\"\(Self.number(y2))\"/>\n"
    }

    /// - Parameter opacity: of the filling, 0…1; nil leaves it to the style.
    mutating func rectangle(
        x: Double, y: Double, width: Double, height: Double, radius: Double = 0, opacity: Double? = nil,
        _ style: String
    ) {
        let filling = opacity.map { " fill-opacity=\"\(NumberText.fixed($0, decimals: 3))\"" } ?? ""
        elements +=
            "<rect class=\"\(style)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\""
            + " width=\"\(Self.number(max(0, width)))\" height=\"\(Self.number(max(0, height)))\"" + filling
            + (radius > 0 ? " rx=\"\(Self.number(radius))\"/>\n" : "/>\n")
    }

    mutating func polyline(_ points: [(x: Double, y: Double)], closed: Bool = false, _ style: String) {
        guard let first = points.first else { return }
        let path = points.dropFirst().map { "L\(Self.number($0.x)) \(Self.number($0.y))" }.joined()
        elements +=
            "<path class=\"\(style)\" d=\"M\(Self.number(first.x)) \(Self.number(first.y))\(path)\(closed ? "Z" : "")\"/>\n"
    }

    /// A marker whose shape repeats every four series, so that series differ without colour.
    mutating func marker(_ x: Double, _ y: Double, shape: Int, size: Double = 4, _ style: String) {
        switch shape % 4 {
        case 0:
            elements +=
                "<circle class=\"\(style)\" cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(Self.number(size))\"/>\n"
        case 1:
            rectangle(x: x - size * 0.9, y: y - size * 0.9, width: size * 1.8, height: size * 1.8, style)
        case 2:
            polyline(
                [
                    (x, y - size * 1.25), (x + size * 1.15, y + size * 0.85),
                    (x - size * 1.15, y + size * 0.85),
                ],
                closed: true, style)
        default:
            polyline(
                [(x, y - size * 1.3), (x + size * 1.3, y), (x, y + size * 1.3), (x - size * 1.3, y)],
                closed: true, style)
        }
    }

    mutating func text(
        _ text: String, _ x: Double, _ y: Double, _ anchor: Anchor = .start, _ style: String,
        rotated: Bool = false
    ) {
        let turn = rotated ? " transform=\"rotate(-90 \(Self.number(x)) \(Self.number(y)))\"" : ""
        elements +=
            "<text class=\"\(style)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\""
            + " text-anchor=\"\(anchor.rawValue)\"\(turn)>\(Self.escape(Typography.typeset(text)))</text>\n"
    }

    /// Draws inside a group of a class, e.g. a series' colours.
    mutating func group(_ style: String, _ draw: (inout SVGCanvas) -> Void) {
        elements += "<g class=\"\(style)\">\n"
        draw(&self)
        elements += "</g>\n"
    }

    /// Rough upper width of text in pixels at a font size: for margins, with no font at hand.
    static func textWidth(_ text: String, fontSize: Double) -> Double { Double(text.count) * fontSize * 0.68 }

    /// `text` cut to `limit` characters, with an ellipsis when something was cut.
    static func clipped(_ text: String, to limit: Int) -> String {
        text.count <= limit ? text : String(text.prefix(max(1, limit - 1))) + "…"
    }
}
