extension PESQ {
    /// Finds the utterances of the reference and the delay of the estimate in each.
    ///
    /// > Source: ITU-T P.862, section on time alignment.
    struct TimeAlignment {
        /// Delay of the estimate as a whole, in samples.
        private(set) var crudeDelay: Int
        /// In order of time.
        private(set) var utterances: [Utterance] = []

        let format: Format
        let reference: VoiceActivity
        let estimate: VoiceActivity
        /// Padded length of the estimate.
        let estimateCount: Int
        var fineDelay: FineDelay

        /// Aligns a levelled and filtered pair.
        init(_ pair: SignalPair) throws(MetricError) {
            format = pair.format
            estimateCount = pair.estimate.paddedCount
            let filteredReference = pair.reference.filteredForAlignment(format)
            let filteredEstimate = pair.estimate.filteredForAlignment(format)
            reference = VoiceActivity(
                samples: filteredReference, count: pair.reference.paddedCount, frame: format.envelopeFrame)
            estimate = VoiceActivity(
                samples: filteredEstimate, count: estimateCount, frame: format.envelopeFrame)
            fineDelay = FineDelay(
                reference: filteredReference, estimate: filteredEstimate, estimateCount: estimateCount,
                format: format)
            crudeDelay =
                format.envelopeFrame
                * EnvelopeCorrelation.bestLag(
                    reference: reference.logPower[...], estimate: estimate.logPower[...])

            let bursts = speechBursts()
            guard !bursts.isEmpty else { throw .noUtterance }
            for burst in bursts { utterances.append(measuredUtterance(burst)) }
            placeBoundaries(between: bursts)
            splitUtterances()
        }

        private var frame: Int { format.envelopeFrame }

        /// Bursts of the reference that are long enough and lie inside the estimate.
        private func speechBursts() -> [Range<Int>] {
            let shortest = Constants.shortestUtterance
            let lastStart = (estimateCount - crudeDelay) / frame - shortest
            let firstEnd = shortest - crudeDelay / frame
            return reference.bursts
                .map { $0.lowerBound..<min($0.upperBound, reference.power.count - 1) }
                .filter { $0.count >= shortest && $0.lowerBound < lastStart && $0.upperBound > firstEnd }
        }

        /// Both delays of one burst, searched in a window with a border on either side.
        private mutating func measuredUtterance(_ burst: Range<Int>) -> Utterance {
            let border = Constants.borderFrames
            let window =
                max(0, burst.lowerBound - border)..<min(reference.power.count - 1, burst.upperBound + border)
            let estimated = envelopeDelay(of: window, around: crudeDelay)
            var referenceStart = window.lowerBound * frame
            var estimateStart = referenceStart + estimated
            if estimateStart < 0 {
                referenceStart = -estimated
                estimateStart = 0
            }
            var histogram = LagHistogram(window: fineDelay.window)
            while referenceStart + fineDelay.window <= window.upperBound * frame,
                estimateStart + fineDelay.window <= estimateCount
            {
                fineDelay.vote(referenceStart: referenceStart, estimateStart: estimateStart, into: &histogram)
                referenceStart += fineDelay.hop
                estimateStart += fineDelay.hop
            }
            let best = histogram.best
            return Utterance(
                start: burst.lowerBound, end: burst.upperBound, delayEstimate: estimated,
                delay: estimated + best.lag, confidence: best.confidence)
        }

        /// Delay of a window of reference frames by its envelope, near a delay already known.
        private func envelopeDelay(of window: Range<Int>, around delay: Int) -> Int {
            var first = window.lowerBound
            var estimateFirst = first + delay / frame
            if estimateFirst < 0 {
                first = -(delay / frame)
                estimateFirst = 0
            }
            let estimateEnd = min(estimate.logPower.count, window.upperBound + delay / frame)
            guard first < window.upperBound, estimateFirst < estimateEnd else { return delay }
            return delay + frame
                * EnvelopeCorrelation.bestLag(
                    reference: reference.logPower[first..<window.upperBound],
                    estimate: estimate.logPower[estimateFirst..<estimateEnd])
        }

        /// Lets neighbouring utterances meet in the middle of the pause, and keeps them inside the estimate.
        private mutating func placeBoundaries(between bursts: [Range<Int>]) {
            let last = utterances.count - 1
            for index in 1..<max(1, utterances.count) {
                let middle = (bursts[index - 1].upperBound + bursts[index].lowerBound) / 2
                utterances[index - 1].end = middle
                utterances[index].start = middle
            }
            utterances[0].start = Constants.borderFrames
            utterances[last].end = reference.power.count - Constants.borderFrames
            keepStartInside(0)
            keepEndInside(last)
            for index in 1..<max(1, utterances.count) {
                let end = utterances[index - 1].end * frame + utterances[index - 1].delay
                let start = utterances[index].start * frame + utterances[index].delay
                if start < end {
                    let meeting = (start + end) / 2
                    utterances[index].start = (frame - 1 + meeting - utterances[index].delay) / frame
                    utterances[index - 1].end = (meeting - utterances[index - 1].delay) / frame
                }
            }
        }

        /// Moves an utterance's start up to where the estimate begins.
        private mutating func keepStartInside(_ index: Int) {
            let utterance = utterances[index]
            if utterance.start * frame + utterance.delay < format.border {
                utterances[index].start = Constants.borderFrames + (frame - 1 - utterance.delay) / frame
            }
        }

        /// Moves an utterance's end down to where the estimate ends.
        private mutating func keepEndInside(_ index: Int) {
            let utterance = utterances[index]
            if utterance.end * frame + utterance.delay > estimateCount - format.border {
                utterances[index].end = (estimateCount - utterance.delay) / frame - Constants.borderFrames
            }
        }

        /// Splits utterances in which the delay changes, until none does.
        private mutating func splitUtterances() {
            var index = 0
            while index < utterances.count, utterances.count < Constants.utteranceLimit {
                guard
                    let split = UtteranceSplit.best(
                        of: utterances[index], reference: reference, estimate: estimate, frame: frame,
                        fineDelay: &fineDelay)
                else {
                    index += 1
                    continue
                }
                utterances.replaceSubrange(index...index, with: [split.left, split.right])
                keepStartInside(index)
                keepEndInside(index + 1)
            }
        }
    }
}
