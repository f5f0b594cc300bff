import Foundation
import TAVSESignal

extension PESQ {
    /// Where two windows of waveform agree: the lags close to the greatest correlation, and their weight.
    struct LagVote: Sendable {
        /// (0.99 · greatest correlation)^(1/8)
        let weight: Float
        /// Lags, 0 ..< window, whose correlation exceeds 0.99 of the greatest.
        let lags: Range<Int>
    }

    /// Votes for lags by correlating Hann windows of the two filtered signals.
    ///
    /// > Source: ITU-T P.862, sections on fine time alignment and on splitting utterances.
    struct FineDelay {
        let window: Int
        let hop: Int
        /// Samples of the estimate that may be used, its padded length.
        let estimateCount: Int
        private let correlator: WindowCorrelator
        /// What the windows are multiplied with; periodic Hann unless replaced.
        var shape: [Float] { correlator.shape }
        private var votes: [SIMD2<Int>: LagVote] = [:]
        private var votedLags: [Int32] = []

        init(reference: [Float], estimate: [Float], estimateCount: Int, format: Format) {
            window = format.alignmentWindow
            hop = format.alignmentHop
            self.estimateCount = estimateCount
            correlator = WindowCorrelator(reference: reference, estimate: estimate, window: window)
        }

        /// The same signals seen through another window shape, no vote known yet.
        init(_ other: FineDelay, shape: [Float]) {
            window = other.window
            hop = other.hop
            estimateCount = other.estimateCount
            correlator = WindowCorrelator(other.correlator, shape: shape)
        }

        /// Adds the vote of one pair of windows; windows outside the signals have no vote.
        mutating func vote(referenceStart: Int, estimateStart: Int, into histogram: inout LagHistogram) {
            guard correlator.holds(referenceStart: referenceStart, estimateStart: estimateStart) else {
                return
            }
            let key = SIMD2(referenceStart, estimateStart)
            let vote: LagVote
            if let known = votes[key] {
                vote = known
            } else {
                let first = votedLags.count
                let weight = correlator.collect(
                    referenceStart: referenceStart, estimateStart: estimateStart, lags: &votedLags)
                vote = LagVote(weight: weight, lags: first..<votedLags.count)
                votes[key] = vote
            }
            for lag in votedLags[vote.lags] { histogram.add(vote.weight, at: Int(lag)) }
        }
    }

    /// Weighted votes for lags, each spread over its neighbours by a triangle, around a circle.
    struct LagHistogram {
        // In double the sums of votes (24 bits) times k/16 are exact, so that lags with equal support tie exactly and
        // the order of adding does not matter.
        private var bins: [Double]
        private let triangle: [Double]
        private var total = 0.0

        init(window: Int) {
            bins = [Double](repeating: 0, count: window)
            let reach = window / 64
            triangle = (0..<reach).map { 1 - Double($0) / Double(reach) }
        }

        mutating func add(_ vote: Float, at lag: Int) {
            let weight = Double(vote)
            total += weight
            let mask = bins.count - 1
            bins[lag] += weight
            for distance in 1..<triangle.count {
                let share = weight * triangle[distance]
                bins[(lag + distance) & mask] += share
                bins[(lag - distance) & mask] += share
            }
        }

        /// The lag with the greatest value (first on ties), −window/2 ..< window/2, and its share of all votes.
        var best: (lag: Int, confidence: Double) {
            guard total > 0 else { return (0, 0) }
            var peak = 0
            for index in bins.indices where bins[index] > bins[peak] { peak = index }
            let lag = peak >= bins.count / 2 ? peak - bins.count : peak
            return (lag, bins[peak] / total)
        }
    }
}
