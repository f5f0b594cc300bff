import Foundation
import TAVSESignal
import Testing

@testable import TAVSEMetrics

@Suite("Scores of recorded pairs")
struct ExpectedScoresTests {
    /// The peer followed for each metric; PESQ has its own tests.
    static let peers: [(metric: MetricName, peer: String)] = [
        (.stoi, "pystoi"), (.estoi, "pystoi"), (.snr, "torchmetrics"), (.siSNR, "torchmetrics"),
        (.siSDR, "torchmetrics"), (.sdr, "mir_eval"), (.sir, "mir_eval"), (.sar, "mir_eval"),
        (.segmentalSNR, "pysepm"), (.frequencyWeightedSegmentalSNR, "pysepm"), (.llr, "pysepm"),
        (.wss, "pysepm"), (.cepstralDistance, "pysepm"), (.csig, "pysepm"), (.cbak, "pysepm"),
        (.covl, "pysepm"), (.lsd, "speechscore"),
    ]

    @Test(
        "are those of the followed peers, or a reason where the peer has no number (reference)",
        arguments: ReferencePairs.expected)
    func expected(pair: ReferencePairs.Pair) throws {
        let reference = try ReferencePairs.signal(pair.reference)
        let estimate = try ReferencePairs.signal(pair.degraded)
        let scores = MetricSuite(metrics: Self.peers.map(\.metric)).score(
            estimate: estimate, reference: reference)
        for (score, (metric, peer)) in zip(scores, Self.peers) {
            guard let text = pair.value(metric.rawValue, peer) else { continue }
            check(score.result, metric, text, pair: pair, frames: Self.frameCount(reference))
        }
        if let text = pair.value("llr_unclipped", "pysepm") {
            let result = Result { () throws(MetricError) in
                try LogLikelihoodRatio.unclipped(PairWork(estimate: estimate, reference: reference))
            }
            check(result, .llr, text, pair: pair, frames: Self.frameCount(reference))
        }
    }

    private func check(
        _ result: Result<Double, MetricError>, _ metric: MetricName, _ text: String,
        pair: ReferencePairs.Pair,
        frames: Int
    ) {
        let label: Comment = "\(pair.name) \(metric.rawValue): peer \(text), ours \(result)"
        let expected = Double(text) ?? .nan
        switch result {
        case .failure(let reason):
            switch reason {
            case .infinite, .silent, .nonFinite, .noUtterance, .lengthMismatch, .unsupportedSampleRate: break
            // Peers print a made-up number for files shorter than a block.
            case .tooShort: #expect(!expected.isFinite || text == "1e-05" || frames < 1, label)
            case .undefined: #expect(metric == .sir, label)
            default: Issue.record(label)
            }
            // A finite number that the peer has for sound input must not be refused.
            if case .infinite = reason {
                #expect(!expected.isFinite || abs(expected) > ReferencePairs.resolution(metric), label)
            }
            if reason.code.hasPrefix("silent") { #expect(Self.isSilent(pair), label) }
        case .success(let value):
            guard expected.isFinite else {
                Issue.record("\(label)")
                return
            }
            if expected > ReferencePairs.resolution(metric) {
                #expect(value >= ReferencePairs.resolution(metric) - 1e-2, label)
            } else if Self.trimIsHalf(metric, frames: frames) {
                // The peer keeps one frame fewer: it rounds halves to even, the original program away from zero.
                #expect(abs(value - expected) < 0.05 * max(1, abs(expected)), label)
            } else {
                #expect(abs(value - expected) <= ReferencePairs.tolerance(metric, expected: expected), label)
            }
        }
    }

    private static func isSilent(_ pair: ReferencePairs.Pair) -> Bool {
        [pair.reference, pair.degraded].contains { name in
            (try? ReferencePairs.signal(name))?.samples.allSatisfy { $0 == 0 } ?? false
        }
    }

    private static func frameCount(_ signal: Signal) -> Int {
        let length = Int((0.03 * Double(signal.sampleRate)).rounded())
        let hop = Double(length / 4)
        return Int(Double(signal.count) / hop - Double(length) / hop)
    }

    /// 0.95·T ends in one half.
    private static func trimIsHalf(_ metric: MetricName, frames: Int) -> Bool {
        guard [.llr, .wss, .cepstralDistance, .csig, .cbak, .covl].contains(metric) else { return false }
        return 0.95 * Double(frames) - (0.95 * Double(frames)).rounded(.down) == 0.5
    }

    @Test("improve by what the followed peers say (reference)", arguments: ReferencePairs.improvements)
    func improvements(pair: ReferencePairs.Pair) throws {
        let reference = try ReferencePairs.signal(pair.reference)
        let estimate = try ReferencePairs.signal(pair.degraded)
        let noisy = try ReferencePairs.signal(try #require(pair.mixture))
        let suite = MetricSuite(metrics: [.siSNRImprovement, .siSDR, .sdr])
        let enhanced = suite.score(estimate: estimate, reference: reference, noisy: noisy)
        let before = suite.score(estimate: noisy, reference: reference)
        let ours = [
            "si_snri": try enhanced[0].result.get(),
            "si_sdri": try enhanced[1].result.get() - before[1].result.get(),
            "sdri": try enhanced[2].result.get() - before[2].result.get(),
        ]
        for (key, text) in pair.values {
            let metric = String(key.split(separator: "/")[0])
            let value = try #require(ours[metric], "unknown improvement \(metric)")
            let expected = try #require(Double(text))
            #expect(abs(value - expected) < (metric == "sdri" ? 1e-4 : 1e-6), "\(pair.name) \(key)")
        }
    }
}
