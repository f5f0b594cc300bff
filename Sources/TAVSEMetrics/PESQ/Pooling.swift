import Foundation

extension PESQ.PerceptualModel {
    /// Both disturbances pooled over time: the sixth-power mean within a syllable (320 ms, every 160 ms), then the
    /// root mean square over syllables.
    ///
    ///     s = (Σ f⁶ / 20)^(1/6)      always divided by 20, also where the signal ends within the syllable
    ///     D = (Σ (t·s)² / Σ t²)^½    t ← time weight
    var pooled: (symmetric: Double, asymmetric: Double) {
        (pool(symmetric), pool(asymmetric))
    }

    private func pool(_ disturbance: [Float]) -> Double {
        var weightedSquares = 0.0
        var weights = 0.0
        for start in stride(from: firstFrame, through: lastFrame, by: PESQ.Constants.syllableHop) {
            var sum = 0.0
            for frame in start..<min(start + PESQ.Constants.syllableFrames, lastFrame + 1) {
                let square = Double(disturbance[frame]) * Double(disturbance[frame])
                sum += square * square * square
            }
            let syllable = pow(sum / Double(PESQ.Constants.syllableFrames), 1.0 / 6)
            let weight = timeWeight(atFrame: start - firstFrame)
            weightedSquares += weight * weight * syllable * syllable
            weights += weight * weight
        }
        return weights > 0 ? (weightedSquares / weights).squareRoot() : 0
    }

    /// When more than 1000 frames (16 s) are left without the silence at the end, the end weighs more than the start.
    ///
    /// The slope follows from all frames, silence included but not the zeros behind the signal; where that count is just
    /// below 1000 the slope is slightly negative.
    private func timeWeight(atFrame frame: Int) -> Double {
        guard lastFrame + 1 > 1000 else { return 1 }
        let frames = (longest - 2 * format.border) / format.modelHop - 1
        let slope = min(0.5, Double(frames - 1000) / 5500)
        return (1 - slope) + slope * Double(frame) / Double(frames)
    }
}
