import TAVSESignal

extension PESQ {
    /// Critical-band powers of a Hann-windowed frame.
    final class FrameSpectrum {
        private let window: [Float]
        private let plan: RealFFTFloat
        private let bins: [Int]
        private let scale: [Float]
        private var windowed: [Float]
        private var spectrum: [Float]

        init(_ format: Format) {
            window = hannWindow(format.modelFrame)
            plan = RealFFTFloat.plan(format.modelFrame)
            bins = format.bands.binCounts
            scale = format.bands.densityCorrection.map { Float($0 * format.powerScale) }
            windowed = [Float](repeating: 0, count: format.modelFrame)
            spectrum = [Float](repeating: 0, count: 2 * plan.binCount)
        }

        /// Writes the band powers of the frame that starts at `start` into `powers` from index `row` on.
        func bandPowers(of samples: [Float], at start: Int, into powers: inout [Float], row: Int) {
            multiply(samples, at: start, by: window, into: &windowed)
            plan.forward(windowed, into: &spectrum)
            spectrum[0] = 0
            spectrum[1] = 0
            spectrum.withUnsafeBufferPointer { values in
                var bin = 0
                for band in bins.indices {
                    var sum: Float = 0
                    for index in bin..<bin + bins[band] {
                        sum +=
                            values[2 * index] * values[2 * index] + values[2 * index + 1]
                            * values[2 * index + 1]
                    }
                    bin += bins[band]
                    powers[row + band] = sum * scale[band]
                }
            }
        }
    }
}
