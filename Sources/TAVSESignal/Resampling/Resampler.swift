/// Rational sample-rate conversion by a polyphase filter, zero phase.
///
///     y[k] = up · Σₙ x[n] · h[k·down − n·up],   k = 0 … ⌈N·up/down⌉ − 1,   x = 0 outside its range
///
/// `up/down` is the reduced ratio of the rates and `h` a symmetric low-pass filter of sum 1. Sums run in
/// `Double`. Output sample 0 lies on input sample 0: no delay.
public struct Resampler: Sendable {
    /// The filter to use.
    public enum Design: Sendable {
        /// 120 dB stop band from the lower Nyquist frequency on, flat to 95 % of it.
        case highQuality
        /// The 60 dB filter of Octave's `resample`, on which published STOI values rest.
        case octave
    }

    /// Rate of the input in Hz.
    public let inputRate: Int
    /// Rate of the output in Hz.
    public let outputRate: Int
    /// Output samples per `down` input samples.
    public let up: Int
    /// Input samples per `up` output samples.
    public let down: Int
    /// The filter's taps for t = −L … L at the rate inputRate·up, of sum 1; `[1]` when the rates are equal.
    public let taps: [Double]

    /// Taps by phase: the filter for outputs at up-sampled position ≡ phase (mod up), times `up`, in the
    /// order of ascending input samples, padded with zeros at the end to `rowLength`.
    private let phases: [Double]
    private let rowLength: Int
    private let halfLength: Int
    /// The same sums by transforms, where that is faster.
    private let blocks: BlockResampler?

    /// Greatest rate accepted, Hz; the filter's length grows with the reduced ratio's larger number.
    public static let maximumRate = 768_000

    /// Designs the filter.
    ///
    /// - Parameters:
    ///   - inputRate: Hz, 1 … ``maximumRate``.
    ///   - outputRate: Hz, 1 … ``maximumRate``.
    ///   - design: which filter.
    public init(from inputRate: Int, to outputRate: Int, design: Design = .highQuality) {
        precondition(
            (1...Self.maximumRate).contains(inputRate) && (1...Self.maximumRate).contains(outputRate),
            "rates must be 1 … \(Self.maximumRate) Hz, got \(inputRate) and \(outputRate)")
        self.inputRate = inputRate
        self.outputRate = outputRate
        let divisor = Self.greatestCommonDivisor(inputRate, outputRate)
        up = outputRate / divisor
        down = inputRate / divisor
        if up == down {
            taps = [1]
        } else {
            switch design {
            case .highQuality: taps = KaiserLowPass.highQuality(up: up, down: down).taps()
            case .octave: taps = KaiserLowPass.octave(up: up, down: down).taps()
            }
        }
        halfLength = taps.count / 2
        // A row of up to ⌊2L/up⌋ + 1 taps, rounded to whole vectors.
        let longest = 2 * halfLength / up + 1
        rowLength = (longest + Self.lanes - 1) / Self.lanes * Self.lanes
        phases = Self.rows(of: taps, up: up, rowLength: rowLength)
        blocks = BlockResampler(up: up, down: down, taps: taps)
    }

    /// Number of output samples for `count` input samples: ⌈count·up/down⌉.
    public func outputCount(for count: Int) -> Int {
        // Split so that no product overflows.
        let (whole, rest) = count.quotientAndRemainder(dividingBy: down)
        return whole * up + (rest * up + down - 1) / down
    }

    /// Resamples a sequence of samples.
    ///
    /// - Parameter samples: `[N]` at the input rate.
    /// - Returns: `[⌈N·up/down⌉]` at the output rate.
    public func resample(_ samples: [Double]) -> [Double] {
        guard up != down, !samples.isEmpty else { return samples }
        let count = outputCount(for: samples.count)
        if let blocks, count >= blocks.leastCount {
            return [Double](unsafeUninitializedCapacity: count) { output, filled in
                blocks.resample(samples, into: UnsafeMutableBufferPointer(rebasing: output[..<count]))
                filled = count
            }
        }
        return direct(samples, count: count)
    }

    /// The sums as written, by phases.
    func direct(_ samples: [Double], count: Int) -> [Double] {
        // Zeros on both sides let every output use a whole row.
        let before = halfLength / up + 1
        let after = rowLength + halfLength / up + 1
        let padded = [Double](unsafeUninitializedCapacity: before + samples.count + after) { buffer, filled in
            buffer.initialize(repeating: 0)
            _ = buffer[before...].update(fromContentsOf: samples)
            filled = buffer.count
        }
        return [Double](unsafeUninitializedCapacity: count) { output, filled in
            padded.withUnsafeBufferPointer { input in
                phases.withUnsafeBufferPointer { rows in
                    convolve(input, offset: before, rows: rows, into: output)
                }
            }
            filled = count
        }
    }

    /// Resamples a signal.
    ///
    /// - Parameter signal: at the input rate.
    /// - Returns: the signal at the output rate, rounded to `Float` once at the end.
    public func resample(_ signal: Signal) -> Signal {
        precondition(
            signal.sampleRate == inputRate,
            "expected a signal at \(inputRate) Hz, got \(signal.sampleRate) Hz")
        let output = resample(signal.samples.map(Double.init))
        return Signal(samples: output.map { Float($0) }, sampleRate: outputRate)
    }

    private static let lanes = 8

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }

    /// For phase r, input sample n contributes tap t = r + L' − n·up; ascending n is descending t.
    private static func rows(of taps: [Double], up: Int, rowLength: Int) -> [Double] {
        let half = taps.count / 2
        var rows = [Double](repeating: 0, count: up * rowLength)
        for phase in 0..<up {
            // The first input sample n (relative to ⌊position/up⌋) with phase − n·up ≤ half.
            var tap = phase - firstSample(phase: phase, up: up, half: half) * up
            var column = 0
            while tap >= -half {
                rows[phase * rowLength + column] = taps[half + tap] * Double(up)
                tap -= up
                column += 1
            }
        }
        return rows
    }

    /// ⌈(phase − half)/up⌉: where a phase's first input sample lies relative to ⌊position/up⌋.
    private static func firstSample(phase: Int, up: Int, half: Int) -> Int {
        -((half - phase).quotientFloor(by: up))
    }

    /// The dot products; the boundary checks are the padding that `resample` lays around the input.
    private func convolve(
        _ input: UnsafeBufferPointer<Double>, offset: Int, rows: UnsafeBufferPointer<Double>,
        into output: UnsafeMutableBufferPointer<Double>
    ) {
        guard let source = input.baseAddress, let filters = rows.baseAddress else { return }
        let starts = (0..<up).map { offset + Self.firstSample(phase: $0, up: up, half: halfLength) }
        var phase = 0
        var position = 0
        for index in output.indices {
            let start = starts[phase] + position
            precondition(start >= 0 && start + rowLength <= input.count, "resampler row leaves its input")
            output.initializeElement(
                at: index, to: Self.dot(source + start, filters + phase * rowLength, count: rowLength))
            phase += down
            position += phase / up
            phase %= up
        }
    }

    private static func dot(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, count: Int) -> Double {
        var sum0 = SIMD4<Double>.zero
        var sum1 = SIMD4<Double>.zero
        var index = 0
        while index < count {
            let a0 = UnsafeRawPointer(a + index).loadUnaligned(as: SIMD4<Double>.self)
            let b0 = UnsafeRawPointer(b + index).loadUnaligned(as: SIMD4<Double>.self)
            let a1 = UnsafeRawPointer(a + index + 4).loadUnaligned(as: SIMD4<Double>.self)
            let b1 = UnsafeRawPointer(b + index + 4).loadUnaligned(as: SIMD4<Double>.self)
            sum0 += a0 * b0
            sum1 += a1 * b1
            index += lanes
        }
        return (sum0 + sum1).sum()
    }
}

extension Int {
    /// ⌊self / divisor⌋ for a positive divisor.
    fileprivate func quotientFloor(by divisor: Int) -> Int {
        self >= 0 ? self / divisor : -((-self + divisor - 1) / divisor)
    }
}
