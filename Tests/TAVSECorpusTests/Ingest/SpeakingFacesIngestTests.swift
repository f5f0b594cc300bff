import Foundation
import TAVSESignal
import TestSupport
import Testing

@testable import TAVSECorpus
@testable import TAVSEData

@Suite("SpeakingFacesIngest") struct SpeakingFacesIngestTests {
    private func ingest(
        _ corpus: MiniCorpus, _ subjects: [Int], into name: String, resume: Bool = false, workers: Int = 2
    ) throws -> (DataRoot, IngestSummary) {
        let root = DataRoot(corpus.folder.file(name))
        var settings = IngestSettings(source: corpus.source, subjects: subjects)
        settings.minimumScore = 0.5
        let ingest = try SpeakingFacesIngest(settings, boxesPath: corpus.boxes, workers: workers)
        return (root, try ingest.run(into: root, resume: resume))
    }

    @Test(
        "reads archives, ZIP64 archives and folders into a data root that verifies (miniature of the layout)")
    func layouts() throws {
        let corpus = try MiniCorpus()
        try corpus.writeArchive(1, commands: [7, 8])
        try corpus.writeFolder(101, commands: [9])
        try corpus.writeArchive(121, commands: [10], zip64: true)
        let (root, summary) = try ingest(corpus, [1, 101, 121], into: "root")
        #expect(summary.problems.isEmpty && summary.absent.isEmpty)
        #expect(summary.subjects == 3 && summary.utterances == 4)
        let train = try Manifest(path: root.manifest(.train)).entries
        #expect(train.map(\.utterance) == ["1_1_2_7", "1_1_2_8"])
        #expect(try Manifest(path: root.manifest(.val)).entries.map(\.speaker) == ["101"])
        #expect(try Manifest(path: root.manifest(.test)).entries.map(\.speaker) == ["121"])
        #expect(train[0].frames == 14 && train[0].fps == 28 && train[0].durationSeconds == 0.5)
        #expect(train[0].extra["microphone"] == "1" && train[0].extra["grey"] == "palette")
        let report = try DataVerification(root, workers: 2).run()
        #expect(report.findings.filter { $0.severity == .error && $0.check != "noise" } == [])
        // Boxes are missing in frames 5 and 10, of 14.
        let rate = try #require(summary.missRate(position: 2))
        #expect(abs(rate - 2.0 / 14) < 1e-12)
    }

    @Test("cuts the same place out of both cameras and inverts the palette (closed form: a ramp)")
    func pixels() throws {
        let corpus = try MiniCorpus()
        try corpus.writeArchive(1, commands: [7])
        let (root, _) = try ingest(corpus, [1], into: "root")
        let thermal = try FrameStore(path: root.frames(.thermal)).reader()
        let colour = try FrameStore(path: root.frames(.rgb)).reader()
        let codec = try JPEGCodec()
        for frame in [0, 6, 13] {
            // A box 96 wide at 180 + frame number; smoothing leaves a straight movement alone but at the ends.
            let left = 180.0 + Double(frame + 1)
            let slack = frame == 6 ? 0.02 : 2.0
            let grey = try #require(
                try thermal.withFrame(utterance: "1_1_2_7", frame: frame) { bytes throws(DataError) in
                    try bytes.map { part throws(DataError) in try PNGCodec.decode(part) }
                })
            let rgb = try #require(
                try colour.withFrame(utterance: "1_1_2_7", frame: frame) { bytes throws(DataError) in
                    try bytes.map { part throws(DataError) in try codec.decode(part) }
                })
            for x in [8, 40, 80] {
                let expected = MiniCorpus.ramp(left + Double(x)) * 255
                let found = Double(grey.bytes[48 * 96 + x])
                // Six bits of colour per channel leave the palette's place uncertain by 2 of 255.
                #expect(abs(found - expected) <= 3 + slack, "frame \(frame), column \(x)")
                #expect(abs(rgb.value(x: x, y: 48, channel: 0) * 255 - (left + Double(x)) / 2) <= 4 + slack)
            }
        }
    }

    @Test(
        "falls back to the second microphone and keeps a clip without a mouth, its cameras absent (by hand)")
    func fallbacks() throws {
        let corpus = try MiniCorpus()
        try corpus.writeArchive(1, commands: [7, 99], microphones: [2])
        let (root, summary) = try ingest(corpus, [1], into: "root")
        let entries = try Manifest(path: root.manifest(.train)).entries
        #expect(entries.map(\.utterance) == ["1_1_2_7", "1_1_2_99"])
        #expect(entries.map(\.rgb) == [true, false] && entries.map(\.thermal) == [true, false])
        #expect(entries[0].extra["microphone"] == "2")
        #expect(summary.problems.isEmpty)
    }

    @Test("names empty, missing and truncated archives, damaged entries and clips without sound, and goes on")
    func damaged() throws {
        let corpus = try MiniCorpus()
        try corpus.writeArchive(1, commands: [7])
        _ = try corpus.folder.write("", to: "corpus/sub_2_ia.zip")
        try corpus.writeArchive(3, commands: [7])
        let third = corpus.source + "/sub_3_ia.zip"
        let whole = try Data(contentsOf: URL(fileURLWithPath: third))
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: third))
        // Flip a byte in the content of a wave file: its checksum no longer fits.
        try corpus.writeArchive(4, commands: [7])
        let fourth = corpus.source + "/sub_4_ia.zip"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: fourth))
        let wave = try #require(bytes.range(of: Data("4_1_2_2_7_1.wav".utf8)))
        bytes[wave.upperBound + 400] ^= 0xFF
        try bytes.write(to: URL(fileURLWithPath: fourth))
        try corpus.writeArchive(5, commands: [7], microphones: [])
        let (_, summary) = try ingest(corpus, [1, 2, 3, 4, 5, 6], into: "root")
        #expect(summary.absent == [2, 6])
        #expect(summary.utterances == 1)
        #expect(summary.problems.count == 3)
        #expect(summary.problems.contains { $0.contains("sub_3_ia.zip: cannot be opened") })
        #expect(summary.problems.contains { $0.contains("4_1_2_2_7_1.wav") && $0.contains("CRC") })
        #expect(summary.problems.contains { $0.contains("no microphone recording") })
    }

    @Test("stops between clips and, resumed, ends with the same data as an undisturbed import (property)")
    func resume() throws {
        let corpus = try MiniCorpus()
        try corpus.writeArchive(1, commands: [7, 8])
        try corpus.writeArchive(121, commands: [10])
        let (whole, _) = try ingest(corpus, [1, 121], into: "whole", workers: 1)
        let root = DataRoot(corpus.folder.file("halted"))
        var settings = IngestSettings(source: corpus.source, subjects: [1, 121])
        settings.minimumScore = 0.5
        let first = try SpeakingFacesIngest(settings, boxesPath: corpus.boxes, workers: 1)
        #expect(throws: DataError.cancelled) {
            _ = try first.run(into: root, resume: false) { _, _, _ in first.stop() }
        }
        #expect(throws: DataError.self) { try ingest(corpus, [1, 121], into: "halted") }
        let (_, summary) = try ingest(corpus, [1, 121], into: "halted", resume: true, workers: 3)
        #expect(summary.utterances == 3)
        for split in Split.allCases {
            #expect(try Manifest(path: root.manifest(split)) == Manifest(path: whole.manifest(split)))
        }
        for modality in Camera.allCases {
            #expect(try dump(root.frames(modality)) == dump(whole.frames(modality)))
        }
        #expect(
            try TemporaryFolder.contents(of: root.audio) == TemporaryFolder.contents(of: whole.audio))
        // Once more changes nothing.
        #expect(try ingest(corpus, [1, 121], into: "halted", resume: true).1.utterances == 3)
    }

    @Test(
        "takes splits and descriptions from the table of speakers, which wins over the ranges and says so (by hand)"
    )
    func subjectTable() throws {
        let corpus = try MiniCorpus()
        try corpus.writeArchive(1, commands: [7])
        try corpus.writeArchive(101, commands: [9])
        try corpus.writeArchive(121, commands: [10])
        let table = try corpus.folder.write(
            """
            Sub_ID,Split,Age,Gender,Ethnicity,Acc_Trial_1,Acc_Trial_2
            1,Train,25,F,"Kazakh, other",1,0
            101,test,31,M,Asian,,1

            """, to: "corpus/metadata/subjects.csv")
        let (root, summary) = try ingest(corpus, [1, 101, 121], into: "root")
        let first = try Manifest(path: root.manifest(.train))
        #expect(first.extraColumns.suffix(4) == ["age", "gender", "ethnicity", "acc_trial"])
        let extra = try #require(first.entries.first).extra
        #expect(extra["age"] == "25" && extra["gender"] == "F" && extra["ethnicity"] == "Kazakh, other")
        #expect(extra["acc_trial"] == "1" && extra["trial"] == "1")
        #expect(try Manifest(path: root.manifest(.val)).entries.isEmpty)
        #expect(try Manifest(path: root.manifest(.test)).entries.map(\.speaker) == ["101", "121"])
        #expect(
            summary.warnings == [
                "\(table):3: column 'Split': subject 101 is in test here and in val by its number; the table wins",
                "\(table): has no row for subject 121; put in test, by its number",
            ])
        // The guide's split is its own; the descriptions stay.
        var settings = IngestSettings(source: corpus.source, subjects: [101])
        settings.split = .guide
        let guided = DataRoot(corpus.folder.file("guide"))
        let other = try SpeakingFacesIngest(settings, boxesPath: corpus.boxes, workers: 1)
            .run(into: guided, resume: false)
        #expect(other.warnings.isEmpty)
        #expect(try Manifest(path: guided.manifest(.val)).entries.map { $0.extra["age"] } == ["31"])
    }

    @Test("names line and column of a wrong row in the table of speakers")
    func badSubjectTable() throws {
        let folder = try TemporaryFolder()
        for (text, line, column) in [
            ("Sub_ID,Age\n1,2\n", 1, "Split"), ("Sub_ID,Split\n143,train\n", 2, "Sub_ID"),
            ("Sub_ID,Split\n1,train\n1,test\n", 3, "Sub_ID"), ("Sub_ID,Split\n1,dev\n", 2, "Split"),
            ("Sub_ID,Split\n1\n", 2, "Split"),
        ] {
            let path = try folder.write(text, to: "subjects.csv")
            do throws(DataError) {
                _ = try SubjectTable(path: path)
                Issue.record("accepted \(text)")
            } catch {
                guard case .table(path, line, column, _) = error else {
                    Issue.record("another error: \(error)")
                    return
                }
            }
        }
    }

    private func dump(_ path: String) throws -> [String: [UInt8]] {
        var result: [String: [UInt8]] = [:]
        try FrameStore(path: path).reader().forEach { key, value throws(DataError) in
            result[String(decoding: key, as: UTF8.self)] = Array(value)
        }
        return result
    }

    @Test("parses subjects and rejects what is none", arguments: ["0", "1-", "5-2", "143", "a", "", "1,,x"])
    func subjects(text: String) throws {
        #expect(try IngestSettings.subjects("1-3,7,2") == [1, 2, 3, 7])
        #expect(throws: DataError.self) { try IngestSettings.subjects(text) }
    }

    @Test("names line and column of a bad box")
    func badBox() throws {
        let folder = try TemporaryFolder()
        let header = MouthBoxes.columns.joined(separator: ",")
        for (row, column) in [
            ("1,1,1,1,1,5,5,x,5,1", "w"), ("1,1,1,1.5,1,5,5,5,5,1", "cmd"), ("1,1,1,1,1,5,5,5,5", "score"),
            ("1,1,1,1,1,5,5,0,5,1", "w"), ("1,1,1,1,1,nan,5,5,5,1", "x"),
        ] {
            let path = try folder.write(header + "\n" + row + "\n", to: "b.csv")
            do throws(DataError) {
                _ = try MouthBoxes(path: path, minimumScore: 0)
                Issue.record("accepted \(row)")
            } catch {
                guard case .table(path, 2, column, _) = error else {
                    Issue.record("another error: \(error)")
                    return
                }
            }
        }
    }
}

@Suite("MouthTrack") struct MouthTrackTests {
    @Test("fills gaps on a straight line and holds the ends (closed form)")
    func gaps() throws {
        let boxes = [
            3: MouthBox(x: 10, y: 0, width: 10, height: 4), 9: MouthBox(x: 16, y: 0, width: 10, height: 4),
        ]
        let squares = try #require(MouthTrack.squares(boxes, count: 10))
        #expect(squares.count == 10)
        #expect(abs(try #require(squares[5]).x - 18) < 0.05)
        for square in squares {
            let square = try #require(square)
            #expect(abs(square.side - 10) < 1e-12 && abs(square.y - 2) < 1e-12)
        }
    }

    @Test("loses the frames of a gap longer than half a second, between boxes and at the ends (by hand)")
    func longGaps() throws {
        var boxes: [Int: MouthBox] = [:]
        for frame in Array(16...40) + Array(55...80) + Array(96...100) {
            boxes[frame] = MouthBox(x: Double(frame), y: 0, width: 10, height: 4)
        }
        let squares = try #require(MouthTrack.squares(boxes, count: 114))
        let lost = (1...114).filter { squares[$0 - 1] == nil }
        // Frames 1–15 and 81–95 are 15 in a row; 41–54 and 101–114 are 14.
        #expect(lost == Array(1...15) + Array(81...95))
        // Smoothing does not reach over a lost run: frame 80 follows from 74 … 80 alone.
        #expect(abs(try #require(squares[79]).x - 85) < 2)
    }

    @Test("gives up when too few frames show a mouth (by hand)")
    func few() {
        #expect(MouthTrack.squares([1: MouthBox(x: 0, y: 0, width: 5, height: 5)], count: 10) == nil)
        #expect(MouthTrack.squares([:], count: 10) == nil)
        #expect(MouthTrack.squares([:], count: 0) == nil)
    }
}

@Suite("IronPalette") struct IronPaletteTests {
    @Test("is inverted within 3 of 255 everywhere (closed form, 6 bits per channel)")
    func inverse() {
        for value in 0...255 {
            let color = IronPalette.color(Double(value) / 255)
            let grey = IronPalette.grey([color.0, color.1, color.2], by: .palette)[0]
            #expect(abs(Int(grey) - value) <= 3)
        }
        #expect(IronPalette.grey([255, 255, 255, 0, 0, 0, 100, 100, 100], by: .luma) == [255, 0, 100])
    }
}
