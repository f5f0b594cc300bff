import Foundation
import Testing

@testable import TAVSETraining

/// A Python that imports tensorboard: `$TAVSE_PYTHON`, or `python3`.
enum Python {
    static let path = ProcessInfo.processInfo.environment["TAVSE_PYTHON"] ?? "python3"
    static let hasTensorBoard = (try? run("import tensorboard", [])) != nil
    static let reason: Comment = "no Python with tensorboard (pip install tensorboard; TAVSE_PYTHON names it)"

    struct Failure: Error { let status: Int32 }

    /// Runs a script and gives its output.
    static func run(_ script: String, _ arguments: [String]) throws -> Data {
        let words = ([path, "-c", script] + arguments).map { word in
            "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
        }
        guard let stream = popen(words.joined(separator: " ") + " 2>/dev/null", "re") else {
            throw Failure(status: errno)
        }
        var output = Data()
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&block, 1, block.count, stream), count > 0 {
            output.append(contentsOf: block[..<count])
        }
        let status = pclose(stream)
        guard status == 0 else { throw Failure(status: status) }
        return output
    }
}

@Suite(.enabled(if: Python.hasTensorBoard, Python.reason))
struct TensorBoardTests {
    struct Contents: Decodable {
        struct Image: Decodable, Equatable {
            let step, width, height: Int
            let png: [UInt8]
        }
        struct Audio: Decodable, Equatable {
            let step, sampleRate, frames: Int
            let type: String
            let wave: [UInt8]
        }
        struct Scalar: Decodable, Equatable {
            let step: Int
            let value: Double
        }
        let scalars: [String: [Scalar]]
        let images: [String: [Image]]
        let audio: [String: [Audio]]
        let plugins: [String: [String]]
    }

    /// Old readers (EventAccumulator) and the server's present one (migrated tensors) both.
    static let script = """
        import json, sys
        from tensorboard.backend.event_processing import event_accumulator as ea
        from tensorboard.backend.event_processing import plugin_event_accumulator as pea
        log = ea.EventAccumulator(sys.argv[1], size_guidance={ea.SCALARS: 0, ea.IMAGES: 0, ea.AUDIO: 0})
        log.Reload()
        tags = log.Tags()
        new = pea.EventAccumulator(sys.argv[1], tensor_size_guidance={"audio": 0, "images": 0})
        new.Reload()
        print(json.dumps({
            "scalars": {t: [{"step": e.step, "value": e.value} for e in log.Scalars(t)] for t in tags["scalars"]},
            "images": {t: [{"step": e.step, "width": e.width, "height": e.height,
                            "png": list(e.encoded_image_string)} for e in log.Images(t)] for t in tags["images"]},
            "audio": {t: [{"step": e.step, "sampleRate": int(e.sample_rate), "frames": e.length_frames,
                           "type": e.content_type, "wave": list(e.encoded_audio_string)} for e in log.Audio(t)]
                      for t in tags["audio"]},
            "plugins": {p: sorted(new.PluginTagToContent(p)) for p in new.ActivePlugins()}}))
        """

    static func read(_ folder: String) throws -> Contents {
        try JSONDecoder().decode(Contents.self, from: Python.run(script, [folder]))
    }

    @Test("tensorboard reads scalars, pictures and sound of an interrupted run, no step twice (reference)")
    func readBack() throws {
        let folder = try LogFolder()
        let log = try TrainingLog(folder: folder.path)
        try TrainingLogTests.write(log, 1...7)
        let saved = try log.savePoint()
        try TrainingLogTests.write(log, 8...11)
        let resumed = try TrainingLog(resuming: folder.path, at: saved)
        try TrainingLogTests.write(resumed, 8...10)
        try resumed.finish()

        let contents = try Self.read(folder.path)
        let loss = try #require(contents.scalars["train/loss"])
        #expect(loss == (1...10).map { .init(step: $0, value: Double(Float(1 / Double($0)))) })
        #expect(contents.scalars["throughput/examples_per_second"]?.count == 10)
        #expect(contents.scalars["val/gate_rgb"]?.map(\.step) == [5, 10])

        let media = LogFolder.media("item/1")
        let images = try #require(contents.images["val_spectrogram/item_1"])
        #expect(images.map(\.step) == [5, 10])
        #expect(images[0].width == 41 && images[0].height == 257)
        let wave = WaveBytes.encode(media.enhanced, sampleRate: 16000)
        #expect(
            contents.audio["val_audio/item_1/enhanced"]
                == [5, 10].map {
                    .init(step: $0, sampleRate: 16000, frames: 1600, type: "audio/wav", wave: wave)
                })
        #expect(contents.audio["val_audio/item_1/noisy"]?.map(\.step) == [5])
        #expect(contents.audio["val_audio/item_1/clean"]?.map(\.step) == [5])

        #expect(contents.plugins["scalars"]?.contains("train/learning_rate") == true)
        #expect(contents.plugins["images"] == ["val_spectrogram/item_1"])
        #expect(contents.plugins["audio"]?.count == 3)
    }

    @Test("a torn record costs tensorboard nothing but itself (reference)")
    func torn() throws {
        let folder = try LogFolder()
        let log = try TrainingLog(folder: folder.path)
        try TrainingLogTests.write(log, 1...3)
        try log.finish()
        let name = try #require(try EventFiles.names(in: folder.path).first)
        let path = folder.path + "/" + name
        let bytes = try #require(try AppendingFile.contents(path))
        try AppendingFile.cut(path, to: bytes.count - 5)
        #expect(try Self.read(folder.path).scalars["train/loss"]?.map(\.step) == [1, 2])
    }
}
