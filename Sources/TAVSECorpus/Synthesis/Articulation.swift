import Foundation
import TAVSESignal

/// The movements of one utterance, sampled at ``Articulation/rate``: the single source of its sound and its video.
///
/// Every track has the same length. Acoustic tracks drive ``SpeechSynthesizer``, visible ones the renderers, so
/// the video carries what the mouth did and nothing else.
struct Articulation: Sendable {
    /// Control samples per second.
    static let rate = 200.0

    var pitch: [Double] = []
    /// Linear amplitudes of the three sources.
    var voicing: [Double] = []
    var aspiration: [Double] = []
    var frication: [Double] = []
    var noiseCentre: [Double] = []
    var noiseWidth: [Double] = []
    var formant1: [Double] = []
    var formant2: [Double] = []
    var formant3: [Double] = []
    /// Coupling of the nose, 0…1.
    var nasality: [Double] = []

    var opening: [Double] = []
    var spread: [Double] = []
    var teeth: [Double] = []
    var tongue: [Double] = []
    var oralFlow: [Double] = []
    var nasalFlow: [Double] = []

    var count: Int { pitch.count }
    var durationSeconds: Double { Double(count) / Self.rate }

    /// Mean of a track over a time interval, as a camera's exposure sees it.
    static func exposure(_ track: [Double], from start: Double, to end: Double) -> Double {
        guard !track.isEmpty else { return 0 }
        let first = min(max(Int((start * rate).rounded()), 0), track.count - 1)
        let last = min(max(Int((end * rate).rounded()), first + 1), track.count)
        return track[first..<last].reduce(0, +) / Double(last - first)
    }

    /// Gaussian smoothing with reflected ends; zero phase, so a gesture starts before its sound as in real speech.
    static func smooth(_ track: inout [Double], seconds sigma: Double) {
        let width = sigma * rate
        let radius = Int((3 * width).rounded(.up))
        guard radius > 0, track.count > 1 else { return }
        let kernel = (-radius...radius).map { exp(-0.5 * pow(Double($0) / width, 2)) }
        let total = kernel.reduce(0, +)
        let source = track
        let last = source.count - 1
        for n in source.indices {
            var sum = 0.0
            for k in -radius...radius {
                var m = n + k
                if m < 0 { m = min(-m, last) }
                if m > last { m = max(2 * last - m, 0) }
                sum += kernel[k + radius] * source[m]
            }
            track[n] = sum / total
        }
    }
}
