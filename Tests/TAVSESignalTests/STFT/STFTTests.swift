import Foundation
import TAVSEBase
import Testing

@testable import TAVSESignal

@Suite("STFT")
struct STFTTests {
    static func cases(_ prefix: String) -> [URL] {
        let files = try? FileManager.default.contentsOfDirectory(
            at: Reference.folder("nn"), includingPropertiesForKeys: nil)
        return (files ?? []).filter {
            $0.lastPathComponent.hasPrefix(prefix) && $0.pathExtension == "safetensors"
        }
        .sorted { $0.path < $1.path }
    }

    @Test("equals torch.stft within float rounding (reference)", arguments: cases("stft_"))
    func forward(url: URL) throws {
        let tensors = try Tensors(url)
        let wave = try #require(tensors["in.wave"])
        let real = try #require(tensors["out.real"])
        let imaginary = try #require(tensors["out.imag"])
        let count = wave.shape[1]
        let peak = (real.data + imaginary.data).reduce(0) { max($0, abs($1)) }
        for batch in 0..<wave.shape[0] {
            let spectra = STFT().forward(Array(wave.data[(batch * count)..<((batch + 1) * count)]))
            #expect([spectra.binCount, spectra.frameCount] == Array(real.shape[1...]))
            let size = spectra.real.count
            for i in 0..<size {
                #expect(abs(spectra.real[i] - real.data[batch * size + i]) < 2e-6 * peak)
                #expect(abs(spectra.imaginary[i] - imaginary.data[batch * size + i]) < 2e-6 * peak)
            }
        }
    }

    @Test("inverts a masked spectrum as torch.istft does (reference)", arguments: cases("masked_istft_"))
    func maskedInverse(url: URL) throws {
        let tensors = try Tensors(url)
        let real = try #require(tensors["in.real"])
        let imaginary = try #require(tensors["in.imag"])
        let mask = try #require(tensors["in.mask"])
        let out = try #require(tensors["out"])
        let size = real.shape[1] * real.shape[2]
        let count = out.shape[1]
        let peak = out.data.reduce(0) { max($0, abs($1)) }
        for batch in 0..<real.shape[0] {
            let part = (batch * size)..<((batch + 1) * size)
            let spectra = Spectrogram(
                binCount: real.shape[1], frameCount: real.shape[2], real: Array(real.data[part]),
                imaginary: Array(imaginary.data[part]))
            let wave = STFT().inverse(spectra.masked(by: Array(mask.data[part])), count: count)
            for n in 0..<count { #expect(abs(wave[n] - out.data[batch * count + n]) < 2e-6 * peak) }
        }
    }

    @Test(
        "comes back to float rounding at any length (property)",
        arguments: [257, 400, 1000, 8000, 8159, 40_000])
    func roundTrip(count: Int) {
        var generator = SplitMix64(seed: UInt64(count))
        let x = (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
        let stft = STFT()
        let spectra = stft.forward(x)
        let back = stft.inverse(spectra, count: count)
        // Past the last frame's centre the window falls to (1 − cos(2π·41/400))/2 ≈ 0.1, which magnifies rounding.
        for n in 0..<count { #expect(abs(back[n] - x[n]) < 4e-6) }
    }

    @Test("puts a centred tone's energy where it belongs (closed form)")
    func tone() {
        // Bin 32 of 512: amplitude 1 gives |X| = Σw/2 = 100 in every inner frame.
        let x = (0..<8000).map { Float(cos(2 * .pi * 32 * Double($0) / 512)) }
        let spectra = STFT().forward(x)
        for t in 2..<48 { #expect(abs(spectra.magnitude[32 * spectra.frameCount + t] - 100) < 1e-4) }
    }
}
