import NetworkReference
import TAVSEModel
import TAVSENN
import Testing

/// Oracle: reference, float64 by an independent implementation; tolerance as for layers, 2e-5 of the largest value.
@Suite("Spectral operations and the loss against the reference")
struct SpectralReferenceTests {
    let stft = STFT(NetworkSpecification())

    @Test("the STFT", arguments: try ReferenceCase.all("stft"))
    func spectrum(_ c: ReferenceCase) throws {
        let spectrum = try stft.spectrum(try c.tensor("in.wave"))
        #expect(spectrum.real.error(from: try c.tensor("out.real")) < 2e-5)
        #expect(spectrum.imaginary.error(from: try c.tensor("out.imag")) < 2e-5)
    }

    @Test("the masked inverse STFT and its gradient", arguments: try ReferenceCase.all("masked_istft"))
    func inverse(_ c: ReferenceCase) throws {
        let spectrum = Spectrum(real: try c.tensor("in.real"), imaginary: try c.tensor("in.imag"))
        let mask = try c.tensor("in.mask").tracked()
        let expected = try c.tensor("out")
        let tape = Tape()
        let wave = try tape.record { try stft.inverse(mask: mask, spectrum, samples: expected.shape[1]) }
        #expect(wave.error(from: expected) < 2e-5)
        tape.backward(from: wave, gradient: try c.tensor("grad.out"))
        let gradient = try #require(mask.gradient)
        #expect(gradient.error(from: try c.tensor("grad.in.mask")) < 2e-5)
    }

    @Test("SI-SNR and its gradient", arguments: try ReferenceCase.all("si_snr"))
    func siSNR(_ c: ReferenceCase) throws {
        let estimate = try c.tensor("in.estimate").tracked()
        let reference = try c.tensor("in.reference")
        let tape = Tape()
        let (value, total) = tape.record {
            let value = EnhancementLoss.siSNR(estimate: estimate, reference: reference)
            return (value, value.sum())
        }
        #expect(value.error(from: try c.tensor("out")) < 2e-5)
        tape.backward(from: total)
        let gradient = try #require(estimate.gradient)
        #expect(gradient.error(from: try c.tensor("grad.in.estimate(sum)")) < 2e-5)
    }

    @Test("time encoding", arguments: try ReferenceCase.all("sinusoid"))
    func timeEncoding(_ c: ReferenceCase) throws {
        let seconds = try c.tensor("in.seconds").values.map(Double.init)
        let encoded = TimeEncoding.encode(seconds: seconds, width: try c.integer("dim"))
        #expect(encoded.error(from: try c.tensor("out")) < 2e-5)
    }
}
