import Foundation

/// Colours whose brightness rises evenly from black to white while the hue turns.
///
///     φ = 2π·(start/3 + rotations·x),  a = hue·x·(1 − x)/2
///     R = x + a·(−0.14861·cos φ + 1.78277·sin φ)
///     G = x + a·(−0.29227·cos φ − 0.90649·sin φ)
///     B = x + a·(1.97294·cos φ),    x = 0…1
///
/// Equal steps of x are equal steps of perceived intensity, also in grey print.
///
/// > Source: Green, *A colour scheme for the display of astronomical intensity images*, Bull. Astr. Soc. India 39,
/// > 2011, with its default start 0.5, −1.5 rotations, hue 1 and gamma 1.
enum CubehelixMap {
    /// Red, green and blue of 256 steps, `[256 · 3]`.
    static let colours: [UInt8] = (0..<256).flatMap { index in
        let x = Double(index) / 255
        let angle: Double = 2 * .pi * (0.5 / 3 - 1.5 * x)
        let amplitude: Double = x * (1 - x) / 2
        return weights.map { weight in
            let value: Double = x + amplitude * (weight.cosine * cos(angle) + weight.sine * sin(angle))
            return UInt8((255 * min(max(value, 0), 1)).rounded())
        }
    }

    /// Of red, green and blue.
    private static let weights: [(cosine: Double, sine: Double)] = [
        (-0.14861, 1.78277), (-0.29227, -0.90649), (1.97294, 0),
    ]
}
