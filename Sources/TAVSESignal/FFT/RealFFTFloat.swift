import CFFTWFloat
import Synchronization

/// Discrete Fourier transform of real signals of one fixed length, in `Float`, by FFTW.
///
///     forward:  X[k] = Σₙ x[n] · exp(−2πi·k·n/N),   k = 0 … N/2
///     inverse:  x[n] = Σₖ X[k] · exp(+2πi·k·n/N)    over all N bins, **not** divided by N
///
/// Get one with plan(_:): plans are made once per length and shared by all threads (planning is locked,
/// execution is not). Planning uses FFTW_ESTIMATE, so the same length gives bit-identical results in every run.
///
/// Plans are made for aligned memory, without which FFTW uses no vector instructions (five times slower). Arrays are
/// aligned; other pointers are served through an aligned copy, so that alignment never changes the bits.
///
/// > Source: Frigo & Johnson, *The Design and Implementation of FFTW3*, Proc. IEEE 93(2), 2005.
public final class RealFFTFloat: @unchecked Sendable {
    /// Transform length `N`.
    public let length: Int
    /// Number of complex bins, `N/2 + 1`.
    public var binCount: Int { length / 2 + 1 }

    private let forwardPlan: fftwf_plan
    private let inversePlan: fftwf_plan
    /// The pass after (before) a complex transform of half the length, where that is used.
    private let split: RealSplitFloat?

    private static let cache = Mutex<[Int: RealFFTFloat]>([:])

    /// The shared plan for a length; made on first use.
    ///
    /// - Parameter length: N ≥ 1.
    public static func plan(_ length: Int) -> RealFFTFloat {
        precondition(length >= 1, "FFT length must be at least 1, got \(length)")
        return cache.withLock { plans in
            if let plan = plans[length] { return plan }
            let plan = RealFFTFloat(length: length)
            plans[length] = plan
            return plan
        }
    }

    /// The smallest length ≥ `minimum` of the form 2ᵃ·3ᵇ·5ᶜ, which FFTW transforms fast.
    public static func fastLength(_ minimum: Int) -> Int {
        FastLength.atLeast(minimum)
    }

    private init(length: Int) {
        self.length = length
        guard let rawReal = fftwf_malloc(length * MemoryLayout<Float>.stride),
            let rawComplex = fftwf_malloc(2 * (length / 2 + 1) * MemoryLayout<Float>.stride)
        else { preconditionFailure("no memory for a transform of length \(length)") }
        let real = rawReal.bindMemory(to: Float.self, capacity: length)
        let complex = rawComplex.bindMemory(to: Float.self, capacity: 2 * (length / 2 + 1))
        defer {
            fftwf_free(rawReal)
            fftwf_free(rawComplex)
        }
        // Short and odd lengths gain nothing from the detour.
        split = length >= 64 && length % 8 == 0 ? RealSplitFloat(length: length) : nil
        let isSplit = split != nil
        (forwardPlan, inversePlan) = complex.withMemoryRebound(
            to: fftwf_complex.self, capacity: length / 2 + 1
        ) { bins in
            real.withMemoryRebound(to: fftwf_complex.self, capacity: length / 2) { pairs in
                let half = Int32(length / 2)
                let forward =
                    isSplit
                    ? fftwf_plan_dft_1d(half, pairs, bins, FFTW_FORWARD, FFTW_ESTIMATE)
                    : fftwf_plan_dft_r2c_1d(Int32(length), real, bins, FFTW_ESTIMATE)
                let inverse =
                    isSplit
                    ? fftwf_plan_dft_1d(half, bins, pairs, FFTW_BACKWARD, FFTW_ESTIMATE)
                    : fftwf_plan_dft_c2r_1d(Int32(length), bins, real, FFTW_ESTIMATE)
                guard let forward, let inverse else {
                    preconditionFailure("FFTW cannot plan a transform of length \(length)")
                }
                return (forward, inverse)
            }
        }
    }

    /// Forward transform. `input` holds `N` values, `output` receives `2·(N/2+1)`: re, im, re, im, …
    /// The two must not overlap; `input` is left as it was.
    public func forward(_ input: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>) {
        guard Self.isAligned(input), Self.isAligned(output) else {
            withAlignedCopies { real, complex in
                real.update(from: input, count: length)
                forward(real, into: complex)
                output.update(from: complex, count: 2 * binCount)
            }
            return
        }
        output.withMemoryRebound(to: fftwf_complex.self, capacity: binCount) { bins in
            let real = UnsafeMutablePointer(mutating: input)
            guard let split else {
                fftwf_execute_dft_r2c(forwardPlan, real, bins)
                return
            }
            real.withMemoryRebound(to: fftwf_complex.self, capacity: length / 2) { pairs in
                fftwf_execute_dft(forwardPlan, pairs, bins)
            }
            split.forward(output)
        }
    }

    /// Inverse transform, not divided by `N`. `input` holds `2·(N/2+1)` values **and is overwritten**;
    /// `output` receives `N`. The two must not overlap.
    public func inverse(
        destroying input: UnsafeMutablePointer<Float>, into output: UnsafeMutablePointer<Float>
    ) {
        guard Self.isAligned(input), Self.isAligned(output) else {
            withAlignedCopies { real, complex in
                complex.update(from: input, count: 2 * binCount)
                inverse(destroying: complex, into: real)
                output.update(from: real, count: length)
            }
            return
        }
        input.withMemoryRebound(to: fftwf_complex.self, capacity: binCount) { bins in
            guard let split else {
                fftwf_execute_dft_c2r(inversePlan, bins, output)
                return
            }
            split.inverse(input)
            output.withMemoryRebound(to: fftwf_complex.self, capacity: length / 2) { pairs in
                fftwf_execute_dft(inversePlan, bins, pairs)
            }
        }
    }

    /// Whether FFTW's vector instructions can use the memory.
    private static func isAligned(_ pointer: UnsafePointer<Float>) -> Bool {
        fftwf_alignment_of(UnsafeMutablePointer(mutating: pointer)) == 0
    }

    /// Memory for `N` real values and `N/2 + 1` bins, aligned for any vector unit.
    private func withAlignedCopies(
        _ body: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) -> Void
    ) {
        let alignment = 64
        let realBytes = (length * MemoryLayout<Float>.stride + alignment - 1) / alignment * alignment
        let bytes = realBytes + 2 * binCount * MemoryLayout<Float>.stride
        withUnsafeTemporaryAllocation(byteCount: bytes, alignment: alignment) { memory in
            guard let base = memory.baseAddress else { return }
            body(
                base.bindMemory(to: Float.self, capacity: length),
                (base + realBytes).bindMemory(to: Float.self, capacity: 2 * binCount))
        }
    }

    /// Forward transform of an array of at most `N` values, zero-padded.
    /// - Returns: `2·(N/2+1)` values, re and im interleaved.
    public func forward(_ values: [Float]) -> [Float] {
        precondition(
            values.count <= length, "\(values.count) values do not fit a transform of length \(length)")
        let padded = values.count == length ? values : padded(values)
        return [Float](unsafeUninitializedCapacity: 2 * binCount) { output, count in
            if let base = output.baseAddress { forward(padded, into: base) }
            count = 2 * binCount
        }
    }

    private func padded(_ values: [Float]) -> [Float] {
        [Float](unsafeUninitializedCapacity: length) { buffer, count in
            let end = buffer[...].initialize(fromContentsOf: values)
            buffer[end...].initialize(repeating: 0)
            count = length
        }
    }

    /// Inverse transform of interleaved bins, not divided by `N`. Bins that nobody else holds are not copied.
    /// - Returns: `N` values.
    public func inverse(_ bins: consuming [Float]) -> [Float] {
        precondition(bins.count == 2 * binCount, "expected \(2 * binCount) values, got \(bins.count)")
        var work = consume bins
        return [Float](unsafeUninitializedCapacity: length) { output, count in
            if let base = output.baseAddress { inverse(destroying: &work, into: base) }
            count = length
        }
    }
}
