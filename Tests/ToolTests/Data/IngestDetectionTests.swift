import Foundation
import ReferenceSupport
import TAVSECorpus
import TAVSEData
import TAVSESignal
import TestSupport
import Testing

/// An import that finds the mouths itself, through the binary, with the installed cascade.
@Suite("tavse-data ingest, detecting") struct IngestDetectionTests {
    private static let tool = Tool(name: "tavse-data")
    private static let isInstalled = CascadeFile.installed() != nil
    private static let reason: Comment =
        "needs lbpcascade_frontalface_improved.xml: apt-get install opencv-data"
    private static let frames = 1...14
    /// Frames without a face.
    private static let blank = 6...7
    /// Where the portrait, twice its size, lies in frame 0; it moves right by a pixel per frame.
    private static let (left, top) = (60, 14)

    private let folder: TemporaryFolder

    /// One clip of SpeakingFaces' layout whose aligned colour pictures show the portrait.
    init() throws {
        folder = try TemporaryFolder()
        let file = try Data(contentsOf: ReferenceFiles.fixture("detector", "portrait.png"))
        let portrait = try file.withUnsafeBytes { try PNGCodec.decode($0) }
        let base = folder.path + "/corpus/sub_1_ia/trial_1"
        for name in ["thr_image_cmd", "rgb_image_cmd_aligned", "mic1_audio_cmd_trim"] {
            try FileManager.default.createDirectory(
                atPath: base + "/" + name, withIntermediateDirectories: true)
        }
        let samples = (0..<22050).map { Float(0.2 * sin(Double($0) * 0.05)) }
        try AudioFile.write(
            Signal(samples: samples, sampleRate: 44100), to: base + "/mic1_audio_cmd_trim/1_1_2_2_7_1.wav")
        for frame in Self.frames {
            let picture = Self.picture(Self.blank.contains(frame) ? nil : portrait, x: Self.left + frame)
            let bytes = Data(try PNGCodec.encode(picture))
            try bytes.write(
                to: URL(fileURLWithPath: base + "/rgb_image_cmd_aligned/1_1_2_2_7_\(frame)_3.png"))
            try bytes.write(to: URL(fileURLWithPath: base + "/thr_image_cmd/1_1_2_2_7_\(frame)_1.png"))
        }
    }

    private static func picture(_ portrait: Raster?, x: Int) -> Raster {
        var picture = Raster(width: 464, height: 348, channels: 3, fill: 110)
        guard let portrait else { return picture }
        for row in 0..<2 * portrait.height {
            for column in 0..<2 * portrait.width {
                let grey = portrait.bytes[row / 2 * portrait.width + column / 2]
                let place = ((top + row) * picture.width + x + column) * 3
                for channel in 0..<3 { picture.bytes[place + channel] = grey }
            }
        }
        return picture
    }

    private func ingest(_ out: String, _ more: [String]) throws -> Tool.Outcome {
        try Self.tool.run(
            [
                "ingest", "--source", folder.path + "/corpus", "--out", folder.path + "/" + out, "--subjects",
                "1", "--workers", "2", "--quiet",
            ] + more)
    }

    private func dump(_ root: String, _ camera: Camera) throws -> [String: [UInt8]] {
        var result: [String: [UInt8]] = [:]
        let path = DataRoot(folder.path + "/" + root).frames(camera)
        try FrameStore(path: path).reader().forEach { key, value throws(DataError) in
            result[String(decoding: key, as: UTF8.self)] = Array(value)
        }
        return result
    }

    /// The lips of the portrait reach from (67, 99) to (103, 110), measured by eye.
    @Test(
        "finds the mouth of a portrait, says where there was none, and saves boxes that give the same again",
        .enabled(if: isInstalled, reason))
    func portrait() throws {
        let saved = folder.path + "/found.csv"
        let found = try ingest("first", ["--detect", "--save-boxes", saved])
        #expect(found.exitCode == 0, "\(found)")
        #expect(found.output.contains("1 subjects, 1 utterances"), "\(found)")
        #expect(found.output.contains("head position 2: no mouth in 14.3 % of frames"), "\(found)")
        let lines = try String(contentsOfFile: saved, encoding: .utf8).split(separator: "\n")
        #expect(lines.first == "sub,trial,pos,cmd,frame,x,y,w,h,score")
        var seen: [Int] = []
        for line in lines.dropFirst() {
            let numbers = line.split(separator: ",").compactMap { Double($0) }
            try #require(numbers.count == 10, "\(line)")
            let frame = Int(numbers[4])
            seen.append(frame)
            let (x, y, width, height) = (numbers[5], numbers[6], numbers[7], numbers[8])
            let (left, top) = (Double(Self.left + frame), Double(Self.top))
            #expect(x < left + 2 * 67 && x + width > left + 2 * 103, "\(line)")
            #expect(y < top + 2 * 99 && y + height > top + 2 * 110, "\(line)")
        }
        #expect(seen == Self.frames.filter { !Self.blank.contains($0) })
        let again = try ingest("second", ["--boxes", saved])
        #expect(again.exitCode == 0 && again.output.contains("14.3 %"), "\(again)")
        for camera in Camera.allCases {
            let (first, second) = (try dump("first", camera), try dump("second", camera))
            #expect(first.count == Self.frames.count && first == second)
        }
    }

    @Test("a cascade that is not there and options that exclude each other have their own exit codes")
    func usage() throws {
        let missing = try ingest("out", ["--detect", "--cascade", folder.path + "/none.xml"])
        #expect(missing.exitCode == 66 && missing.errors.contains("none.xml"), "\(missing)")
        let both = try ingest("out", ["--detect", "--boxes", "boxes.csv"])
        #expect(both.exitCode == 64 && both.errors.contains("--boxes excludes --detect"), "\(both)")
    }
}
