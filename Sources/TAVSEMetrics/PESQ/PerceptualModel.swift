import Foundation

extension PESQ {
    /// From aligned signals to the disturbance of every frame.
    ///
    /// > Source: ITU-T P.862, section on the perceptual model.
    struct PerceptualModel {
        /// First frame that counts towards the score.
        let firstFrame: Int
        /// Last frame; frames 0 … last are computed.
        let lastFrame: Int
        /// Stretches that were aligned again.
        private(set) var badIntervals: [BadInterval] = []
        /// Symmetric and asymmetric disturbance per frame.
        var symmetric: [Float]
        var asymmetric: [Float]

        let format: Format
        /// Padded length of the longer signal.
        let longest: Int
        let utterances: [Utterance]
        let estimateSamples: [Float]
        let referenceSamples: [Float]
        let kernel: BandKernel
        let spectrum: FrameSpectrum
        /// Band powers, a row of `kernel.stride` per frame; compensated in place.
        var referencePower: [Float]
        var estimatePower: [Float]
        /// Audible power of the compensated reference per frame.
        var audibleReference: [Float]

        /// Runs the whole model on a pair with known delays.
        ///
        /// - Throws: `.silent` when the filtered reference is nowhere loud enough to count.
        init(_ pair: SignalPair, utterances: [Utterance]) throws(MetricError) {
            format = pair.format
            longest = pair.longest
            self.utterances = utterances
            referenceSamples = pair.reference.samples
            estimateSamples = pair.estimate.samples
            kernel = BandKernel(format.bands)
            spectrum = FrameSpectrum(format)
            (firstFrame, lastFrame) = PerceptualModel.audibleFrames(
                referenceSamples, longest: longest, format: format)
            guard firstFrame <= lastFrame else { throw .silent(.reference) }
            let frames = lastFrame + 1
            referencePower = [Float](repeating: 0, count: frames * kernel.stride)
            estimatePower = referencePower
            audibleReference = [Float](repeating: 0, count: frames)
            symmetric = audibleReference
            asymmetric = audibleReference

            computeBandPowers()
            compensateFrequency()
            compensateGainAndCompare()
            let needsRealignment = symmetric.contains { $0 > Constants.badFrame }
            silenceSkippedFrames()
            if needsRealignment { badIntervals = realignBadIntervals() }
            weightFrames()
        }

        /// Frames of the reference between the silence at its start and at its end.
        private static func audibleFrames(
            _ samples: [Float], longest: Int, format: Format
        ) -> (first: Int, last: Int) {
            func sumOfFive(from index: Int) -> Float {
                (0..<5).reduce(0) { $0 + abs(samples[index + $1]) }
            }
            let limit = longest / 2
            var skippedAtStart = 0
            while skippedAtStart < limit,
                sumOfFive(from: format.border + skippedAtStart) < Constants.audibleSumOfFive
            {
                skippedAtStart += 1
            }
            var skippedAtEnd = 0
            let end = longest - format.border + format.tail
            while skippedAtEnd < limit, sumOfFive(from: end - 5 - skippedAtEnd) < Constants.audibleSumOfFive {
                skippedAtEnd += 1
            }
            let count = longest - 2 * format.border + format.tail
            return (skippedAtStart / format.modelHop, (count - skippedAtEnd) / format.modelHop - 1)
        }

        /// First sample of a frame in the reference's buffer.
        func start(ofFrame frame: Int) -> Int { format.border + frame * format.modelHop }

        /// The utterance a reference sample belongs to: the last that starts at or before it, else the first.
        func utterance(atSample sample: Int) -> Utterance {
            utterances.last { $0.start * format.envelopeFrame <= sample } ?? utterances[0]
        }

        private mutating func computeBandPowers() {
            let buffered = longest + format.tail
            for frame in 0...lastFrame {
                let position = start(ofFrame: frame)
                let row = frame * kernel.stride
                spectrum.bandPowers(of: referenceSamples, at: position, into: &referencePower, row: row)
                let delayed = position + utterance(atSample: position).delay
                // A frame that touches either end of the buffer counts as silence.
                if delayed > 0, delayed + format.modelFrame < buffered {
                    spectrum.bandPowers(of: estimateSamples, at: delayed, into: &estimatePower, row: row)
                }
            }
        }

        /// Scales the reference's bands by the ratio of long-term band powers, which is what a linear filter would do.
        private mutating func compensateFrequency() {
            let stride = kernel.stride
            let bands = format.bands
            let raised = bands.thresholdPower.map { Float($0) * Constants.raisedThreshold }
            var referenceSum = [Double](repeating: 0, count: bands.count)
            var estimateSum = referenceSum
            for frame in 0...lastFrame {
                let row = frame * stride
                let audible = kernel.audiblePower(referencePower, row: row, factor: Constants.raisedThreshold)
                guard audible >= Constants.silentFramePower else { continue }
                for band in 0..<bands.count {
                    let (r, e) = (referencePower[row + band], estimatePower[row + band])
                    if r > raised[band] { referenceSum[band] += Double(r) }
                    if e > raised[band] { estimateSum[band] += Double(e) }
                }
            }
            let frames = Double((longest - 2 * format.border + format.tail) / format.modelHop - 1)
            let limit = Constants.frequencyLimit
            let ratios = (0..<bands.count).map { band in
                let estimate = estimateSum[band] / frames + Constants.frequencyOffset
                let reference = referenceSum[band] / frames + Constants.frequencyOffset
                return Float(min(max(estimate / reference, 1 / limit), limit))
            }
            for frame in 0...lastFrame {
                for band in 0..<bands.count { referencePower[frame * stride + band] *= ratios[band] }
            }
        }

        private mutating func compensateGainAndCompare() {
            var gain = GainCompensation()
            for frame in 0...lastFrame {
                let row = frame * kernel.stride
                audibleReference[frame] = kernel.audiblePower(referencePower, row: row, factor: 1)
                gain.compensate(
                    &estimatePower, row: row, audibleReference: audibleReference[frame], kernel: kernel,
                    smoothed: frame > 0)
                (symmetric[frame], asymmetric[frame]) = kernel.disturbance(
                    reference: referencePower, row: row, estimate: estimatePower, row: row)
            }
        }

        /// Where the delay drops by more than half a frame, frames are compared twice; they do not count.
        private mutating func silenceSkippedFrames() {
            let (border, frame, hop) = (Constants.borderFrames, format.envelopeFrame, format.modelHop)
            for (previous, next) in zip(utterances, utterances.dropFirst()) {
                let jump = next.delay - previous.delay
                guard jump < -hop else { continue }
                let first = min(
                    ((next.start - border) * frame + next.delay) / hop,
                    ((previous.end - border) * frame + previous.delay) / hop)
                let last = ((next.start - border) * frame + abs(jump)) / hop + 1
                let end = min(last + 1, lastFrame)
                guard max(0, first) < end else { continue }
                for skipped in max(0, first)..<end {
                    symmetric[skipped] = 0
                    asymmetric[skipped] = 0
                }
            }
        }

        /// Divides disturbances by a weight that grows with the reference's power, and caps them.
        private mutating func weightFrames() {
            for frame in 0...lastFrame {
                let power =
                    (Double(audibleReference[frame]) + Constants.weightOffset) / Constants.weightReference
                let weight = Float(pow(power, Constants.weightExponent))
                symmetric[frame] = min(symmetric[frame] / weight, Constants.disturbanceLimit)
                asymmetric[frame] = min(asymmetric[frame] / weight, Constants.disturbanceLimit)
            }
        }
    }

    /// Follows slow changes of the estimate's level from frame to frame.
    struct GainCompensation {
        private var previous = 1.0

        /// Scales the estimate's row towards the level of the reference.
        mutating func compensate(
            _ estimate: inout [Float], row: Int, audibleReference: Float, kernel: BandKernel, smoothed: Bool
        ) {
            let audibleEstimate = kernel.audiblePower(estimate, row: row, factor: 1)
            var ratio =
                (Double(audibleReference) + Constants.gainOffset)
                / (Double(audibleEstimate) + Constants.gainOffset)
            if smoothed {
                ratio = Constants.gainMemory * previous + (1 - Constants.gainMemory) * ratio
            }
            // The memory holds the ratio before it is limited.
            previous = ratio
            let range = Constants.gainRange
            let gain = Float(min(max(ratio, range.lowerBound), range.upperBound))
            for band in row..<row + kernel.stride { estimate[band] *= gain }
        }
    }
}
