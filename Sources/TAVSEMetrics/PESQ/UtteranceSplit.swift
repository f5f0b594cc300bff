extension PESQ {
    /// The break point at which an utterance falls into two parts with different delays.
    ///
    /// > Source: ITU-T P.862, section on splitting utterances.
    struct UtteranceSplit {
        let left: Utterance
        let right: Utterance

        /// A place to break, and what is known of the two parts.
        private struct Candidate {
            let frame: Int
            var leftEstimate = 0
            var rightEstimate = 0
            var left: (delay: Int, confidence: Double)?
            var right: (delay: Int, confidence: Double)?
        }

        /// The best split, or nil if one delay explains the utterance better than any two.
        static func best(
            of utterance: Utterance, reference: VoiceActivity, estimate: VoiceActivity, frame: Int,
            fineDelay: inout FineDelay
        ) -> UtteranceSplit? {
            var candidates = breakPoints(of: utterance, activity: reference).map { Candidate(frame: $0) }
            guard !candidates.isEmpty else { return nil }
            let parts = estimateDelays(&candidates, utterance, reference, estimate, frame: frame)
            let replaced = SplitWindow.shape(
                hann: fineDelay.shape, parts: parts, reference: reference.logPower,
                estimate: estimate.logPower)
            if let replaced {
                var own = FineDelay(fineDelay, shape: replaced)
                measureLeft(&candidates, utterance, frame: frame, fineDelay: &own)
                measureRight(&candidates, utterance, frame: frame, fineDelay: &own)
            } else {
                measureLeft(&candidates, utterance, frame: frame, fineDelay: &fineDelay)
                measureRight(&candidates, utterance, frame: frame, fineDelay: &fineDelay)
            }

            var best: UtteranceSplit?
            var greatest = 0.0
            for candidate in candidates {
                guard let left = candidate.left, let right = candidate.right,
                    abs(right.delay - left.delay) >= frame,
                    left.confidence > utterance.confidence, right.confidence > utterance.confidence,
                    left.confidence + right.confidence > greatest
                else { continue }
                greatest = left.confidence + right.confidence
                let overlap = right.delay < left.delay ? 0 : (right.delay - left.delay) / (2 * frame)
                best = UtteranceSplit(
                    left: Utterance(
                        start: utterance.start, end: candidate.frame + overlap,
                        delayEstimate: candidate.leftEstimate, delay: left.delay, confidence: left.confidence),
                    right: Utterance(
                        start: candidate.frame - overlap, end: utterance.end,
                        delayEstimate: candidate.rightEstimate, delay: right.delay,
                        confidence: right.confidence))
            }
            return best
        }

        /// Up to 40 places, evenly spaced over the inner part of the utterance's speech.
        private static func breakPoints(of utterance: Utterance, activity: VoiceActivity) -> [Int] {
            // The frame at which the utterance ends is looked at too: speech may go on in the next utterance.
            let start = max(0, utterance.start)
            let frames = start..<max(start, min(utterance.end + 1, activity.power.count))
            guard let first = frames.first(where: { activity.power[$0] > 0 }),
                let last = frames.last(where: { activity.power[$0] > 0 })
            else { return [] }
            let length = last + 1 - first
            guard length >= Constants.shortestSplit else { return [] }
            let step = 4 * Int((0.801 * Double(length) + 159) / 160)
            let margin = max(length / 10, Constants.borderFrames)
            var points = [first + margin]
            while points.count < 40, let point = points.last, point + step <= last + 1 - margin {
                points.append(point + step)
            }
            return points
        }

        /// Crude delay of both parts of every candidate.
        ///
        /// - Returns: the stretches of both envelopes compared, left and right part of each candidate in turn.
        private static func estimateDelays(
            _ candidates: inout [Candidate], _ utterance: Utterance, _ reference: VoiceActivity,
            _ estimate: VoiceActivity, frame: Int
        ) -> [SplitWindow.Part] {
            var parts = [SplitWindow.Part](repeating: SplitWindow.Part(), count: 2 * candidates.count)
            let shift = utterance.delayEstimate / frame
            var growing = GrowingCorrelation(
                reference: reference.logPower, estimate: estimate.logPower, shift: shift,
                span: utterance.start..<utterance.end)
            for index in candidates.indices {
                growing.extend(to: utterance.start..<candidates[index].frame)
                candidates[index].leftEstimate = utterance.delayEstimate + frame * growing.bestLag
                parts[2 * index] = SplitWindow.Part(growing)
            }
            growing.reset()
            for index in candidates.indices.reversed() {
                growing.extend(to: candidates[index].frame..<utterance.end)
                candidates[index].rightEstimate = utterance.delayEstimate + frame * growing.bestLag
                parts[2 * index + 1] = SplitWindow.Part(growing)
            }
            return parts
        }

        /// Fine delay from the utterance's start up to each break; breaks with one estimate share a histogram.
        private static func measureLeft(
            _ candidates: inout [Candidate], _ utterance: Utterance, frame: Int, fineDelay: inout FineDelay
        ) {
            for estimate in distinct(candidates.map(\.leftEstimate)) {
                var histogram = LagHistogram(window: fineDelay.window)
                var referenceStart = utterance.start * frame
                var estimateStart = referenceStart + estimate
                if estimateStart < 0 {
                    referenceStart = -estimate
                    estimateStart = 0
                }
                for index in candidates.indices where candidates[index].leftEstimate == estimate {
                    let end = candidates[index].frame * frame
                    while referenceStart + fineDelay.window <= end,
                        estimateStart + fineDelay.window <= fineDelay.estimateCount
                    {
                        fineDelay.vote(
                            referenceStart: referenceStart, estimateStart: estimateStart, into: &histogram)
                        referenceStart += fineDelay.hop
                        estimateStart += fineDelay.hop
                    }
                    let best = histogram.best
                    candidates[index].left = (estimate + best.lag, best.confidence)
                }
            }
        }

        /// Fine delay from each break up to the utterance's end, walking backwards.
        private static func measureRight(
            _ candidates: inout [Candidate], _ utterance: Utterance, frame: Int, fineDelay: inout FineDelay
        ) {
            let worthwhile = candidates.indices.filter {
                (candidates[$0].left?.confidence ?? 0) > utterance.confidence
            }
            for estimate in distinct(worthwhile.map { candidates[$0].rightEstimate }) {
                var histogram = LagHistogram(window: fineDelay.window)
                var referenceStart = utterance.end * frame - fineDelay.window
                var estimateStart = referenceStart + estimate
                if estimateStart + fineDelay.window > fineDelay.estimateCount {
                    estimateStart = fineDelay.estimateCount - fineDelay.window
                    referenceStart = estimateStart - estimate
                }
                for index in worthwhile.reversed() where candidates[index].rightEstimate == estimate {
                    let start = candidates[index].frame * frame
                    while referenceStart >= start, estimateStart >= 0 {
                        fineDelay.vote(
                            referenceStart: referenceStart, estimateStart: estimateStart, into: &histogram)
                        referenceStart -= fineDelay.hop
                        estimateStart -= fineDelay.hop
                    }
                    let best = histogram.best
                    candidates[index].right = (estimate + best.lag, best.confidence)
                }
            }
        }

        private static func distinct(_ values: [Int]) -> [Int] {
            var seen = Set<Int>()
            return values.filter { seen.insert($0).inserted }
        }
    }
}
