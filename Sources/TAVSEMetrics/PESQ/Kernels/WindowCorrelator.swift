import Foundation
import TAVSESignal

extension PESQ {
    /// Circular cross-correlation of Hann-windowed stretches of two signals.
    ///
    /// Spectra are kept by position: the same stretch of a signal meets many stretches of the other.
    final class WindowCorrelator {
        private let reference: [Float]
        private let estimate: [Float]
        private let window: Int
        private let hann: [Float]
        private let plan: RealFFTFloat
        private var referenceSpectra: [Int: [Float]] = [:]
        private var windowed: [Float]
        private var estimateSpectrum: [Float]
        private var correlation: [Float]

        init(reference: [Float], estimate: [Float], window: Int) {
            self.reference = reference
            self.estimate = estimate
            self.window = window
            hann = hannWindow(window)
            plan = RealFFTFloat.plan(window)
            windowed = [Float](repeating: 0, count: window)
            estimateSpectrum = [Float](repeating: 0, count: 2 * plan.binCount)
            correlation = [Float](repeating: 0, count: window)
        }

        /// Whether both windows lie inside their signals.
        func holds(referenceStart: Int, estimateStart: Int) -> Bool {
            referenceStart >= 0 && referenceStart + window <= reference.count
                && estimateStart >= 0 && estimateStart + window <= estimate.count
        }

        /// Appends the lags whose absolute correlation exceeds 0.99 of the greatest, and returns their weight.
        func collect(referenceStart: Int, estimateStart: Int, lags: inout [Int32]) -> Float {
            let known = spectrum(ofReferenceAt: referenceStart)
            transform(estimate, at: estimateStart, into: &estimateSpectrum)
            known.withUnsafeBufferPointer { a in
                estimateSpectrum.withUnsafeMutableBufferPointer { b in
                    for bin in 0..<plan.binCount {
                        let (ar, ai) = (a[2 * bin], a[2 * bin + 1])
                        let (br, bi) = (b[2 * bin], b[2 * bin + 1])
                        b[2 * bin] = ar * br + ai * bi
                        b[2 * bin + 1] = ar * bi - ai * br
                    }
                    correlation.withUnsafeMutableBufferPointer { output in
                        guard let bins = b.baseAddress, let values = output.baseAddress else { return }
                        plan.inverse(destroying: bins, into: values)
                    }
                }
            }
            var greatest: Float = 0
            for index in correlation.indices {
                correlation[index] = abs(correlation[index])
                greatest = max(greatest, correlation[index])
            }
            let limit = 0.99 * greatest
            for index in correlation.indices where correlation[index] > limit { lags.append(Int32(index)) }
            return pow(limit, 0.125)
        }

        private func spectrum(ofReferenceAt start: Int) -> [Float] {
            if let known = referenceSpectra[start] { return known }
            var spectrum = [Float](repeating: 0, count: 2 * plan.binCount)
            transform(reference, at: start, into: &spectrum)
            referenceSpectra[start] = spectrum
            return spectrum
        }

        private func transform(_ signal: [Float], at start: Int, into spectrum: inout [Float]) {
            for index in 0..<window { windowed[index] = signal[start + index] * hann[index] }
            plan.forward(windowed, into: &spectrum)
        }
    }

    /// Periodic Hann window: 0.5 · (1 − cos(2πn/N)).
    static func hannWindow(_ length: Int) -> [Float] {
        (0..<length).map { Float(0.5 * (1 - cos(2 * Double.pi * Double($0) / Double(length)))) }
    }
}
