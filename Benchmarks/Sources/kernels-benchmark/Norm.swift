import CTAVSEKernels

/// The per-channel values of one batch norm.
final class Norm {
    let channels: Int
    let weight, bias, center, inverse, scale, shift, c1, c2, c3, weightGradient,
        biasGradient: UnsafeMutablePointer<Float>
    let mean, m2, sum, sumZ: UnsafeMutablePointer<Double>
    private var pixels = 1

    init(_ channels: Int) {
        self.channels = channels
        let floats = (0..<11).map { _ in Memory.floats(channels) }
        (weight, bias, center, inverse, scale, shift) = (
            floats[0], floats[1], floats[2], floats[3], floats[4], floats[5]
        )
        (c1, c2, c3, weightGradient, biasGradient) = (floats[6], floats[7], floats[8], floats[9], floats[10])
        let doubles = (0..<4).map { _ in Memory.doubles(channels) }
        (mean, m2, sum, sumZ) = (doubles[0], doubles[1], doubles[2], doubles[3])
        for c in 0..<channels {
            weight[c] = 1
            scale[c] = 1
        }
    }

    func forward(pixels: Int) {
        self.pixels = pixels
        tavse_batch_norm_forward(
            Int32(channels), Int64(pixels), mean, m2, weight, bias, 1e-5, 0.1, nil, nil, center, inverse,
            scale, shift)
    }

    func backward() {
        tavse_batch_norm_backward(
            Int32(channels), Int64(pixels), sum, sumZ, weight, center, inverse, false, weightGradient,
            biasGradient, c1,
            c2, c3)
    }
}
