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
    /// Whether what was there was made from another checkpoint, recording or video, and was made again.
    var isRenewed = false
    /// Whether what was there does not say what made it.
    var isOfUnknownOrigin = false
    /// Frames and duration that do not fit, in words.
    var misfits: [String] = []
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
    private let checkpointHash: String
    private let cameras: [Modality: MouthVideo]
    private let channel: Int?
    private let force: Bool
    private let stop = StopFlag()

    init(
        enhancer: Enhancer, checkpointHash: String, cameras: [Modality: MouthVideo], channel: Int?,
        force: Bool
    ) {
        self.enhancer = enhancer
        self.checkpointHash = checkpointHash
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
            do { try enhanceIfNeeded(&result) } catch {
                let text = "\(error)"
                result.failure = text.hasPrefix(job.input) ? text : "\(job.input): \(text)"
                failed += 1
            }
            results.append(result)
            progress(results.count, failed)
        }
        return results
    }

    private func enhanceIfNeeded(_ result: inout EnhanceResult) throws {
        var frames: [Modality: FrameSequence] = [:]
        for (modality, video) in cameras {
            frames[modality] = try video.frames(of: result.job.utterance)
        }
        let origin = try OutputOrigin(
            checkpoint: checkpointHash, input: result.job.input, channel: channel,
            video: frames.mapValues(\.count))
        if !force, FileManager.default.fileExists(atPath: result.job.output) {
            switch origin.relation(of: result.job.output) {
            case .same: result.isSkipped = true
            case .unknown: (result.isSkipped, result.isOfUnknownOrigin) = (true, true)
            case .other: result.isRenewed = true
            }
            if result.isSkipped { return }
        }
        try enhance(&result, frames: frames, origin: origin)
    }

    private func enhance(
        _ result: inout EnhanceResult, frames: [Modality: FrameSequence], origin: OutputOrigin
    ) throws {
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
        result.seen = frames.keys.sorted { $0.rawValue < $1.rawValue }
        let fps = enhancer.network.specification.fps
        for modality in result.seen {
            let count = frames[modality]?.count ?? 0
            let expected = noisy.durationSeconds * fps
            if abs(Double(count) - expected) > 1 {
                result.misfits.append(
                    "\(result.job.input): \(count) \(modality.rawValue) frames; "
                        + String(
                            format: "%.2f s of audio at %g frames per second need %.0f",
                            noisy.durationSeconds,
                            fps, expected))
            }
        }
        let clock = ContinuousClock()
        let start = clock.now
        let wave = try enhancer.enhance(noisy.samples, frames: frames).wave
        result.processingSeconds = (clock.now - start) / .seconds(1)
        try OutputFolder.make((result.job.output as NSString).deletingLastPathComponent)
        result.clipped = try AudioFile.write(
            Signal(samples: wave, sampleRate: rate), to: result.job.output, comment: origin.comment)
    }
}
