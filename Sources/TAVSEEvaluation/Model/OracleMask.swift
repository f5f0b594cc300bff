import TAVSEModel
import TAVSENN
import TAVSESignal

/// The best a magnitude mask can do: the ideal amplitude mask, at most 1, with the noisy phase.
///
///     M[f, t] = min(|S[f, t]| / |Y[f, t]|, 1),   0 where |Y| = 0
///     oracle  = iSTFT(M · Y)
///
/// S and Y are the spectra of clean and noisy speech through the network's own front end, so this is the ceiling of a
/// network that scales the noisy spectrum by a mask in 0…1, as this one does. What is left to the clean signal is
/// phase, and bins in which speech and noise cancel each other.
///
/// > Source: Wang, Narayanan & Wang, *On Training Targets for Supervised Speech Separation*, IEEE/ACM TASLP 22(12),
/// > 2014 (there "FFT-MASK", unbounded).
public struct OracleMask: Sendable {
    private let stft: TAVSEModel.STFT

    /// - Parameter stft: the network's front end.
    public init(_ stft: TAVSEModel.STFT) { self.stft = stft }

    /// The masked noisy signal.
    ///
    /// - Parameters:
    ///   - clean: speech, `[N]`.
    ///   - noisy: the same with noise, `[N]`.
    /// - Throws: `tooShort` below one analysis frame; `inputShape` when the lengths differ.
    public func callAsFunction(clean: Signal, noisy: Signal) throws(ModelError) -> Signal {
        guard clean.count == noisy.count else {
            throw .inputShape(input: "clean", expected: "[\(noisy.count)]", found: [clean.count])
        }
        let target = try stft.spectrum(Tensor([1, clean.count], values: clean.samples)).magnitude.values
        let spectrum = try stft.spectrum(Tensor([1, noisy.count], values: noisy.samples))
        let mask = zip(target, spectrum.magnitude.values).map { s, y in y > 0 ? min(s / y, 1) : 0 }
        let wave = try stft.inverse(
            mask: Tensor(spectrum.magnitude.shape, values: mask), spectrum, samples: noisy.count)
        return Signal(samples: wave.values, sampleRate: noisy.sampleRate)
    }
}
