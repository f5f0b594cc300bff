import Foundation

/// Linear-phase low-pass filters by the Kaiser window method, designed for rational resampling by up/down.
///
///     h[t] ∝ sinc(2·f_c·t) · I₀(β·√(1 − (t/L)²)) / I₀(β),   t = −L … L,   Σ h = up
///
/// `f_c` is in cycles per sample at the up-sampled rate (input rate · up).
///
/// > Source: Kaiser, *Nonrecursive digital filter design using the I₀-sinh window function*, 1974, for L and β.
struct KaiserLowPass {
    /// Middle of the transition band.
    let cutoff: Double
    /// Width of half the transition, as the design formula of ``octave(up:down:)`` counts it.
    let rollOff: Double
    /// Wanted stop-band rejection, dB (above 50).
    let rejectionDB: Double

    /// The filter of Octave's `resample`, which the reference implementation of STOI uses: 60 dB, and a
    /// transition of a tenth of the cut-off.
    static func octave(up: Int, down: Int) -> KaiserLowPass {
        let cutoff = 1 / (2 * Double(max(up, down)))
        return KaiserLowPass(cutoff: cutoff, rollOff: cutoff / 10, rejectionDB: 60)
    }

    /// 120 dB, flat to 95 % of the lower Nyquist frequency, stop band from that frequency on: no alias.
    static func highQuality(up: Int, down: Int) -> KaiserLowPass {
        let nyquist = 1 / (2 * Double(max(up, down)))
        let transition = 0.05 * nyquist
        // Kaiser's L = (A − 8)/(2·2.285·Δω) with Δω = 2π·transition is the formula below with half of it.
        return KaiserLowPass(cutoff: nyquist - transition / 2, rollOff: transition / 2, rejectionDB: 120)
    }

    /// L: the filter has 2L + 1 taps.
    var halfLength: Int { Int(((rejectionDB - 8) / (28.714 * rollOff)).rounded(.up)) }

    /// β of the window.
    var beta: Double { 0.1102 * (rejectionDB - 8.7) }

    /// The taps for t = −L … L, of sum 1.
    func taps() -> [Double] {
        let half = halfLength
        let scale = 1 / Self.besselI0(beta)
        var right = (0...half).map { t in
            let u = Double(t) / Double(half)
            return Self.sinc(2 * cutoff * Double(t)) * Self.besselI0(beta * (1 - u * u).squareRoot()) * scale
        }
        let sum = right[0] + 2 * right.dropFirst().reduce(0, +)
        for index in right.indices { right[index] /= sum }
        return right.dropFirst().reversed() + right
    }

    /// sin(πu)/(πu).
    private static func sinc(_ u: Double) -> Double {
        u == 0 ? 1 : sin(.pi * u) / (.pi * u)
    }

    /// Modified Bessel function of the first kind, order 0, by its power series (all terms positive).
    static func besselI0(_ x: Double) -> Double {
        let quarter = x * x / 4
        var term = 1.0
        var sum = 1.0
        var k = 1.0
        while term > sum * 1e-17 {
            term *= quarter / (k * k)
            sum += term
            k += 1
        }
        return sum
    }
}
