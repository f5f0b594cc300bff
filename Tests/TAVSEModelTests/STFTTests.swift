import NetworkReference
import TAVSEModel
import TAVSENN
import Testing

@Suite("STFT as a differentiable operation")
struct STFTTests {
    let stft = STFT(NetworkSpecification())

    /// Property: a mask of ones gives the wave back.
    @Test("the inverse of the transform is the wave", arguments: [257, 800, 1601, 4960])
    func reconstruction(_ samples: Int) throws {
        let wave = NetworkTests.noise([2, samples], 1)
        let spectrum = try stft.spectrum(wave)
        let again = try stft.inverse(mask: Tensor.ones(spectrum.real.shape), spectrum, samples: samples)
        #expect(again.error(from: wave) < 2e-6)
    }

    /// Property: ⟨J·d, w⟩ = ⟨d, Jᵀ·w⟩ with J·d from central differences along one direction.
    @Test("the gradient of the magnitude agrees with a directional difference")
    func magnitudeGradient() throws {
        let wave = NetworkTests.noise([1, 700], 2, scale: 1)
        let direction = NetworkTests.noise([1, 700], 3, scale: 1)
        let tracked = wave.tracked()
        let tape = Tape()
        let magnitude = try tape.record { try stft.magnitude(tracked) }
        let weights = NetworkTests.noise(magnitude.shape, 4, scale: 1)
        tape.backward(from: magnitude, gradient: weights)
        let gradient = try #require(tracked.gradient)
        let analytic = (gradient * direction).sum().item
        let h: Float = 1e-3
        let moved = try [h, -h].map { step in
            (try stft.magnitude((wave + direction * Tensor(step)).detached) * weights).sum().item
        }
        let numeric = (moved[0] - moved[1]) / (2 * h)
        #expect(abs(analytic - numeric) < 5e-3 * abs(numeric) + 0.05)
    }
}
