import Foundation
import Testing

@testable import TAVSECorpus
@testable import TAVSEData

@Suite("LBPCascade") struct LBPCascadeTests {
    private func problem(_ text: String) -> String? {
        do throws(DataError) {
            _ = try LBPCascade(xml: Array(text.utf8), path: "c.xml")
            return nil
        } catch { return error.description }
    }

    @Test("refuses malformed files and says where and why")
    func malformed() throws {
        let good = try String(contentsOfFile: DrawnFace.cascadePath, encoding: .utf8)
        #expect(problem(good) == nil)
        for (from, to, expected) in [
            ("<featureType>LBP", "<featureType>HAAR", "only LBP cascades are read"),
            ("<height>24", "<height>x", "<height>: expected 1 number, found 'x'"),
            ("<height>24", "<height>99999999999999999999", "<height>: expected 1 number"),
            ("<height>24", "<height>2", "a window of 24x2"),
            ("<internalNodes>0 -1 0", "<internalNodes>0 -1 16", "feature 16 of 16"),
            ("<internalNodes>0 -1 0", "<internalNodes>1 0 0", "only stumps"),
            ("<internalNodes>0 -1 0", "<internalNodes>0 -1", "<internalNodes>: expected 11 numbers"),
            ("<leafValues>1. -1.", "<leafValues>1. nan", "not finite"),
            ("<stageThreshold>3.", "<stageThreshold>inf", "not finite"),
            ("<features>", "<features><_><rect>20 0 2 1</rect></_>", "does not lie inside the window"),
            ("<features>", "<features><_><rect>0 0 9223372036854775807 1</rect></_>", "does not lie inside"),
            ("<opencv_storage>", "<opencv_storage>&lol;", "entities are not accepted"),
            ("<opencv_storage>", "<!DOCTYPE x []><opencv_storage>", "document types"),
            ("</stages>", "</stage>", "closes nothing that is open"),
            ("</cascade>", "", "closes nothing that is open"),
            ("<cascade ", "<other ", "closes nothing"),
            ("<stages>", "<stages/><old>", "closes nothing"),
        ] {
            let range = try #require(good.range(of: from))
            let found = problem(good.replacingCharacters(in: range, with: to))
            #expect(found?.contains(expected) == true, "\(to): \(found ?? "accepted")")
        }
        for text in ["", "   ", "x", "<", "<a", "<a>", "<!--", "<a/>", "</a>", "<>", "\u{0}\u{1}"] {
            #expect(problem(text) != nil, "\(text)")
        }
        #expect(problem(String(repeating: "<a>", count: 100_000))?.contains("nested too deeply") == true)
    }

    @Test("refuses a file cut off anywhere (property)")
    func truncated() throws {
        let good = try String(contentsOfFile: DrawnFace.cascadePath, encoding: .utf8)
        let end = try #require(good.range(of: "</opencv_storage>"))
        let length = good.distance(from: good.startIndex, to: end.upperBound)
        for cut in stride(from: 0, to: length, by: 37) {
            #expect(problem(String(good.prefix(cut))) != nil, "\(cut) characters")
        }
    }

    @Test("names a file that is not there, and what to install when none is named")
    func missing() throws {
        #expect(throws: DataError.missingInput(path: "/nowhere/c.xml")) {
            try CascadeFile.read("/nowhere/c.xml")
        }
        do throws(DataError) {
            _ = try CascadeFile.read(nil, folders: ["/nowhere"])
            Issue.record("found a file in a folder that does not exist")
        } catch { #expect(error.description.contains("apt-get install opencv-data")) }
    }

    @Test("a cascade that accepts every window is an error, not an endless search")
    func acceptsAll() throws {
        let good = try String(contentsOfFile: DrawnFace.cascadePath, encoding: .utf8)
        let text = good.replacing("<stageThreshold>3.", with: "<stageThreshold>-9.")
        let detector = FaceDetector(cascade: try LBPCascade(xml: Array(text.utf8), path: "c.xml"))
        #expect(throws: DataError.self) {
            try detector.face(
                in: GreyImage(width: 464, height: 348, pixels: [UInt8](repeating: 0, count: 464 * 348)))
        }
    }
}
