import Foundation

/// Turns the transform of N/2 complex numbers into that of N real ones, and back.
///
///     z[m] = x[2m] + i·x[2m + 1],  M = N/2,  θ = 2πk/N,  v = −sin θ − i·cos θ
///     E = (Z[k] + Z̄[M − k])/2,  D = (Z[k] − Z̄[M − k])/2,  X[k] = E + v·D,  X[M − k] = conj(E − v·D)
///
/// FFTW's own plans for real input, as made without measuring, are two to five times slower than its complex plan of
/// half the length followed by this pass.
struct RealSplit: Sendable {
    /// M = N/2, a multiple of 4.
    let half: Int
    /// Re v twice per k = 0 … M/2 − 1.
    private let real: [Double]
    /// −Im v and Im v per k.
    private let imaginary: [Double]

    init(length: Int) {
        precondition(length % 8 == 0, "the split needs a multiple of 8, got \(length)")
        half = length / 2
        let angles = (0..<length / 4).map { 2 * Double.pi * Double($0) / Double(length) }
        real = angles.flatMap { [Double(-sin($0)), Double(-sin($0))] }
        imaginary = angles.flatMap { [Double(cos($0)), Double(-cos($0))] }
    }

    /// From Z (`M` bins) to X (`M + 1` bins), in place.
    func forward(_ bins: UnsafeMutablePointer<Double>) {
        let (r, i) = (bins[0], bins[1])
        (bins[0], bins[1]) = (r + i, 0)
        (bins[2 * half], bins[2 * half + 1]) = (r - i, 0)
        pass(bins, scale: 0.5, sign: 1)
        bins[half + 1] = -bins[half + 1]
    }

    /// From X to 2·Z, in place: its inverse complex transform is that of X, neither divided by anything.
    func inverse(_ bins: UnsafeMutablePointer<Double>) {
        let (first, last) = (bins[0], bins[2 * half])
        (bins[0], bins[1]) = (first + last, first - last)
        pass(bins, scale: 1, sign: -1)
        bins[half] *= 2
        bins[half + 1] *= -2
    }

    /// Bins k and M − k of all pairs, two pairs at a time: sign·Im v makes the inverse, which multiplies by v̄.
    ///
    /// Always inlined: as constants, scale and sign cost nothing.
    @inline(__always)
    private func pass(_ bins: UnsafeMutablePointer<Double>, scale: Double, sign: Double) {
        real.withUnsafeBufferPointer { real in
            imaginary.withUnsafeBufferPointer { imaginary in
                guard let real = real.baseAddress, let imaginary = imaginary.baseAddress else { return }
                let conjugate = SIMD4<Double>(1, -1, 1, -1)
                var k = 1
                while k + 1 < half / 2 {
                    let low = bins + 2 * k
                    let high = bins + 2 * (half - k - 1)
                    let a = Self.load(low)
                    let b = Self.swapPairs(Self.load(high)) * conjugate
                    let e = (a + b) * scale
                    let d = (a - b) * scale
                    let turned = SIMD4(d.y, d.x, d.w, d.z)
                    let t = Self.load(real + 2 * k) * d + sign * Self.load(imaginary + 2 * k) * turned
                    Self.store(e + t, at: low)
                    Self.store(Self.swapPairs((e - t) * conjugate), at: high)
                    k += 2
                }
                while k < half / 2 {
                    let (low, high) = (2 * k, 2 * (half - k))
                    let er = (bins[low] + bins[high]) * scale
                    let ei = (bins[low + 1] - bins[high + 1]) * scale
                    let dr = (bins[low] - bins[high]) * scale
                    let di = (bins[low + 1] + bins[high + 1]) * scale
                    let tr = real[low] * dr + sign * imaginary[low] * di
                    let ti = real[low] * di + sign * imaginary[low + 1] * dr
                    (bins[low], bins[low + 1]) = (er + tr, ei + ti)
                    (bins[high], bins[high + 1]) = (er - tr, ti - ei)
                    k += 1
                }
            }
        }
    }

    @inline(__always)
    private static func swapPairs(_ v: SIMD4<Double>) -> SIMD4<Double> { SIMD4(v.z, v.w, v.x, v.y) }

    @inline(__always)
    private static func load(_ pointer: UnsafePointer<Double>) -> SIMD4<Double> {
        UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Double>.self)
    }

    @inline(__always)
    private static func store(_ value: SIMD4<Double>, at pointer: UnsafeMutablePointer<Double>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: SIMD4<Double>.self)
    }
}
