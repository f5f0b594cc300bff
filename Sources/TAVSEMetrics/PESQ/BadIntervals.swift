import TAVSESignal

extension PESQ.PerceptualModel {
    /// Aligns badly disturbed stretches again, and keeps the smaller disturbance in each of their frames.
    mutating func realignBadIntervals() -> [PESQ.BadInterval] {
        let corrected = delayCorrectedEstimate()
        let intervals = badRuns().map { measure($0, corrected: corrected) }
        for interval in intervals { recompute(interval, corrected: corrected) }
        return intervals
    }

    /// The estimate with each utterance's delay removed; zero outside the padded signal.
    private func delayCorrectedEstimate() -> [Float] {
        var corrected = [Float](repeating: 0, count: estimateSamples.count)
        let valid = format.border..<longest + format.tail - format.border
        for start in stride(from: valid.lowerBound, to: valid.upperBound, by: format.envelopeFrame) {
            let delay = utterance(atSample: start).delay
            for sample in start..<min(start + format.envelopeFrame, valid.upperBound) {
                let source = min(max(sample + delay, valid.lowerBound), valid.upperBound - 1)
                corrected[sample] = estimateSamples[source]
            }
        }
        return corrected
    }

    /// Runs of bad frames, after each frame with bad ones close by on both sides has joined them.
    private func badRuns() -> [Range<Int>] {
        let reach = PESQ.Constants.badFrameReach
        var bad = symmetric.map { $0 > PESQ.Constants.badFrame }
        bad[0] = false
        var spread = [Bool](repeating: false, count: bad.count)
        for frame in stride(from: reach, to: lastFrame - reach, by: 1) {
            spread[frame] =
                bad[frame - reach...frame].contains(true) && bad[frame...frame + reach].contains(true)
        }
        var runs: [Range<Int>] = []
        var frame = 0
        while frame <= lastFrame {
            guard spread[frame] else {
                frame += 1
                continue
            }
            let first = frame
            while frame <= lastFrame, spread[frame] { frame += 1 }
            if frame <= lastFrame, frame - first >= PESQ.Constants.shortestBadInterval {
                runs.append(first..<frame)
            }
        }
        return runs
    }

    /// Correlates the magnitude of the interval's reference with that of the corrected estimate around it.
    private func measure(_ frames: Range<Int>, corrected: [Float]) -> PESQ.BadInterval {
        let search = PESQ.Constants.badIntervalSearch * format.modelFrame
        let first = start(ofFrame: frames.lowerBound)
        let end = start(ofFrame: frames.upperBound) + format.modelFrame
        let valid = format.border..<longest - format.border + format.tail
        let count = end - first + 2 * search
        let plan = RealFFTFloat.plan(transformLength(count))

        let reference = magnitudes(
            referenceSamples, from: first, to: end, lead: search, count: plan.length)
        // Outside the padded signal its outermost samples are repeated.
        let inside = max(first - search, valid.lowerBound)..<min(end + search, valid.upperBound)
        let lead = inside.lowerBound - (first - search)
        var estimate = magnitudes(
            corrected, from: inside.lowerBound, to: inside.upperBound, lead: lead, count: plan.length)
        for index in 0..<lead { estimate[index] = estimate[lead] }
        for index in lead + inside.count..<count { estimate[index] = estimate[lead + inside.count - 1] }
        let energies =
            VectorKernels.sumOfSquares(reference[...]) * VectorKernels.sumOfSquares(estimate[...])
        guard energies > 0 else {
            return PESQ.BadInterval(
                firstFrame: frames.lowerBound, endFrame: frames.upperBound, lag: 0, correlation: 0)
        }

        let referenceSpectrum = plan.forward(reference)
        var product = plan.forward(estimate)
        PESQ.CrossSpectrum.multiply(&product, byConjugateOf: referenceSpectrum)
        let correlation = plan.inverse(consume product)
        var best = -search
        var greatest: Float = -1
        for lag in -search..<search {
            let value = abs(correlation[lag < 0 ? lag + plan.length : lag])
            if value > greatest {
                greatest = value
                best = lag
            }
        }
        return PESQ.BadInterval(
            firstFrame: frames.lowerBound, endFrame: frames.upperBound, lag: best,
            correlation: Double(greatest) / Double(plan.length) / energies.squareRoot())
    }

    /// Compares the interval's frames again with its own lag.
    private mutating func recompute(_ interval: PESQ.BadInterval, corrected: [Float]) {
        let lag = interval.correlation < PESQ.Constants.leastCorrelation ? 0 : interval.lag
        let first = start(ofFrame: interval.firstFrame)
        let end = start(ofFrame: interval.endFrame) + format.modelFrame
        let moved = (first..<end).map { corrected[min(max($0 + lag, 0), longest - 1)] }
        var gain = PESQ.GainCompensation()
        var row = [Float](repeating: 0, count: kernel.stride)
        for frame in interval.firstFrame..<interval.endFrame {
            spectrum.bandPowers(of: moved, at: start(ofFrame: frame) - first, into: &row, row: 0)
            gain.compensate(
                &row, row: 0, audibleReference: audibleReference[frame], kernel: kernel, smoothed: true)
            let (symmetricNow, asymmetricNow) = kernel.disturbance(
                reference: referencePower, row: frame * kernel.stride, estimate: row, row: 0)
            symmetric[frame] = min(symmetric[frame], symmetricNow)
            asymmetric[frame] = min(asymmetric[frame], asymmetricNow)
        }
    }

    private func transformLength(_ count: Int) -> Int {
        var length = 1
        while length < 2 * count { length *= 2 }
        return length
    }

    /// |samples[from ..< to]| behind `lead` zeros, filled up with zeros.
    private func magnitudes(_ samples: [Float], from: Int, to: Int, lead: Int, count: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { output, filled in
            output.initialize(repeating: 0)
            for sample in from..<to { output[lead + sample - from] = abs(samples[sample]) }
            filled = count
        }
    }
}
