import CFFTW
import Synchronization

/// Discrete Fourier transform of real signals of one fixed length, in `Double`, by FFTW.
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
public final class RealFFT: @unchecked Sendable {
    /// Transform length `N`.
    public let length: Int
    /// Number of complex bins, `N/2 + 1`.
    public var binCount: Int { length / 2 + 1 }

    private let forwardPlan: fftw_plan
    private let inversePlan: fftw_plan
    /// The pass after (before) a complex transform of half the length, where that is used.
    private let split: RealSplit?

    private static let cache = Mutex<[Int: RealFFT]>([:])

    /// The shared plan for a length; made on first use.
    ///
    /// - Parameter length: N ≥ 1.
    public static func plan(_ length: Int) -> RealFFT {
        precondition(length >= 1, "FFT length must be at least 1, got \(length)")
        return cache.withLock { plans in
            if let plan = plans[length] { return plan }
            let plan = RealFFT(length: length)
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
        guard let rawReal = fftw_malloc(length * MemoryLayout<Double>.stride),
            let rawComplex = fftw_malloc(2 * (length / 2 + 1) * MemoryLayout<Double>.stride)
        else { preconditionFailure("no memory for a transform of length \(length)") }
        let real = rawReal.bindMemory(to: Double.self, capacity: length)
        let complex = rawComplex.bindMemory(to: Double.self, capacity: 2 * (length / 2 + 1))
        defer {
            fftw_free(rawReal)
            fftw_free(rawComplex)
        }
        // Short and odd lengths gain nothing from the detour.
        split = length >= 64 && length % 8 == 0 ? RealSplit(length: length) : nil
        let isSplit = split != nil
        (forwardPlan, inversePlan) = complex.withMemoryRebound(
            to: fftw_complex.self, capacity: length / 2 + 1
        ) { bins in
            real.withMemoryRebound(to: fftw_complex.self, capacity: length / 2) { pairs in
                let half = Int32(length / 2)
                let forward =
                    isSplit
                    ? fftw_plan_dft_1d(half, pairs, bins, FFTW_FORWARD, FFTW_ESTIMATE)
                    : fftw_plan_dft_r2c_1d(Int32(length), real, bins, FFTW_ESTIMATE)
                let inverse =
                    isSplit
                    ? fftw_plan_dft_1d(half, bins, pairs, FFTW_BACKWARD, FFTW_ESTIMATE)
                    : fftw_plan_dft_c2r_1d(Int32(length), bins, real, FFTW_ESTIMATE)
                guard let forward, let inverse else {
                    preconditionFailure("FFTW cannot plan a transform of length \(length)")
                }
                return (forward, inverse)
            }
        }
    }

    /// Forward transform. `input` holds `N` values, `output` receives `2·(N/2+1)`: re, im, re, im, …
    /// The two must not overlap; `input` is left as it was.
    public func forward(_ input: UnsafePointer<Double>, into output: UnsafeMutablePointer<Double>) {
        guard Self.isAligned(input), Self.isAligned(output) else {
            withAlignedCopies { real, complex in
                real.update(from: input, count: length)
                forward(real, into: complex)
                output.update(from: complex, count: 2 * binCount)
            }
            return
        }
        output.withMemoryRebound(to: fftw_complex.self, capacity: binCount) { bins in
            let real = UnsafeMutablePointer(mutating: input)
            guard let split else {
                fftw_execute_dft_r2c(forwardPlan, real, bins)
                return
            }
            real.withMemoryRebound(to: fftw_complex.self, capacity: length / 2) { pairs in
                fftw_execute_dft(forwardPlan, pairs, bins)
            }
            split.forward(output)
        }
    }

    /// Inverse transform, not divided by `N`. `input` holds `2·(N/2+1)` values **and is overwritten**;
    /// `output` receives `N`. The two must not overlap.
    public func inverse(
        destroying input: UnsafeMutablePointer<Double>, into output: UnsafeMutablePointer<Double>
    ) {
        guard Self.isAligned(input), Self.isAligned(output) else {
            withAlignedCopies { real, complex in
                complex.update(from: input, count: 2 * binCount)
                inverse(destroying: complex, into: real)
                output.update(from: real, count: length)
            }
            return
        }
        input.withMemoryRebound(to: fftw_complex.self, capacity: binCount) { bins in
            guard let split else {
                fftw_execute_dft_c2r(inversePlan, bins, output)
                return
            }
            split.inverse(input)
            output.withMemoryRebound(to: fftw_complex.self, capacity: length / 2) { pairs in
                fftw_execute_dft(inversePlan, bins, pairs)
            }
        }
    }

    /// Whether FFTW's vector instructions can use the memory.
    private static func isAligned(_ pointer: UnsafePointer<Double>) -> Bool {
        fftw_alignment_of(UnsafeMutablePointer(mutating: pointer)) == 0
    }

    /// Memory for `N` real values and `N/2 + 1` bins, aligned for any vector unit.
    private func withAlignedCopies(
        _ body: (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) -> Void
    ) {
        let alignment = 64
        let realBytes = (length * MemoryLayout<Double>.stride + alignment - 1) / alignment * alignment
        let bytes = realBytes + 2 * binCount * MemoryLayout<Double>.stride
        withUnsafeTemporaryAllocation(byteCount: bytes, alignment: alignment) { memory in
            guard let base = memory.baseAddress else { return }
            body(
                base.bindMemory(to: Double.self, capacity: length),
                (base + realBytes).bindMemory(to: Double.self, capacity: 2 * binCount))
        }
    }

    /// Forward transform of an array of at most `N` values, zero-padded.
    /// - Returns: `2·(N/2+1)` values, re and im interleaved.
    public func forward(_ values: [Double]) -> [Double] {
        precondition(
            values.count <= length, "\(values.count) values do not fit a transform of length \(length)")
        let padded = values.count == length ? values : padded(values)
        return [Double](unsafeUninitializedCapacity: 2 * binCount) { output, count in
            if let base = output.baseAddress { forward(padded, into: base) }
            count = 2 * binCount
        }
    }

    private func padded(_ values: [Double]) -> [Double] {
        [Double](unsafeUninitializedCapacity: length) { buffer, count in
            let end = buffer[...].initialize(fromContentsOf: values)
            buffer[end...].initialize(repeating: 0)
            count = length
        }
    }

    /// Inverse transform of interleaved bins, not divided by `N`. Bins that nobody else holds are not copied.
    /// - Returns: `N` values.
    public func inverse(_ bins: consuming [Double]) -> [Double] {
        precondition(bins.count == 2 * binCount, "expected \(2 * binCount) values, got \(bins.count)")
        var work = consume bins
        return [Double](unsafeUninitializedCapacity: length) { output, count in
            if let base = output.baseAddress { inverse(destroying: &work, into: base) }
            count = length
        }
    }
}
