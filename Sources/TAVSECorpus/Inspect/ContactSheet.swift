import Foundation
import TAVSEData
import TAVSESignal

/// One utterance on one picture: frames of both cameras above waveform and spectrogram, all on one time axis.
///
/// Frames stand above the sound of their own time; a missing frame is a grey cross. Thermal frames are stretched
/// to the clip's own range. The spectrogram shows 0–8 kHz over 70 dB.
public struct ContactSheet {
    private enum Layout {
        static let columns = 24
        static let cell = 72
        static let wave = 96
        static let gap = 6
        static let axis = 16
        static let rangeDB: Float = 70
    }

    private let root: DataRoot

    /// - Parameter root: the data root.
    public init(_ root: DataRoot) { self.root = root }

    /// Draws the sheet of an utterance of any split.
    ///
    /// - Throws: ``DataError/setting(_:reason:)`` when no manifest lists it, or what is wrong with its files.
    public func draw(_ utterance: String) throws(DataError) -> Raster {
        let entry = try find(utterance)
        let speech: Signal
        do throws(AudioError) { speech = try AudioFile.read(root.processed + "/" + entry.audio) } catch {
            throw DataError(error)
        }
        let stft = STFT()
        guard speech.count >= stft.minimumCount else {
            throw .audio(path: entry.audio, reason: "\(speech.count) samples are too few for a spectrogram")
        }
        let spectrogram = stft.forward(speech.samples)
        let rows = Camera.allCases.count(where: entry.has)
        let width = Layout.columns * Layout.cell
        let height =
            rows * (Layout.cell + Layout.gap) + Layout.wave + Layout.gap + spectrogram.binCount + Layout.axis
        var canvas = Canvas(width: width, height: height)
        var top = 0
        for modality in Camera.allCases where entry.has(modality) {
            try draw(entry, modality, top: top, on: &canvas)
            top += Layout.cell + Layout.gap
        }
        draw(speech.samples, top: top, on: &canvas)
        top += Layout.wave + Layout.gap
        draw(spectrogram, top: top, on: &canvas)
        top += spectrogram.binCount
        axis(speech.durationSeconds, top: top, on: &canvas)
        return canvas.raster
    }

    private func find(_ utterance: String) throws(DataError) -> ManifestEntry {
        for split in Split.allCases {
            if let entry = try Manifest(path: root.manifest(split)).entries.first(where: {
                $0.utterance == utterance
            }) {
                return entry
            }
        }
        throw .setting("utterance", reason: "no manifest in \(root.metadata) lists '\(utterance)'")
    }

    private func draw(
        _ entry: ManifestEntry, _ modality: Camera, top: Int, on canvas: inout Canvas
    ) throws(DataError) {
        let reader = try FrameStore(path: root.frames(modality)).reader()
        let codec = try JPEGCodec()
        var images: [Raster?] = []
        for column in 0..<Layout.columns {
            let time = (Double(column) + 0.5) / Double(Layout.columns) * entry.durationSeconds
            let frame = min(Int(time * entry.fps), max(entry.frames - 1, 0))
            images.append(
                try reader.withFrame(utterance: entry.utterance, frame: frame) { bytes throws(DataError) in
                    guard let bytes else { return nil }
                    return try modality == .rgb ? codec.decode(bytes) : PNGCodec.decode(bytes)
                })
        }
        var (low, high) = (0.0, 1.0)
        if modality == .thermal {
            let values = images.compactMap { $0 }.flatMap { image in
                stride(from: 0, to: image.width * image.height, by: 13).map {
                    image.value(x: $0 % image.width, y: $0 / image.width)
                }
            }.sorted()
            // The outermost half per cent is noise.
            if let first = values.first, let last = values.last {
                low = values.count > 200 ? values[values.count / 200] : first
                high = values.count > 200 ? values[values.count - 1 - values.count / 200] : last
            }
        }
        for (column, image) in images.enumerated() {
            let left = column * Layout.cell
            if let image {
                canvas.draw(image, x: left, y: top, side: Layout.cell - 2, low: low, high: high)
            } else {
                canvas.fill(x: left..<left + Layout.cell - 2, y: top..<top + Layout.cell - 2, (200, 200, 200))
                for k in 0..<Layout.cell - 2 {
                    canvas.set(left + k, top + k, (120, 120, 120))
                    canvas.set(left + k, top + Layout.cell - 3 - k, (120, 120, 120))
                }
            }
        }
    }

    /// The range of the samples under every pixel column.
    private func draw(_ samples: [Float], top: Int, on canvas: inout Canvas) {
        let peak = max(samples.reduce(0) { max($0, abs($1)) }, 1e-6)
        let middle = top + Layout.wave / 2
        let scale = Float(Layout.wave / 2 - 2) / peak
        for x in 0..<canvas.width {
            let first = x * samples.count / canvas.width
            let last = max((x + 1) * samples.count / canvas.width, first + 1)
            let part = samples[first..<min(last, samples.count)]
            let high = middle - Int((part.max() ?? 0) * scale)
            let low = middle - Int((part.min() ?? 0) * scale)
            canvas.fill(x: x..<x + 1, y: min(high, low)..<max(high, low) + 1, (38, 84, 140))
        }
    }

    private func draw(_ spectrogram: Spectrogram, top: Int, on canvas: inout Canvas) {
        let decibels = spectrogram.magnitude.map { 20 * log10(max($0, 1e-9)) }
        let loudest = decibels.max() ?? 0
        for x in 0..<canvas.width {
            let frame = min(x * spectrogram.frameCount / canvas.width, spectrogram.frameCount - 1)
            for bin in 0..<spectrogram.binCount {
                let value = decibels[bin * spectrogram.frameCount + frame]
                let share = min(max((value - loudest) / Layout.rangeDB + 1, 0), 1)
                canvas.set(x, top + spectrogram.binCount - 1 - bin, Self.color(Double(share)))
            }
        }
    }

    private func axis(_ seconds: Double, top: Int, on canvas: inout Canvas) {
        for tick in 0...Int(seconds * 2) {
            let x = Int(Double(tick) / 2 / seconds * Double(canvas.width))
            canvas.fill(x: x..<x + 2, y: top..<top + 4, (40, 40, 40))
            canvas.write("\(Double(tick) / 2)", x: x + 4, y: top + 4)
        }
    }

    /// From black over red and orange to white: even steps of lightness, readable in grey.
    private static func color(_ share: Double) -> (UInt8, UInt8, UInt8) {
        let stops: [(Double, Double, Double)] = [
            (0, 0, 4), (66, 10, 104), (147, 38, 103), (221, 81, 58), (252, 165, 10), (252, 255, 164),
        ]
        let place = share * Double(stops.count - 1)
        let index = min(Int(place), stops.count - 2)
        let mix = place - Double(index)
        let (a, b) = (stops[index], stops[index + 1])
        return (
            UInt8(a.0 + (b.0 - a.0) * mix), UInt8(a.1 + (b.1 - a.1) * mix), UInt8(a.2 + (b.2 - a.2) * mix)
        )
    }
}
