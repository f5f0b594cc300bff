import Foundation
import TAVSECorpus
import TAVSEData
import TAVSESignal
import TestSupport
import Testing

/// The video must say something about the speech, and the two cameras not quite the same: a linear regression from
/// small grey pictures to the level of the speech during each frame, fitted on some speakers and tried on others.
@Suite("Synthetic video") struct VideoInformationTests {
    private struct Clip {
        var features: [Camera: [[Double]]] = [:]
        var level: [Double] = []
    }

    @Test(
        "predicts the speech level of unseen speakers; both cameras beat each; shuffled frames do not (property)"
    )
    func regression() throws {
        let folder = try TemporaryFolder()
        var settings = SyntheticCorpusSettings()
        settings.speakers = 8
        settings.utterances = 6
        settings.noiseSeconds = 5
        let root = DataRoot(folder.file("root"))
        try SyntheticCorpus(settings, workers: 2).write(to: root)
        let train = try clips(root, .train)
        let test = try clips(root, .val) + clips(root, .test)
        let rgb = correlation(train, test, [.rgb])
        let thermal = correlation(train, test, [.thermal])
        let both = correlation(train, test, [.rgb, .thermal])
        let shuffled = correlation(train, test, [.rgb, .thermal], shift: 40)
        #expect(rgb > 0.5)
        #expect(thermal > 0.5)
        #expect(both > max(rgb, thermal))
        #expect(abs(shuffled) < 0.25)
    }

    private func correlation(_ train: [Clip], _ test: [Clip], _ modalities: [Camera], shift: Int = 0)
        -> Double
    {
        func rows(_ clips: [Clip]) -> [[Double]] {
            clips.flatMap { clip in
                clip.level.indices.map { n in modalities.flatMap { clip.features[$0]?[n] ?? [] } }
            }
        }
        let model = Ridge(rows: rows(train), targets: train.flatMap(\.level), penalty: 1)
        var predicted = rows(test).map(model.predict)
        predicted = Array(predicted[shift...] + predicted[..<shift])
        return Ridge.correlation(predicted, test.flatMap(\.level))
    }

    private func clips(_ root: DataRoot, _ split: Split) throws -> [Clip] {
        let codec = try JPEGCodec()
        let stores = [
            Camera.rgb: try FrameStore(path: root.frames(.rgb)).reader(),
            .thermal: try FrameStore(path: root.frames(.thermal)).reader(),
        ]
        return try Manifest(path: root.manifest(split)).entries.map { entry in
            var clip = Clip()
            let speech = try AudioFile.read(root.processed + "/" + entry.audio).samples
            for (modality, store) in stores {
                let frames = try (0..<entry.frames).map { frame in
                    try store.withFrame(utterance: entry.utterance, frame: frame) { bytes throws(DataError) in
                        guard let bytes else { throw .cancelled }
                        return pooled(try modality == .rgb ? codec.decode(bytes) : PNGCodec.decode(bytes))
                    }
                }
                clip.features[modality] = centred(frames)
            }
            let levels = (0..<entry.frames).map { frame in
                let range = Int(Double(frame) / 28 * 16000)..<Int(Double(frame + 1) / 28 * 16000)
                return log10(
                    speech[range].reduce(0.0) { $0 + Double($1) * Double($1) } / Double(range.count) + 1e-7)
            }
            let mean = levels.reduce(0, +) / Double(levels.count)
            clip.level = levels.map { $0 - mean }
            return clip
        }
    }

    /// Mean brightness in 12 × 12 squares of 8 × 8 pixels.
    private func pooled(_ image: Raster) -> [Double] {
        (0..<144).map { cell in
            var sum = 0.0
            for y in 0..<8 {
                for x in 0..<8 {
                    for c in 0..<image.channels {
                        sum += image.value(x: cell % 12 * 8 + x, y: cell / 12 * 8 + y, channel: c)
                    }
                }
            }
            return sum / 64 / Double(image.channels)
        }
    }

    /// Each feature minus its mean over the clip: what moves counts, not who it is.
    private func centred(_ frames: [[Double]]) -> [[Double]] {
        var mean = [Double](repeating: 0, count: 144)
        for frame in frames { for k in 0..<144 { mean[k] += frame[k] / Double(frames.count) } }
        return frames.map { zip($0, mean).map { $0 - $1 } }
    }
}
