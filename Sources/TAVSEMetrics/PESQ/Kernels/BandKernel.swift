import Foundation

extension PESQ {
    /// The arithmetic of one frame over critical bands, eight bands at a time.
    ///
    /// Rows are padded to whole vectors. Band 0 and the padding carry infinite thresholds and zero widths where the
    /// Recommendation leaves them out, so that no loop needs to know about them.
    struct BandKernel: Sendable {
        /// Floats per row: the number of bands, rounded up to a multiple of 8.
        let stride: Int
        private let bandCount: Int
        /// Threshold of hearing of bands 1…, infinite elsewhere.
        private let audibleThreshold: [Float]
        /// Threshold of hearing of every band, infinite in the padding.
        private let threshold: [Float]
        private let inverseThreshold: [Float]
        private let loudnessExponent: [Float]
        private let loudnessFactor: [Float]
        /// Bark widths of bands 1…, zero elsewhere.
        private let width: [Float]
        private let totalWidth: Float

        typealias Lanes = SIMD8<Float>
        typealias Row = UnsafeBufferPointer<Float>

        init(_ bands: BarkBands) {
            let stride = (bands.count + 7) / 8 * 8
            func padded(_ values: [Double], skippingFirst: Bool = false, with filler: Float) -> [Float] {
                var row = [Float](repeating: filler, count: stride)
                for band in (skippingFirst ? 1 : 0)..<values.count { row[band] = Float(values[band]) }
                return row
            }
            let exponents = bands.centreBark.map { centre in
                // Loudness grows faster with power at low frequencies.
                let steepening = centre < 4 ? min(2, 6 / (centre + 2)) : 1
                return Constants.loudnessExponent * pow(steepening, 0.15)
            }
            let factors = zip(exponents, bands.thresholdPower).map { exponent, power in
                Constants.loudnessScale * pow(power / 0.5, exponent)
            }
            self.stride = stride
            bandCount = bands.count
            audibleThreshold = padded(bands.thresholdPower, skippingFirst: true, with: .infinity)
            threshold = padded(bands.thresholdPower, with: .infinity)
            inverseThreshold = padded(bands.thresholdPower.map { 1 / $0 }, with: 0)
            loudnessExponent = padded(exponents, with: 0)
            loudnessFactor = padded(factors, with: 0)
            width = padded(bands.widthBark, skippingFirst: true, with: 0)
            totalWidth = Float(bands.widthBark.dropFirst().reduce(0, +))
        }

        /// Sum of the powers of bands 1… that exceed `factor` times the threshold, in the row at index `row`.
        func audiblePower(_ powers: [Float], row: Int, factor: Float) -> Float {
            precondition(row >= 0 && row + stride <= powers.count, "row \(row) is outside the band powers")
            return powers.withUnsafeBufferPointer { power in
                var sum = Lanes.zero
                for band in Swift.stride(from: 0, to: stride, by: 8) {
                    let p = load(power, row + band)
                    sum += Lanes.zero.replacing(with: p, where: p .> lanes(audibleThreshold, band) * factor)
                }
                return sum.sum()
            }
        }

        /// Symmetric and asymmetric disturbance of one frame, from both signals' compensated powers.
        ///
        ///     L = Sl·(P₀/0.5)^γ·((0.5 + 0.5·P/P₀)^γ − 1)  where P > P₀, else 0
        ///     d = L(estimate) − L(reference), moved towards 0 by a quarter of the lesser
        ///     symmetric  = (Σ (|d|·w)² / Σ w)^½ · Σ w
        ///     asymmetric = Σ |d|·a·w,   a = ((estimate + 50)/(reference + 50))^1.2, 0 below 3, at most 12
        func disturbance(
            reference: [Float], row referenceRow: Int, estimate: [Float], row estimateRow: Int
        ) -> (symmetric: Float, asymmetric: Float) {
            precondition(
                referenceRow >= 0 && referenceRow + stride <= reference.count, "row outside the reference")
            precondition(
                estimateRow >= 0 && estimateRow + stride <= estimate.count, "row outside the estimate")
            return reference.withUnsafeBufferPointer { r in
                estimate.withUnsafeBufferPointer { e in
                    disturbance(
                        UnsafeBufferPointer(rebasing: r[referenceRow..<referenceRow + stride]),
                        UnsafeBufferPointer(rebasing: e[estimateRow..<estimateRow + stride]))
                }
            }
        }

        private func disturbance(_ reference: Row, _ estimate: Row) -> (symmetric: Float, asymmetric: Float) {
            var squares = Lanes.zero
            var weighted = Lanes.zero
            let offset = Constants.asymmetryOffset
            for band in Swift.stride(from: 0, to: stride, by: 8) {
                let referencePower = load(reference, band)
                let estimatePower = load(estimate, band)
                let referenceLoudness = loudness(referencePower, band)
                let estimateLoudness = loudness(estimatePower, band)

                let difference = estimateLoudness - referenceLoudness
                let zone =
                    Constants.deadZone
                    * referenceLoudness.replacing(
                        with: estimateLoudness, where: estimateLoudness .< referenceLoudness)
                let size = difference.replacing(with: -difference, where: difference .< 0)
                let heard = (size - zone).replacing(with: 0, where: size .<= zone) * lanes(width, band)
                squares += heard * heard

                let ratio = (estimatePower + offset) / (referencePower + offset)
                let factor = VectorPower.power(ratio, Lanes(repeating: Constants.asymmetryExponent))
                let asymmetry =
                    factor
                    .replacing(with: Constants.asymmetryLimit, where: factor .> Constants.asymmetryLimit)
                    .replacing(with: 0, where: factor .< Constants.asymmetryFloor)
                weighted += heard * asymmetry
            }
            return ((squares.sum() / totalWidth).squareRoot() * totalWidth, weighted.sum())
        }

        @inline(__always)
        private func loudness(_ power: Lanes, _ band: Int) -> Lanes {
            let base = 0.5 + 0.5 * power * lanes(inverseThreshold, band)
            let value =
                lanes(loudnessFactor, band)
                * (VectorPower.power(base, lanes(loudnessExponent, band)) - 1)
            return Lanes.zero.replacing(with: value, where: power .> lanes(threshold, band))
        }

        @inline(__always)
        private func load(_ row: Row, _ index: Int) -> Lanes {
            UnsafeRawBufferPointer(row).loadUnaligned(fromByteOffset: 4 * index, as: Lanes.self)
        }

        @inline(__always)
        private func lanes(_ row: [Float], _ band: Int) -> Lanes {
            row.withUnsafeBufferPointer { load($0, band) }
        }
    }
}
