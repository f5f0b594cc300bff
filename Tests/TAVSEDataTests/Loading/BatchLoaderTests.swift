import Foundation
import TAVSECorpus
import TAVSEData
import TAVSESignal
import TestSupport
import Testing

@Suite("BatchLoader") struct BatchLoaderTests {
    /// A corpus of 3 speakers with lost frames; built once, read by all tests.
    private static let shared: Result<(TemporaryFolder, DataRoot), any Error> = Result {
        let folder = try TemporaryFolder()
        var settings = SyntheticCorpusSettings()
        settings.speakers = 3
        settings.utterances = 4
        settings.noiseSeconds = 5
        settings.missingFrames = 0.1
        let root = DataRoot(folder.file("root"))
        try SyntheticCorpus(settings, workers: 2).write(to: root)
        return (folder, root)
    }

    private func root() throws -> DataRoot { try Self.shared.get().1 }

    private func training(_ modalities: [Camera] = [.rgb, .thermal]) throws -> SpeechDataset {
        try SpeechDataset(
            root: root(), split: .train,
            settings: .training(modalities: modalities, snrsDB: [-5, 0, 5], seed: 3))
    }

    private struct Snapshot: Equatable {
        var examples: [ExampleDescription] = []
        var clean: [Float] = []
        var noisy: [Float] = []
        var video: [Camera: [Float]] = [:]
    }

    private func all(_ loader: BatchLoader) throws -> [Snapshot] {
        var result: [Snapshot] = []
        while let batch = try loader.next() {
            result.append(
                Snapshot(
                    examples: batch.examples, clean: batch.clean.array, noisy: batch.noisy.array,
                    video: batch.video.mapValues(\.array)))
        }
        return result
    }

    @Test("gives the same batches in the same order on any number of threads (property)")
    func threads() throws {
        let dataset = try training()
        let order = dataset.shuffledOrder(epoch: 2)
        let one = try all(BatchLoader(dataset, order: order, epoch: 2, batchSize: 3, workers: 1, prefetch: 1))
        let many = try all(
            BatchLoader(dataset, order: order, epoch: 2, batchSize: 3, workers: 5, prefetch: 3))
        #expect(one.count == 2)
        #expect(one == many)
        let next = try all(BatchLoader(dataset, order: order, epoch: 3, batchSize: 3, workers: 2))
        #expect(next[0].noisy != one[0].noisy)
        #expect(order.sorted() == Array(0..<dataset.count))
    }

    @Test("shapes crops as [B, N] and [B, T, H, W, C] with values of full scale 1 (property)")
    func shapes() throws {
        let loader = try BatchLoader(training(), order: [0, 1, 2], epoch: 0, batchSize: 2, workers: 2)
        #expect(loader.count == 2)
        let batch = try #require(try loader.next())
        #expect(batch.shape.count == 2 && batch.shape.sampleCount == 40000)
        #expect(batch.shape.frameCount == 70 && batch.shape.side == 96)
        #expect(batch.clean.count == 80000)
        #expect(batch.video[.rgb]?.count == 2 * 70 * 96 * 96 * 3)
        #expect(batch.video[.thermal]?.count == 2 * 70 * 96 * 96)
        let pixels = try #require(batch.video[.rgb]?.array)
        #expect(pixels.allSatisfy { (0...1).contains($0) })
        #expect(try #require(try loader.next()).shape.count == 1)
        #expect(try loader.next() == nil)
    }

    @Test("aligns sound and picture: a crop's frames are the ones of its time (against a direct reading)")
    func alignment() throws {
        var settings = DatasetSettings.training(
            modalities: [.thermal], snrsDB: [0], seed: 8, augmentation: nil)
        settings.mixes = nil
        settings.segmentSeconds = 1
        let dataset = try SpeechDataset(root: root(), split: .train, settings: settings)
        let loader = try BatchLoader(dataset, order: [1], epoch: 4, batchSize: 1, workers: 1)
        let batch = try #require(try loader.next())
        let example = batch.examples[0]
        #expect(example.firstFrame > 0)
        let speech = try AudioFile.read(root().processed + "/" + example.entry.audio)
        let start = Int((Double(example.firstFrame) / 28 * 16000).rounded())
        #expect(batch.clean.array == Array(speech.samples[start..<start + 16000]))
        #expect(batch.noisy.array == batch.clean.array)
        let reader = try FrameStore(path: root().frames(.thermal)).reader()
        let pixels = try #require(batch.video[.thermal]?.array)
        let size = 96 * 96
        for n in 0..<28 {
            let direct = try reader.withFrame(
                utterance: example.entry.utterance, frame: example.firstFrame + n
            ) {
                bytes throws(DataError) in
                try bytes.map { part throws(DataError) in try PNGCodec.decode(part) }
            }
            #expect(example.framePresent[.thermal]?[n] == (direct != nil))
            guard let direct else { continue }
            #expect(Array(pixels[n * size..<(n + 1) * size]) == direct.bytes.map { Float($0) / 255 })
        }
    }

    @Test("repeats the earlier neighbour for a lost frame and says so (property)")
    func lostFrames() throws {
        var settings = DatasetSettings.evaluation(
            modalities: [.rgb], snrsDB: [0], seed: 1, noisesPerUtterance: 1)
        settings.mixes = nil
        let dataset = try SpeechDataset(root: root(), split: .train, settings: settings)
        let loader = try BatchLoader(
            dataset, order: Array(0..<dataset.count), epoch: 0, batchSize: 1, workers: 2)
        var lost = 0
        while let batch = try loader.next() {
            let present = try #require(batch.examples[0].framePresent[.rgb])
            let pixels = try #require(batch.video[.rgb]?.array)
            let size = 3 * 96 * 96
            #expect(present.count == batch.examples[0].entry.frames)
            for n in 1..<present.count where !present[n] && present[..<n].contains(true) {
                lost += 1
                #expect(pixels[n * size..<(n + 1) * size].elementsEqual(pixels[(n - 1) * size..<n * size]))
            }
        }
        #expect(lost > 10)
    }

    @Test("pads short utterances with zeros and marks the padding (by hand)")
    func padding() throws {
        var settings = DatasetSettings.training(modalities: [.thermal], snrsDB: [0], seed: 1)
        settings.segmentSeconds = 20
        let dataset = try SpeechDataset(root: root(), split: .train, settings: settings)
        let batch = try #require(
            try BatchLoader(dataset, order: [0], epoch: 0, batchSize: 1, workers: 1).next())
        let example = batch.examples[0]
        #expect(example.sampleCount == Int((example.entry.durationSeconds * 16000).rounded()))
        #expect(example.frameCount == example.entry.frames && example.firstFrame == 0)
        #expect(batch.noisy.array[example.sampleCount...].allSatisfy { $0 == 0 })
        #expect(example.framePresent[.thermal]?[example.frameCount...].contains(true) == false)
        #expect(batch.video[.thermal]?.array.suffix(96 * 96).allSatisfy { $0 == 0 } == true)
    }

    @Test("gives whole utterances and the same mixes whatever the batch size (property)")
    func evaluation() throws {
        let dataset = try SpeechDataset(
            root: root(), split: .test,
            settings: .evaluation(modalities: [], snrsDB: [-5, 5], seed: 9, noisesPerUtterance: 2))
        #expect(dataset.count == 16)
        let order = Array(0..<16)
        let single = try all(BatchLoader(dataset, order: order, epoch: 0, batchSize: 1, workers: 2))
        let quads = try all(BatchLoader(dataset, order: order, epoch: 7, batchSize: 4, workers: 2))
        #expect(single.flatMap(\.examples).map(\.choice) == quads.flatMap(\.examples).map(\.choice))
        #expect(single.flatMap(\.examples).map(\.noiseGain) == quads.flatMap(\.examples).map(\.noiseGain))
        let first = single[0]
        #expect(Array(quads[0].noisy.prefix(first.noisy.count)) == first.noisy)
        #expect(first.examples[0].choice == dataset.fixedChoice(0))
    }

    @Test("throws the error of the first bad example, again on every later call")
    func error() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: root().path, toPath: folder.file("copy"))
        let copy = DataRoot(folder.file("copy"))
        let dataset = try SpeechDataset(
            root: copy, split: .train, settings: .training(modalities: [], snrsDB: [0], seed: 1))
        let audio = copy.processed + "/" + dataset.entry(2).audio
        try FileManager.default.removeItem(atPath: audio)
        let loader = try BatchLoader(dataset, order: [0, 1, 2, 3], epoch: 0, batchSize: 1, workers: 3)
        _ = try loader.next()
        _ = try loader.next()
        #expect(throws: DataError.missingInput(path: audio)) { _ = try loader.next() }
        #expect(throws: DataError.missingInput(path: audio)) { _ = try loader.next() }
    }

    @Test("names the frame that cannot be decoded")
    func badFrame() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: root().path, toPath: folder.file("copy"))
        let copy = DataRoot(folder.file("copy"))
        let utterance = try #require(Manifest(path: copy.manifest(.val)).entries.first).utterance
        let writer = try FrameStoreWriter(path: copy.frames(.rgb), durable: false)
        try writer.write([.init(utterance: utterance, frame: 5, bytes: [1, 2, 3])])
        // Opened after the change: a store shows what it held when it was opened.
        let dataset = try SpeechDataset(
            root: copy, split: .val, settings: .evaluation(modalities: [.rgb], snrsDB: [0], seed: 1))
        let loader = try BatchLoader(dataset, order: [0], epoch: 0, batchSize: 1, workers: 1)
        do throws(DataError) {
            _ = try loader.next()
            Issue.record("decoded")
        } catch {
            guard case .frame(copy.frames(.rgb), "\(utterance)/000005", _) = error else {
                Issue.record("another error: \(error)")
                return
            }
        }
    }

    @Test("stops when cancelled or released in the middle")
    func cancellation() throws {
        let dataset = try training()
        let loader = try BatchLoader(
            dataset, order: Array(repeating: 0, count: 50), epoch: 0, batchSize: 2, workers: 3)
        _ = try loader.next()
        loader.cancel()
        #expect(throws: DataError.cancelled) { _ = try loader.next() }
        _ = try BatchLoader(dataset, order: [0, 1, 0, 1], epoch: 0, batchSize: 1, workers: 2).next()
    }

    @Test("rejects settings that make no sense, naming them")
    func settings() throws {
        let dataset = try training([])
        #expect(throws: DataError.setting("batch size", reason: "expected at least 1, found 0")) {
            try BatchLoader(dataset, order: [], epoch: 0, batchSize: 0, workers: 1)
        }
        #expect(throws: DataError.setting("order", reason: "example 99 of a dataset of \(dataset.count)")) {
            try BatchLoader(dataset, order: [99], epoch: 0, batchSize: 1, workers: 1)
        }
        #expect(throws: DataError.self) {
            try SpeechDataset(
                root: self.root(), split: .train, settings: .training(modalities: [], snrsDB: [], seed: 1))
        }
    }
}
