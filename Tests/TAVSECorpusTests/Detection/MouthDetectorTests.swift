import Foundation
import TAVSESignal
import Testing

@testable import TAVSECorpus
@testable import TAVSEData

@Suite("MouthDetector") struct MouthDetectorTests {
    private func box(_ x: Double, width: Double = 70) -> MouthBox {
        MouthBox(x: x, y: 100, width: width, height: 50)
    }

    @Test("places the mouth in the face by fixed proportions (closed form)")
    func proportions() {
        let mouth = MouthDetector.mouth(of: .init(x: 100, y: 50, width: 100, height: 100, windows: 9))
        #expect(abs(mouth.x - 115) < 1e-9 && abs(mouth.y - 105) < 1e-9)
        #expect(abs(mouth.width - 70) < 1e-9 && abs(mouth.height - 50) < 1e-9 && mouth.score == 9)
    }

    @Test("leaves a steady movement where it is, gaps and ends included (closed form)")
    func movement() {
        var boxes: [Int: MouthBox] = [:]
        for frame in 1...30 where frame % 7 != 0 { boxes[frame] = box(100 + 1.5 * Double(frame)) }
        #expect(MouthDetector.steady(boxes) == boxes)
        #expect(MouthDetector.steady([:]).isEmpty)
    }

    @Test("drops stray detections and takes the jitter's median (closed form)")
    func strays() {
        var boxes: [Int: MouthBox] = [:]
        for frame in 1...20 { boxes[frame] = box(100) }
        boxes[5] = box(300)
        boxes[6] = box(100, width: 110)
        boxes[12] = box(104)
        let steady = MouthDetector.steady(boxes)
        #expect(steady.keys.sorted() == (1...20).filter { $0 != 5 && $0 != 6 })
        #expect(steady.values.allSatisfy { $0 == box(100) })
    }

    @Test(
        "an import that detects cuts out the drawn mouth, reports misses and saves boxes that give the same again"
    )
    func ingest() throws {
        let corpus = try MiniCorpus()
        try corpus.writeFolder(1, commands: [7])
        // Faces that move, and none in frames 6 and 7.
        for frame in 1...MiniCorpus.frameCount {
            let face = DrawnFace.draw(
                width: 464, height: 348, x: 100 + Double(frame), y: 60, side: frame / 2 == 3 ? 5 : 150)
            let picture = Raster(width: 464, height: 348, channels: 1, depth: 8, bytes: face.pixels)
            try Data(PNGCodec.encode(picture.inColour())).write(
                to: URL(
                    fileURLWithPath: corpus.source
                        + "/sub_1_ia/trial_1/rgb_image_cmd_aligned/1_1_2_2_7_\(frame)_3.png"))
        }
        let saved = corpus.folder.file("found.csv")
        let settings = IngestSettings(source: corpus.source, subjects: [1])
        let first = DataRoot(corpus.folder.file("first"))
        let detecting = try SpeakingFacesIngest(settings, detectingWith: DrawnFace.cascadePath, workers: 2)
        let summary = try detecting.run(into: first, resume: false, savingBoxesTo: saved)
        #expect(summary.problems.isEmpty && summary.found == [2: 12] && summary.frames == [2: 14])
        let boxes = try MouthBoxes(path: saved, minimumScore: 3)
            .boxes(of: ClipKey(subject: 1, trial: 1, position: 2, command: 7))
        #expect(boxes.keys.sorted() == (1...14).filter { $0 != 6 && $0 != 7 })
        for (frame, box) in boxes {
            #expect(
                abs(box.x + box.width / 2 - (175 + Double(frame))) < 6
                    && abs(box.y + box.height / 2 - 180) < 8)
        }
        let second = DataRoot(corpus.folder.file("second"))
        let reading = try SpeakingFacesIngest(settings, boxesPath: saved, workers: 1)
        #expect(throws: DataError.self) {
            try reading.run(into: second, resume: false, savingBoxesTo: saved)
        }
        #expect(try reading.run(into: second, resume: false) == summary)
        for modality in Camera.allCases {
            #expect(try dump(first.frames(modality)) == dump(second.frames(modality)))
        }
        // Resumed with nothing left to do, the boxes are written again; another cascade is another import.
        try FileManager.default.removeItem(atPath: saved)
        #expect(try detecting.run(into: first, resume: true, savingBoxesTo: saved) == summary)
        #expect(FileManager.default.fileExists(atPath: saved))
        #expect(throws: DataError.self) { try reading.run(into: first, resume: true) }
    }

    private func dump(_ path: String) throws -> [String: [UInt8]] {
        var result: [String: [UInt8]] = [:]
        try FrameStore(path: path).reader().forEach { key, value throws(DataError) in
            result[String(decoding: key, as: UTF8.self)] = Array(value)
        }
        return result
    }
}

extension Raster {
    /// A grey picture as red, green and blue.
    fileprivate func inColour() -> Raster {
        Raster(width: width, height: height, channels: 3, depth: 8, bytes: bytes.flatMap { [$0, $0, $0] })
    }
}
