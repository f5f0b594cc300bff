import Foundation

/// The polyphase sum of ``Resampler`` by transforms of overlapping blocks: three times faster for long filters.
///
/// A block of N input samples has N bins. Zero insertion repeats them `up` times, the filter (real, as it is
/// symmetric) weighs them, and decimation adds up what falls together:
///
///     Y[m] = (1/N) · Σⱼ X[(m + j·M) mod N] · H[m + j·M],   M = N·up/down,  j = 0 … down − 1
///
/// Outputs whose filter reaches over the block's ends are left to the neighbouring blocks. Where the whole filter
/// lies on zeros the output is set to zero: digital silence stays digital silence.
struct BlockResampler: Sendable {
    private let up: Int
    private let down: Int
    private let halfLength: Int
    /// Input and output samples of a block.
    private let inputLength: Int
    private let outputLength: Int
    /// Outputs taken from a block, and the first of them.
    private let step: Int
    private let first: Int
    /// H/N for f = 0 … N·up/2.
    private let response: [Double]

    /// - Returns: nil where the direct sum is as fast: large `up`, short filter.
    init?(up: Int, down: Int, taps: [Double]) {
        halfLength = taps.count / 2
        guard up <= 8, down <= 32, taps.count / up >= 48 else { return nil }
        self.up = up
        self.down = down
        // Whole periods of the ratio, and lengths that the transforms do fast.
        var length = 8 * down
        while length < max(2048, 8 * taps.count / up) { length *= 2 }
        inputLength = length
        outputLength = length / down * up
        let fineLength = length * up
        // Rounded up to whole periods, so that every block starts on an input sample.
        let reach = (halfLength + down - 1) / down
        first = (reach + up - 1) / up * up
        let last = ((length - 1) * up - halfLength) / down
        step = (last - first + 1) / up * up
        guard step > 0 else { return nil }
        var circular = [Double](repeating: 0, count: fineLength)
        for (index, tap) in taps.enumerated() {
            circular[(index - halfLength + fineLength) % fineLength] = tap * Double(up)
        }
        let bins = RealFFT.plan(fineLength).forward(circular)
        let scale = 1 / Double(fineLength)
        response = (0...fineLength / 2).map { bins[2 * $0] * scale }
    }

    /// Fewer outputs than this are not worth a block.
    var leastCount: Int { step }

    /// Writes `output.count` outputs for an input.
    func resample(_ samples: [Double], into output: UnsafeMutableBufferPointer<Double>) {
        let forward = RealFFT.plan(inputLength)
        let inverse = RealFFT.plan(outputLength)
        var block = [Double](repeating: 0, count: inputLength)
        var spectrum = [Double](repeating: 0, count: 2 * forward.binCount)
        var folded = [Double](repeating: 0, count: 2 * inverse.binCount)
        var result = [Double](repeating: 0, count: outputLength)
        let lead = first / up * down
        var start = 0
        while start < output.count {
            // The block's first input sample, at or before the start of the signal.
            let origin = start / up * down - lead
            let inside = max(0, -origin)..<max(0, min(inputLength, samples.count - origin))
            for n in 0..<inside.lowerBound { block[n] = 0 }
            if !inside.isEmpty {
                block.replaceSubrange(
                    inside, with: samples[origin + inside.lowerBound..<origin + inside.upperBound])
            }
            for n in inside.upperBound..<inputLength { block[n] = 0 }
            forward.forward(block, into: &spectrum)
            fold(spectrum, into: &folded)
            inverse.inverse(destroying: &folded, into: &result)
            let count = min(step, output.count - start)
            _ = output[start...].initialize(fromContentsOf: result[first..<first + count])
            start += count
        }
        silence(samples, output)
    }

    /// Y[m] for m = 0 … M/2.
    private func fold(_ spectrum: [Double], into folded: inout [Double]) {
        let half = outputLength / 2
        for index in folded.indices { folded[index] = 0 }
        spectrum.withUnsafeBufferPointer { spectrum in
            response.withUnsafeBufferPointer { response in
                folded.withUnsafeMutableBufferPointer { folded in
                    guard let x = spectrum.baseAddress, let h = response.baseAddress,
                        let y = folded.baseAddress
                    else { return }
                    for j in 0..<down {
                        var m = 0
                        while m <= half {
                            let f = m + j * outputLength
                            let bin = f % inputLength
                            let fine = inputLength * up
                            // A run ends where the bin or the response passes its half way or its end.
                            let isMirrored = bin > inputLength / 2
                            let binRun = isMirrored ? inputLength - bin : inputLength / 2 - bin + 1
                            let isFalling = f > fine / 2
                            let fineRun = isFalling ? fine - f : fine / 2 - f + 1
                            let count = min(half - m + 1, binRun, fineRun)
                            let source = isMirrored ? inputLength - bin : bin
                            let weight = isFalling ? fine - f : f
                            Self.accumulate(
                                y + 2 * m, x + 2 * source, isMirrored: isMirrored, h + weight,
                                isFalling: isFalling, count: count)
                            m += count
                        }
                    }
                }
            }
        }
    }

    /// y[i] += h[±i]·x[i], or of the conjugate of x walked backwards.
    private static func accumulate(
        _ y: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>, isMirrored: Bool,
        _ h: UnsafePointer<Double>, isFalling: Bool, count: Int
    ) {
        // Directions known to the compiler, once each.
        switch (isMirrored, isFalling) {
        case (false, false): loop(y, x, xStep: 2, h, hStep: 1, count: count)
        case (false, true): loop(y, x, xStep: 2, h, hStep: -1, count: count)
        case (true, false): loop(y, x, xStep: -2, h, hStep: 1, count: count)
        case (true, true): loop(y, x, xStep: -2, h, hStep: -1, count: count)
        }
    }

    @inline(__always)
    private static func loop(
        _ y: UnsafeMutablePointer<Double>, _ x: UnsafePointer<Double>, xStep: Int,
        _ h: UnsafePointer<Double>, hStep: Int, count: Int
    ) {
        let sign = SIMD2<Double>(1, xStep < 0 ? -1 : 1)
        for i in 0..<count {
            let bin = UnsafeRawPointer(x + i &* xStep).loadUnaligned(as: SIMD2<Double>.self)
            let sum = UnsafeRawPointer(y + 2 &* i).loadUnaligned(as: SIMD2<Double>.self)
            UnsafeMutableRawPointer(y + 2 &* i).storeBytes(
                of: sum + bin * (sign * h[i &* hStep]), as: SIMD2<Double>.self)
        }
    }

    /// Zeros the outputs whose filter sees nothing but zeros.
    private func silence(_ samples: [Double], _ output: UnsafeMutableBufferPointer<Double>) {
        samples.withUnsafeBufferPointer { samples in
            var run = 0
            for n in 0...samples.count {
                if n < samples.count, samples[n] == 0 {
                    run += 1
                } else if run > 0 {
                    silence(zeros: n - run..<n, of: samples.count, output)
                    run = 0
                }
            }
        }
    }

    /// Zeros the outputs whose filter sees nothing but this run of zeros.
    private func silence(zeros: Range<Int>, of count: Int, _ output: UnsafeMutableBufferPointer<Double>) {
        // Zeros before the signal and after it count as part of the first and the last run.
        let isFirst = zeros.lowerBound == 0
        let isLast = zeros.upperBound == count
        guard zeros.count * up > 2 * halfLength || isFirst || isLast else { return }
        // Outputs k with (start − 1)·up < k·down − L and k·down + L < end·up.
        let end = zeros.upperBound * up - halfLength - 1
        guard end >= 0 || isLast else { return }
        let low = isFirst ? 0 : max(0, ((zeros.lowerBound - 1) * up + halfLength) / down + 1)
        let high = min(isLast ? output.count - 1 : end / down, output.count - 1)
        guard low <= high else { return }
        for k in low...high { output[k] = 0 }
    }
}
