import Foundation
import TAVSESignal
import TestSupport

@testable import TAVSECorpus
@testable import TAVSEData

/// A miniature of SpeakingFaces: the same folders and names, few and short clips.
///
/// Thermal pictures are a horizontal ramp of grey through the iron palette, so that what comes out is known; the
/// mouth's box moves to the right by one pixel per frame.
struct MiniCorpus {
    static let frameCount = 14
    let folder: TemporaryFolder
    var source: String { folder.file("corpus") }
    var boxes: String { folder.file("boxes.csv") }

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: true)
        var lines = ["sub,trial,pos,cmd,frame,x,y,w,h,score"]
        for (subject, command) in [(1, 7), (1, 8), (101, 9), (121, 10)] {
            for frame in 1...Self.frameCount where frame % 5 != 0 {
                lines.append("\(subject),1,2,\(command),\(frame),\(180 + frame),200,96,60,0.9")
            }
            lines.append("\(subject),1,2,\(command),5,0,0,10,10,0.1")
        }
        _ = try folder.write(lines.joined(separator: "\n") + "\n", to: "boxes.csv")
    }

    /// Files of a subject by their names in the archive.
    func files(_ subject: Int, commands: [Int], microphones: [Int] = [1, 2]) throws -> [(String, [UInt8])] {
        let base = "sub_\(subject)_ia"
        var list: [(String, [UInt8])] = [
            (base + "/", []), (base + "/.DS_Store", [1, 2, 3]), ("__MACOSX/\(base)/._trial_1", [0]),
            (base + "/trial_1/rgb_image_cmd/\(subject)_1_2_2_7_1_2.png", [9]),
            (base + "/trial_1/readme.txt", Array("notes".utf8)),
        ]
        let thermal = try PNGCodec.encode(Self.thermal())
        let colour = try PNGCodec.encode(Self.colour())
        for command in commands {
            let stem = "\(subject)_1_2_2_\(command)"
            // Unpadded and out of order, as archives hold them.
            for frame in [10, 11, 12, 13, 14, 1, 2, 3, 4, 5, 6, 7, 8, 9] {
                list.append((base + "/trial_1/thr_image_cmd/\(stem)_\(frame)_1.png", thermal))
                list.append((base + "/trial_1/rgb_image_cmd_aligned/\(stem)_\(frame)_3.png", colour))
            }
            for microphone in microphones {
                list.append(
                    (
                        base + "/trial_1/mic\(microphone)_audio_cmd_trim/\(stem)_\(microphone).wav",
                        try sound(command)
                    ))
            }
        }
        return list
    }

    func writeArchive(_ subject: Int, commands: [Int], zip64: Bool = false, microphones: [Int] = [1, 2])
        throws
    {
        var zip = MiniZip(zip64: zip64)
        for (name, bytes) in try files(subject, commands: commands, microphones: microphones) {
            zip.add(name, bytes)
        }
        try zip.data().write(to: URL(fileURLWithPath: source + "/sub_\(subject)_ia.zip"))
    }

    func writeFolder(_ subject: Int, commands: [Int]) throws {
        for (name, bytes) in try files(subject, commands: commands) where !name.hasSuffix("/") {
            let path = source + "/" + name
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        }
    }

    /// Half a second at 44.1 kHz.
    private func sound(_ command: Int) throws -> [UInt8] {
        let path = folder.file("sound.wav")
        let samples = (0..<22050).map { Float(0.3 * sin(Double($0) * 0.02 * Double(command))) }
        try AudioFile.write(Signal(samples: samples, sampleRate: 44100), to: path)
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// Grey of the ramp at a column, 0…1.
    static func ramp(_ x: Double) -> Double { (x + 0.5) / 464 }

    private static func thermal() -> Raster {
        var bytes: [UInt8] = []
        for _ in 0..<348 {
            for x in 0..<464 {
                let color = IronPalette.color(ramp(Double(x)))
                bytes += [color.0, color.1, color.2]
            }
        }
        return Raster(width: 464, height: 348, channels: 3, depth: 8, bytes: bytes)
    }

    private static func colour() -> Raster {
        var bytes: [UInt8] = []
        for y in 0..<348 {
            for x in 0..<464 { bytes += [UInt8(x / 2), UInt8(y / 2), 120] }
        }
        return Raster(width: 464, height: 348, channels: 3, depth: 8, bytes: bytes)
    }
}
