import Foundation
import TAVSEData
import TAVSESignal
import TestSupport
import Testing

/// An import that is killed, stopped and resumed ends like one that was left alone.
@Suite("tavse-data ingest, interrupted") struct IngestInterruptionTests {
    private static let tool = Tool(name: "tavse-data")
    private static let subjects = [1, 2, 3, 101, 121]
    private let folder: TemporaryFolder

    /// A few unpacked subjects of SpeakingFaces' layout with pictures of noise-like texture.
    init() throws {
        folder = try TemporaryFolder()
        var bytes: [UInt8] = []
        for n in 0..<464 * 348 * 3 { bytes.append(UInt8(truncatingIfNeeded: (n &* 2_654_435_761) >> 11)) }
        let picture = Data(
            try PNGCodec.encode(
                Raster(width: 464, height: 348, channels: 3, depth: 8, bytes: bytes), level: 1))
        let wave = folder.path + "/a.wav"
        let samples = (0..<22050).map { Float(0.2 * sin(Double($0) * 0.05)) }
        try AudioFile.write(Signal(samples: samples, sampleRate: 44100), to: wave)
        var boxes = "sub,trial,pos,cmd,frame,x,y,w,h,score\n"
        for subject in Self.subjects {
            for command in 1...2 {
                let stem = "\(subject)_1_2_1_\(command)"
                let base = folder.path + "/corpus/sub_\(subject)_ia/trial_1"
                for name in ["thr_image_cmd", "rgb_image_cmd_aligned", "mic1_audio_cmd_trim"] {
                    try FileManager.default.createDirectory(
                        atPath: base + "/" + name, withIntermediateDirectories: true)
                }
                try FileManager.default.copyItem(
                    atPath: wave, toPath: base + "/mic1_audio_cmd_trim/\(stem)_1.wav")
                for frame in 1...14 {
                    try picture.write(
                        to: URL(fileURLWithPath: base + "/thr_image_cmd/\(stem)_\(frame)_1.png"))
                    try picture.write(
                        to: URL(fileURLWithPath: base + "/rgb_image_cmd_aligned/\(stem)_\(frame)_3.png"))
                    boxes += "\(subject),1,1,\(command),\(frame),150,180,90,60,1\n"
                }
            }
        }
        _ = try folder.write(boxes, to: "boxes.csv")
    }

    private func arguments(_ out: String) -> [String] {
        [
            "ingest", "--source", folder.path + "/corpus", "--out", folder.path + "/" + out, "--boxes",
            folder.path + "/boxes.csv", "--subjects", "1-3,101,121", "--workers", "1", "--quiet",
        ]
    }

    private func expectSame(_ one: String, _ two: String) throws {
        let (first, second) = (DataRoot(folder.path + "/" + one), DataRoot(folder.path + "/" + two))
        for split in Split.allCases {
            #expect(try Manifest(path: first.manifest(split)) == Manifest(path: second.manifest(split)))
            for entry in try Manifest(path: first.manifest(split)).entries {
                #expect(
                    FileManager.default.contentsEqual(
                        atPath: first.processed + "/" + entry.audio,
                        andPath: second.processed + "/" + entry.audio))
            }
        }
        for modality in Camera.allCases {
            #expect(try dump(first.frames(modality)) == dump(second.frames(modality)))
        }
    }

    private func dump(_ path: String) throws -> [String: [UInt8]] {
        var result: [String: [UInt8]] = [:]
        try FrameStore(path: path).reader().forEach { key, value throws(DataError) in
            result[String(decoding: key, as: UTF8.self)] = Array(value)
        }
        return result
    }

    /// Starts an import and waits until its first subject is finished.
    private func startAndWait(_ out: String) throws -> RunningTool {
        let running = try Self.tool.start(arguments(out))
        let state = folder.path + "/\(out)/processed/metadata/ingest/sub_1.json"
        while running.isRunning, !FileManager.default.fileExists(atPath: state) {
            Thread.sleep(forTimeInterval: 0.002)
        }
        return running
    }

    @Test("killed in the middle, it resumes to the same data", arguments: [SIGKILL, SIGTERM, SIGINT])
    func interrupted(signal: Int32) throws {
        #expect(try Self.tool.run(arguments("whole")).exitCode == 0)
        let running = try startAndWait("halted")
        running.send(signal)
        let ended = running.wait()
        // On a fast machine it may have been done before the signal came.
        let expected: Set<Int32> =
            signal == SIGKILL ? [128 + SIGKILL, 0] : signal == SIGTERM ? [75, 0] : [130, 0]
        #expect(expected.contains(ended.exitCode), "\(ended)")
        let without = try Self.tool.run(arguments("halted"))
        #expect(without.exitCode == 73 && without.errors.contains("--resume"), "\(without)")
        let resumed = try Self.tool.run(arguments("halted") + ["--resume"])
        #expect(resumed.exitCode == 0, "\(resumed)")
        #expect(resumed.output.contains("5 subjects, 10 utterances"), "\(resumed)")
        try expectSame("whole", "halted")
    }
}
