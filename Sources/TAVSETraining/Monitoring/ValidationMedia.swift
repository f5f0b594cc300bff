import TAVSEData
import TAVSESignal

/// A validation item to look at and listen to.
public struct ValidationMedia: Sendable {
    /// Name of the item, part of the tags; characters other than letters, digits, `_`, `-` and `.` become `_`.
    public let item: String
    /// Noisy input, `[N]`.
    public let noisy: [Float]
    /// Network's output, `[N]`.
    public let enhanced: [Float]
    /// Target, `[N]`.
    public let clean: [Float]
    /// Hz.
    public let sampleRate: Int

    /// Seconds shown of an item; the rest is left out, so that logs stay small.
    public static let maximumSeconds = 10

    /// - Parameters:
    ///   - item: name.
    ///   - noisy: `[N]`, ±1.
    ///   - enhanced: `[N]`.
    ///   - clean: `[N]`.
    ///   - sampleRate: Hz.
    public init(item: String, noisy: [Float], enhanced: [Float], clean: [Float], sampleRate: Int) {
        let count = Self.maximumSeconds * sampleRate
        self.item = String(
            item.map { character in
                character.isASCII
                    && (character.isLetter || character.isNumber || "_-.".contains(character))
                    ? character : "_"
            })
        self.noisy = Array(noisy.prefix(count))
        self.enhanced = Array(enhanced.prefix(count))
        self.clean = Array(clean.prefix(count))
        self.sampleRate = sampleRate
    }

    /// Values for TensorBoard: the spectrograms, the enhanced signal and, when asked for, the sources.
    func values(
        withSources: Bool
    ) throws(TrainingLogError) -> [(tag: String, value: SummaryEvent.Value)] {
        let panels = [("noisy", noisy), ("enhanced", enhanced), ("clean", clean)]
        let stft = STFT()
        for (name, samples) in panels {
            guard samples.allSatisfy(\.isFinite) else {
                throw .media(item: item, reason: "the \(name) signal holds NaN or infinity")
            }
            guard samples.count >= stft.minimumCount else {
                throw .media(
                    item: item,
                    reason:
                        "the \(name) signal has \(samples.count) samples, expected \(stft.minimumCount) or more"
                )
            }
        }
        let image = SpectrogramImage.draw(panels.map(\.1), stft: stft)
        let png: [UInt8]
        do { png = try PNGCodec.encode(image) } catch { throw .media(item: item, reason: "\(error)") }
        var values: [(tag: String, value: SummaryEvent.Value)] = [
            (
                "val_spectrogram/\(item)",
                .image(
                    png: png, width: image.width, height: image.height,
                    description: "noisy, enhanced, clean; 0…\(sampleRate / 2) Hz upwards; "
                        + "\(Int(SpectrogramImage.rangeDB)) dB from black to white")
            )
        ]
        for (name, samples) in panels where name == "enhanced" || withSources {
            values.append(
                (
                    "val_audio/\(item)/\(name)",
                    .audio(
                        wave: WaveBytes.encode(samples, sampleRate: sampleRate), sampleRate: sampleRate,
                        samples: samples.count)
                ))
        }
        return values
    }
}
