import Foundation
import TAVSESignal

extension PESQ {
    /// Zero-phase filters with real gains over the spectrum of a whole signal.
    struct SpectralFilter {
        private let plan: RealFFTFloat
        private let sampleRate: Int

        /// - Parameter count: samples to transform; the transform has the next power of two.
        init(count: Int, sampleRate: Int) {
            var length = 1
            while length < count { length *= 2 }
            plan = RealFFTFloat.plan(length)
            self.sampleRate = sampleRate
        }

        /// Spectrum of the samples, zero-padded: re, im, re, im, …
        func spectrum(of samples: ArraySlice<Float>) -> [Float] {
            let padded = [Float](unsafeUninitializedCapacity: plan.length) { buffer, count in
                let end = buffer[...].initialize(fromContentsOf: samples)
                buffer[end...].initialize(repeating: 0)
                count = plan.length
            }
            return plan.forward(padded)
        }

        /// Sum of squares of the first `count` filtered samples.
        func energy(of spectrum: consuming [Float], through table: ResponseTable, count: Int) -> Double {
            let filtered = inverse(of: spectrum, through: table, gain: 1)
            let scale = 1 / Double(plan.length)
            return VectorKernels.sumOfSquares(filtered[..<count]) * scale * scale
        }

        /// Writes the filtered samples, times `gain`, over a range of a signal.
        func apply(
            _ table: ResponseTable, gain: Float, to spectrum: consuming [Float], writing range: Range<Int>,
            of samples: inout [Float]
        ) {
            let filtered = inverse(of: spectrum, through: table, gain: gain / Float(plan.length))
            samples.replaceSubrange(range, with: filtered[..<range.count])
        }

        private func inverse(
            of spectrum: consuming [Float], through table: ResponseTable, gain: Float
        ) -> [Float] {
            let gains = table.gains(
                relativeTo: 1000, sampleRate: sampleRate, transformLength: plan.length)
            var product = consume spectrum
            gains.withUnsafeBufferPointer { gains in
                product.withUnsafeMutableBufferPointer { product in
                    for bin in gains.indices {
                        let factor = gain * gains[bin]
                        product[2 * bin] *= factor
                        product[2 * bin + 1] *= factor
                    }
                }
            }
            return plan.inverse(product)
        }
    }
}

extension PESQ.ResponseTable {
    /// Linear gain of every bin, relative to the gain at one frequency.
    ///
    /// A line in dB is a geometric series, so a segment takes two powers of ten, whatever its number of bins.
    func gains(relativeTo frequencyHz: Double, sampleRate: Int, transformLength: Int) -> [Float] {
        let origin = gainDB(at: frequencyHz, segment: segment(at: frequencyHz))
        let spacing = Double(sampleRate) / Double(transformLength)
        let count = transformLength / 2 + 1
        var gains: [Float] = []
        gains.reserveCapacity(count)
        while gains.count < count {
            let frequency = Double(gains.count) * spacing
            let current = segment(at: frequency)
            let (low, high) = (points[current], points[current + 1])
            // A bin on the border still belongs to the segment below.
            let last = min(max(Int(high.frequencyHz / spacing), gains.count), count - 1)
            let bins = last + 1 - gains.count
            var gain = pow(10, (gainDB(at: frequency, segment: current) - origin) / 20)
            if low.gainDB == high.gainDB {
                gains.append(contentsOf: repeatElement(Float(gain), count: bins))
            } else {
                let slope = (high.gainDB - low.gainDB) / (high.frequencyHz - low.frequencyHz)
                let ratio = pow(10, slope * spacing / 20)
                for _ in 0..<bins {
                    gains.append(Float(gain))
                    gain *= ratio
                }
            }
        }
        return gains
    }

    /// The segment whose line gives the gain: the last one that starts at or below the frequency.
    private func segment(at frequencyHz: Double) -> Int {
        let start = points.lastIndex { $0.frequencyHz <= frequencyHz } ?? 0
        return min(start, points.count - 2)
    }

    private func gainDB(at frequencyHz: Double, segment: Int) -> Double {
        let (low, high) = (points[segment], points[segment + 1])
        let position = (frequencyHz - low.frequencyHz) / (high.frequencyHz - low.frequencyHz)
        return low.gainDB + position * (high.gainDB - low.gainDB)
    }
}
