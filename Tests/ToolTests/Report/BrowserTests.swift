import Foundation
import TAVSEAnalysis
import TestSupport
import Testing

@Suite(.enabled(if: Browser.path != nil, "no Chromium is installed on this machine"), .serialized)
struct BrowserTests {
    /// A report with hostile names and recordings, made through the binary.
    private func page() throws -> (folder: TemporaryFolder, html: String) {
        let folder = try TemporaryFolder()
        var table = "system,speaker,utterance,snr_db,pesq\n"
        for speaker in 0..<14 {
            for (system, gain) in [
                ("A", 0.0), ("<script>document.title='hacked'<script>", 0.4),
                ("\"><img src=x onerror=alert(1)>", -0.3),
            ] {
                let name = "\"" + system.replacing("\"", with: "\"\"") + "\""
                for snr in [-5, 5] {
                    let score = 2 + gain + 0.05 * Double(snr) + 0.02 * Double((speaker * 7 + snr) % 5)
                    table += "\(name),s\(speaker),u\(speaker),\(snr),\(score)\n"
                }
            }
        }
        _ = try folder.write(table, to: "scores.csv")
        let imported = try Tool.report.run(["import", "scores.csv", "--db", "x.sqlite"], in: folder.path)
        #expect(imported.exitCode == 0, "\(imported)")
        let report = try Tool.report.run(
            ["--db", "x.sqlite", "--out", "out", "--format", "html"], in: folder.path)
        #expect(report.exitCode == 0, "\(report)")
        return (folder, folder.path + "/out/report.html")
    }

    @Test("light and dark show page, text and plot colours; the two differ (screenshot)")
    func screenshots() throws {
        let (folder, html) = try page()
        let light = try #require(
            try Browser.picture(of: html, dark: false, width: 1200, height: 3000, folder: folder.path))
        let dark = try #require(
            try Browser.picture(of: html, dark: true, width: 1200, height: 3000, folder: folder.path))
        #expect(light.width == 1200 && light.height == 3000)
        // Background, and the plots' first two series and verdict colours.
        #expect(light.share(of: (255, 255, 255)) > 0.6)
        #expect(dark.share(of: (0x14, 0x17, 0x1B)) > 0.6)
        for colour in [(0xC2, 0x49, 0x1D), (0x0A, 0x7F, 0x5C)] {
            #expect(light.share(of: colour) > 5e-5, "\(colour)")
        }
        for colour in [(0xF0, 0x8A, 0x5D), (0x4C, 0xC9, 0xA0)] {
            #expect(dark.share(of: colour) > 5e-5, "\(colour)")
        }
        #expect(light.share(of: (0x1B, 0x1F, 0x24)) > 0.002)
        #expect(dark.share(of: (0xEC, 0xEF, 0xF3)) > 0.002)
    }

    @Test("headings sort their column both ways, hostile names stay text, nothing is cut off (document)")
    func behaviour() throws {
        let (folder, html) = try page()
        let probe = """
            <script nonce="report">
            const note = (name, value) => document.body.setAttribute("data-" + name, value);
            const table = document.querySelector("#table-overview"), button = table.querySelectorAll("thead button")[1];
            const values = () => [...table.tBodies[0].rows].map(row => Number(row.cells[1].dataset.sort));
            button.click(); const up = values(); button.click(); const down = values();
            note("sorted", up.every((x, i) => i === 0 || up[i - 1] <= x) && down.every((x, i) => i === 0 || down[i - 1] >= x));
            note("rows", up.length);
            note("images", document.querySelectorAll("img").length);
            note("cut", [...document.querySelectorAll("svg text")].filter(text => {
              const box = text.getBoundingClientRect(), page = text.ownerSVGElement.getBoundingClientRect();
              return box.left < page.left - 1 || box.right > page.right + 1 || box.bottom > page.bottom + 1;
            }).length);
            note("titled", document.title);
            </script>
            """
        let text = try String(contentsOfFile: html, encoding: .utf8)
        let probed = try folder.write(text.replacing("</body>", with: probe + "</body>"), to: "probe.html")
        let document = try Browser.document(of: probed, folder: folder.path)
        #expect(document.contains("data-sorted=\"true\""))
        #expect(document.contains("data-rows=\"3\""))
        #expect(document.contains("data-images=\"0\""))
        #expect(
            document.contains("data-cut=\"0\""),
            "\(document.firstMatch(of: /data-cut="\d+"/)?.output ?? "none")")
        #expect(document.contains("data-titled=\"Comparison of speech enhancement systems\""))
    }
}
