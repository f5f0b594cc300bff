import Foundation
import TAVSESignal

extension PESQ {
    /// Circular cross-correlation of windowed stretches of two signals.
    ///
    /// Spectra are kept by position: the same stretch of a signal meets many stretches of the other.
    final class WindowCorrelator {
        private let reference: [Float]
        private let estimate: [Float]
        private let window: Int
        /// The window both signals are multiplied with.
        let shape: [Float]
        private let plan: RealFFTFloat
        private var referenceSpectra: [Int: [Float]] = [:]
        private var windowed: [Float]
        private var estimateSpectrum: [Float]
        private var correlation: [Float]

        /// Correlates through Hann windows of `window` samples.
        convenience init(reference: [Float], estimate: [Float], window: Int) {
            self.init(reference: reference, estimate: estimate, shape: hannWindow(window))
        }

        /// The same two signals through another window.
        convenience init(_ other: WindowCorrelator, shape: [Float]) {
            self.init(reference: other.reference, estimate: other.estimate, shape: shape)
        }

        private init(reference: [Float], estimate: [Float], shape: [Float]) {
            self.reference = reference
            self.estimate = estimate
            self.shape = shape
            window = shape.count
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
            CrossSpectrum.multiply(&estimateSpectrum, byConjugateOf: known)
            plan.inverse(destroying: &estimateSpectrum, into: &correlation)
            return correlation.withUnsafeBufferPointer { values in
                WindowCorrelator.collect(values, lags: &lags)
            }
        }

        private typealias Lanes = SIMD8<Float>

        private static func collect(_ values: UnsafeBufferPointer<Float>, lags: inout [Int32]) -> Float {
            // Windows are powers of two of at least 512, so no lane is left over.
            let raw = UnsafeRawBufferPointer(values)
            var lanes = Lanes.zero
            for index in Swift.stride(from: 0, to: values.count, by: 8) {
                let value = magnitude(raw.loadUnaligned(fromByteOffset: 4 * index, as: Lanes.self))
                lanes.replace(with: value, where: value .> lanes)
            }
            let limit = 0.99 * lanes.max()
            for index in Swift.stride(from: 0, to: values.count, by: 8) {
                let value = magnitude(raw.loadUnaligned(fromByteOffset: 4 * index, as: Lanes.self))
                guard any(value .> limit) else { continue }
                for lane in 0..<8 where value[lane] > limit { lags.append(Int32(index + lane)) }
            }
            return pow(limit, 0.125)
        }

        @inline(__always)
        private static func magnitude(_ value: Lanes) -> Lanes {
            unsafeBitCast(unsafeBitCast(value, to: SIMD8<UInt32>.self) & 0x7FFF_FFFF, to: Lanes.self)
        }

        private func spectrum(ofReferenceAt start: Int) -> [Float] {
            if let known = referenceSpectra[start] { return known }
            var spectrum = [Float](repeating: 0, count: 2 * plan.binCount)
            transform(reference, at: start, into: &spectrum)
            referenceSpectra[start] = spectrum
            return spectrum
        }

        private func transform(_ signal: [Float], at start: Int, into spectrum: inout [Float]) {
            multiply(signal, at: start, by: shape, into: &windowed)
            plan.forward(windowed, into: &spectrum)
        }
    }

    /// Multiplies the stretch of a signal that starts at `start` with a window.
    static func multiply(_ signal: [Float], at start: Int, by window: [Float], into output: inout [Float]) {
        let count = window.count
        precondition(start >= 0 && start + count <= signal.count, "window at \(start) leaves the signal")
        precondition(output.count == count, "expected room for \(count) values, got \(output.count)")
        precondition(count % 8 == 0, "windows come in whole vectors, got \(count) samples")
        signal.withUnsafeBytes { s in
            window.withUnsafeBytes { w in
                output.withUnsafeMutableBytes { o in
                    let offset = start * MemoryLayout<Float>.stride
                    for byte in stride(from: 0, to: count * MemoryLayout<Float>.stride, by: 32) {
                        let product =
                            s.loadUnaligned(fromByteOffset: offset + byte, as: SIMD8<Float>.self)
                            * w.loadUnaligned(fromByteOffset: byte, as: SIMD8<Float>.self)
                        o.storeBytes(of: product, toByteOffset: byte, as: SIMD8<Float>.self)
                    }
                }
            }
        }
    }

    /// Periodic Hann window: 0.5 · (1 − cos(2πn/N)).
    static func hannWindow(_ length: Int) -> [Float] {
        (0..<length).map { Float(0.5 * (1 - cos(2 * Double.pi * Double($0) / Double(length)))) }
    }
}
