import Testing

@testable import TAVSEReport

@Suite struct RendererTests {
    private static let table = ReportTable(
        id: "t", caption: "Scores", columns: [.init("System", .leading), .init("PESQ ↑")],
        rows: [
            .init([.init("a|b"), .init("-1.50", sortKey: -1.5)], isReference: true),
            .init([.init("A & <b>\"x\"</b>"), .init("2.00", sortKey: 2, isBest: true)], startsGroup: true),
        ], notes: ["p = 3.0e-08"])
    private static let document = ReportDocument(
        title: "T", lead: ["One."],
        sections: [
            .init(
                id: "s", title: "Section",
                blocks: [
                    .table(table),
                    .figure(.init(id: "f", caption: "F", width: 10, height: 10, elements: "<g/>\n")),
                ])
        ], footer: ["Note."])

    @Test("Markdown pads its columns and reads as text (whole-file pin)")
    func markdown() {
        #expect(
            MarkdownRenderer(figureFolder: "figures").render(Self.document) == """
                # T

                - One.

                ## Section

                **Scores**

                | System           |   PESQ ↑ |
                |:-----------------|---------:|
                | a\\|b             |    -1.50 |
                | A & \\<b>"x"\\</b> | **2.00** |

                - p = 3.0e-08

                ![F](figures/f.svg)

                ## Notes

                - Note.

                """)
    }

    @Test("a name that holds markup changes nothing outside its cell (property)")
    func hostileHTML() {
        let names = [
            "</script><script>alert(1)</script>", "\" onload=\"x", "'><img src=x>", "a\u{0}b", "&amp;",
        ]
        for name in names {
            let table = ReportTable(
                id: "t", caption: name, columns: [.init(name)], rows: [.init([.init(name)])])
            let document = ReportDocument(
                title: name, lead: [name], sections: [.init(id: "s", title: name, blocks: [.table(table)])],
                footer: [name])
            let plain = ReportDocument(
                title: "x", lead: ["x"],
                sections: [
                    .init(
                        id: "s", title: "x",
                        blocks: [
                            .table(
                                ReportTable(
                                    id: "t", caption: "x", columns: [.init("x")], rows: [.init([.init("x")])])
                            )
                        ])
                ], footer: ["x"])
            func skeleton(_ html: String) -> [Substring] {
                html.matches(of: /<[a-zA-Z\/!][^>]*>/).map(\.output)
            }
            #expect(
                skeleton(HTMLRenderer().render(document)) == skeleton(HTMLRenderer().render(plain)), "\(name)"
            )
        }
    }

    @Test("HTML asks for nothing from the network (property)")
    func selfContained() {
        let html = HTMLRenderer().render(Self.document)
        let addresses = html.matches(of: /https?:[^" ]*/).map { String($0.output) }
        #expect(Set(addresses) == ["http://www.w3.org/2000/svg"])
        #expect(html.contains("default-src 'none'"))
        #expect(html.contains("data-sort=\"-1.5\">−1.50</td>"))
    }

    @Test("LaTeX escapes its special characters (closed form)")
    func latex() {
        #expect(
            LaTeXRenderer.escape("50 % of A_1 & B#2 {x} ~ ^ \\ $")
                == "50 \\% of A\\_1 \\& B\\#2 \\{x\\} \\textasciitilde{} \\textasciicircum{} \\textbackslash{} \\$"
        )
        #expect(
            LaTeXRenderer.escape("-0.5 [3.0e-08] – ↑ 中")
                == "$-$0.5 [3.0 $\\times$ 10$^{-}$$^8$] -- $\\uparrow$ ?")
        #expect(LaTeXRenderer.escape("a--b") == "a-{}-b")
        let text = LaTeXRenderer().render(Self.document)
        #expect(text.contains("\\toprule"))
        #expect(text.contains("\\textbf{2.00}"))
        #expect(text.hasSuffix("\\end{document}\n"))
    }
}
