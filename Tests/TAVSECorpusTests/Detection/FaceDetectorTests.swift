import Foundation
import TAVSEBase
import TAVSESignal
import Testing

@testable import TAVSECorpus
@testable import TAVSEData

@Suite("FaceDetector") struct FaceDetectorTests {
    private static let isInstalled = CascadeFile.installed() != nil
    private static let reason: Comment =
        "needs lbpcascade_frontalface_improved.xml: apt-get install opencv-data"

    private func face(_ rectangle: [Double]) -> FaceDetector.Face {
        .init(x: rectangle[0], y: rectangle[1], width: rectangle[2], height: rectangle[3], windows: 1)
    }

    @Test("accepts exactly the windows of drawn faces that OpenCV accepts (reference)")
    func drawnWindows() throws {
        let detector = try DrawnFace.detector()
        for drawn in try DrawnFace.expected().drawn {
            let f = drawn.face
            let image = DrawnFace.draw(width: Int(f[0]), height: Int(f[1]), x: f[2], y: f[3], side: f[4])
            #expect(detector.accepted(image, step: 1).map { [$0.x, $0.y] } == drawn.windows)
            // Sizes tried and pictures shrunk differ, so the rectangles overlap and are not the same.
            for merged in drawn.merged {
                let found = try #require(try detector.face(in: image))
                #expect(FaceDetector.overlap(found, face(merged)) > 0.75, "\(found), \(merged)")
            }
        }
    }

    @Test(
        "accepts exactly the windows of a portrait that OpenCV accepts (reference)",
        .enabled(if: isInstalled, reason))
    func portraitWindows() throws {
        let (path, bytes) = try CascadeFile.read(nil)
        let detector = FaceDetector(cascade: try LBPCascade(xml: bytes, path: path))
        let windows = detector.accepted(try DrawnFace.picture("portrait_small.png"), step: 1)
        #expect(try windows.map { [$0.x, $0.y] } == DrawnFace.expected().smallPortrait)
    }

    @Test("finds the face of a portrait where OpenCV does (reference)", .enabled(if: isInstalled, reason))
    func portrait() throws {
        let (path, bytes) = try CascadeFile.read(nil)
        let detector = FaceDetector(cascade: try LBPCascade(xml: bytes, path: path))
        let found = try #require(try detector.face(in: try DrawnFace.picture("portrait.png")))
        let expected = try #require(try DrawnFace.expected().portrait.first)
        #expect(FaceDetector.overlap(found, face(expected)) > 0.75, "\(found)")
        // The lips reach from (67, 99) to (103, 110), measured by eye.
        let mouth = MouthDetector.mouth(of: found)
        #expect(mouth.x < 67 && mouth.x + mouth.width > 103)
        #expect(mouth.y < 99 && mouth.y + mouth.height > 110)
    }

    @Test("finds a face of any size where it was drawn (closed form)", arguments: [40.0, 63, 90, 150])
    func sizes(side: Double) throws {
        let image = DrawnFace.draw(width: 232, height: 190, x: 50, y: 20, side: side)
        let found = try #require(try DrawnFace.detector().face(in: image))
        #expect(FaceDetector.overlap(found, face([50, 20, side, side])) > 0.8, "\(found)")
    }

    @Test("moves the box with the face (property)")
    func shift() throws {
        let detector = try DrawnFace.detector()
        let one = try #require(
            try detector.face(in: DrawnFace.draw(width: 464, height: 348, x: 100, y: 80, side: 140)))
        let two = try #require(
            try detector.face(in: DrawnFace.draw(width: 464, height: 348, x: 160, y: 110, side: 140)))
        // Windows are tried a few pixels apart.
        #expect(abs(two.x - one.x - 60) < 5 && abs(two.y - one.y - 30) < 5)
        #expect(abs(two.width - one.width) < 5)
    }

    @Test("finds nothing in noise, in a blank picture or in one smaller than the window (property)")
    func nothing() throws {
        var generator = SplitMix64(seed: 7)
        let noise = (0..<464 * 348).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        for detector in [try DrawnFace.detector()] {
            #expect(try detector.face(in: GreyImage(width: 464, height: 348, pixels: noise)) == nil)
            #expect(
                try detector.face(
                    in: GreyImage(width: 200, height: 100, pixels: [UInt8](repeating: 90, count: 20000)))
                    == nil)
            #expect(try detector.face(in: GreyImage(width: 3, height: 2, pixels: [1, 2, 3, 4, 5, 6])) == nil)
            #expect(try detector.face(in: GreyImage(width: 0, height: 0, pixels: [])) == nil)
        }
    }

    @Test("finds nothing in noise with the installed cascade (property)", .enabled(if: isInstalled, reason))
    func noise() throws {
        let (path, bytes) = try CascadeFile.read(nil)
        let detector = FaceDetector(cascade: try LBPCascade(xml: bytes, path: path))
        var generator = SplitMix64(seed: 8)
        let noise = (0..<464 * 348).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        #expect(try detector.face(in: GreyImage(width: 464, height: 348, pixels: noise)) == nil)
    }

    @Test("merges windows that overlap into their mean (by hand)")
    func merge() {
        let merged = FaceDetector.merge(
            [[0, 0, 10, 10], [50, 50, 10, 10], [2, 0, 10, 10], [4, 0, 10, 10]].map(face))
        #expect(
            merged == [
                .init(x: 2, y: 0, width: 10, height: 10, windows: 3),
                .init(x: 50, y: 50, width: 10, height: 10, windows: 1),
            ])
        #expect(FaceDetector.overlap(face([0, 0, 2, 2]), face([1, 0, 2, 2])) == 1.0 / 3)
    }

    @Test("shrinks pictures by whole-number means (closed form)")
    func pictures() {
        let image = GreyImage(width: 4, height: 2, pixels: [0, 4, 10, 20, 8, 4, 30, 41])
        #expect(image.halved().pixels == [4, 25])
        #expect(image.resized(width: 4, height: 2) == image)
        #expect(image.resized(width: 2, height: 1).pixels == [4, 25])
        #expect(image.integral() == [0, 0, 0, 0, 0, 0, 0, 4, 14, 34, 0, 8, 16, 56, 117])
    }
}
