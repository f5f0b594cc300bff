import TAVSESignal

extension PESQ {
    /// One signal with zeros around it, as all stages see it.
    struct PaddedSignal: Sendable {
        /// `[M + tail]`: `border` zeros, the speech, zeros; M is the padded length of the longer signal.
        var samples: [Float]
        /// Padded length N of this signal: speech and a border on either side.
        let paddedCount: Int
    }

    /// Both signals on their way to the perceptual model.
    struct SignalPair: Sendable {
        let format: Format
        var reference: PaddedSignal
        var estimate: PaddedSignal

        /// Padded length M of the longer signal.
        var longest: Int { max(reference.paddedCount, estimate.paddedCount) }

        /// Pads both signals and divides them by the greatest absolute sample of the two.
        init(estimate: Signal, reference: Signal, format: Format) {
            self.format = format
            let peak = max(SignalPair.peak(of: estimate.samples), SignalPair.peak(of: reference.samples))
            let bufferCount = max(estimate.count, reference.count) + 2 * format.border + format.tail

            func pad(_ signal: Signal) -> PaddedSignal {
                var samples = [Float](repeating: 0, count: bufferCount)
                // In double, so that neither a tiny nor a huge peak is rounded twice.
                VectorKernels.divide(signal.samples, by: peak, into: &samples, at: format.border)
                return PaddedSignal(samples: samples, paddedCount: signal.count + 2 * format.border)
            }
            self.reference = pad(reference)
            self.estimate = pad(estimate)
        }

        private static func peak(of samples: [Float]) -> Double {
            samples.withUnsafeBufferPointer { samples in
                var greatest: Float = 0
                for sample in samples { greatest = abs(sample) > greatest ? abs(sample) : greatest }
                return Double(greatest)
            }
        }
    }
}
