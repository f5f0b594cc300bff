import Foundation
import TAVSEData
import TAVSESignal

/// Spectrograms of several signals side by side, on one scale.
///
/// Frame by frame across, frequency upwards; brightness is 20·log₁₀|X| from ``rangeDB`` under the greatest
/// magnitude of all panels up to it.
enum SpectrogramImage {
    /// Decibels between black and white.
    static let rangeDB = 80.0
    /// Pixels between panels.
    static let gap = 4

    /// - Parameters:
    ///   - signals: panels from left to right, each of at least `stft.minimumCount` finite samples.
    ///   - stft: window and hop.
    static func draw(_ signals: [[Float]], stft: STFT = STFT()) -> Raster {
        let panels = signals.map { stft.forward($0) }
        let height = stft.binCount
        let width = panels.reduce(0) { $0 + $1.frameCount } + gap * max(0, panels.count - 1)
        let magnitudes = panels.map(\.magnitude)
        let peak = magnitudes.reduce(Float(0)) { max($0, $1.max() ?? 0) }
        // Silence alone has no scale: any positive one shows it black.
        let top = 20 * log10(Double(peak > 0 ? peak : 1))
        var image = Raster(width: width, height: height, channels: 3, fill: 255)
        var left = 0
        for (panel, values) in zip(panels, magnitudes) {
            for bin in 0..<height {
                var pixel = 3 * ((height - 1 - bin) * width + left)
                for frame in 0..<panel.frameCount {
                    let level = 20 * log10(Double(values[bin * panel.frameCount + frame])) - top
                    let shade = Int((255 * min(max(1 + level / rangeDB, 0), 1)).rounded())
                    for channel in 0..<3 {
                        image.bytes[pixel + channel] = CubehelixMap.colours[3 * shade + channel]
                    }
                    pixel += 3
                }
            }
            left += panel.frameCount + gap
        }
        return image
    }
}
