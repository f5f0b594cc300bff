import Foundation
import Synchronization
import TAVSEBase
import TAVSEModel
import TAVSESignal

/// What became of one recording.
struct EnhanceResult {
    let job: EnhanceJob
    /// Why it failed; nil when it did not.
    var failure: String?
    /// Whether its output was there already.
    var isSkipped = false
    /// Length of the recording.
    var seconds = 0.0
    /// Time the network took.
    var processingSeconds = 0.0
    /// Rate of the file where it was not the network's, Hz.
    var resampledFrom: Int?
    /// Samples beyond full scale that were cut.
    var clipped = 0
    /// Cameras that had frames of it.
    var seen: [Modality] = []
}

/// Enhances recordings one after the other, each on all threads; what fails is skipped.
///
/// A recording is held in memory as a whole, 4 bytes per sample going in and coming out: 460 MB for an hour. The network
/// sees it in segments.
final class EnhanceBatch: Sendable {
    private let enhancer: Enhancer
    private let cameras: [Modality: MouthVideo]
    private let channel: Int?
    private let force: Bool
    private let stop = StopFlag()

    init(enhancer: Enhancer, cameras: [Modality: MouthVideo], channel: Int?, force: Bool) {
        self.enhancer = enhancer
        self.cameras = cameras
        self.channel = channel
        self.force = force
    }

    /// Stops after the recording at hand.
    func cancel() { stop.raise() }

    func run(_ jobs: [EnhanceJob], progress: (_ done: Int, _ failed: Int) -> Void) -> [EnhanceResult] {
        var results: [EnhanceResult] = []
        var failed = 0
        for job in jobs where !stop.isRaised {
            var result = EnhanceResult(job: job)
            if !force, FileManager.default.fileExists(atPath: job.output) {
                result.isSkipped = true
            } else {
                do { try enhance(&result) } catch {
                    let text = "\(error)"
                    result.failure = text.hasPrefix(job.input) ? text : "\(job.input): \(text)"
                    failed += 1
                }
            }
            results.append(result)
            progress(results.count, failed)
        }
        return results
    }

    private func enhance(_ result: inout EnhanceResult) throws {
        let rate = enhancer.network.specification.sampleRate
        var noisy = try AudioFile.read(result.job.input, channel: channel)
        // Before anything is computed from it: a resampler would spread one bad sample over many.
        if let place = noisy.samples.firstIndex(where: { !$0.isFinite }) {
            throw ModelError.nonFinite(sample: place)
        }
        if noisy.sampleRate != rate {
            result.resampledFrom = noisy.sampleRate
            noisy = Resampler(from: noisy.sampleRate, to: rate).resample(noisy)
        }
        result.seconds = noisy.durationSeconds
        var frames: [Modality: FrameSequence] = [:]
        for (modality, video) in cameras {
            frames[modality] = try video.frames(of: result.job.utterance)
        }
        result.seen = frames.keys.sorted { $0.rawValue < $1.rawValue }
        let clock = ContinuousClock()
        let start = clock.now
        let wave = try enhancer.enhance(noisy.samples, frames: frames).wave
        result.processingSeconds = (clock.now - start) / .seconds(1)
        try FileManager.default.createDirectory(
            atPath: (result.job.output as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true)
        result.clipped = try AudioFile.write(
            Signal(samples: wave, sampleRate: rate), to: result.job.output)
    }
}
