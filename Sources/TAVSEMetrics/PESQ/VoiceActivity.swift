import Foundation

extension PESQ {
    /// Which envelope frames hold speech, and how far above the noise they are.
    ///
    /// > Source: ITU-T P.862, section on voice activity detection.
    struct VoiceActivity: Sendable {
        /// Power of the active frames, softened at the ends of each burst; 0 in inactive frames.
        private(set) var power: [Double]
        /// log(power / threshold) where the power is above the threshold, else 0.
        private(set) var logPower: [Float] = []

        /// - Parameters:
        ///   - samples: a signal filtered for alignment.
        ///   - count: its padded length.
        ///   - frame: samples per envelope frame.
        init(samples: [Float], count: Int, frame: Int) {
            power = VoiceActivity.framePowers(samples, frames: count / frame, frame: frame)
            let mean = power.reduce(0, +) / Double(power.count)
            let greatest = power.max() ?? 0
            let floor = greatest > 0 ? 1e-4 * greatest : 1
            for index in power.indices where power[index] < floor { power[index] = floor }

            var threshold = VoiceActivity.noiseThreshold(power, startingAt: mean)
            let (speechLevel, noiseLevel) = VoiceActivity.levels(power, threshold: threshold)
            if speechLevel == nil { threshold = -1 }

            // From here on a negative value marks an inactive frame.
            for index in power.indices where power[index] <= threshold { power[index].negate() }
            power[0] = -floor
            power[power.count - 1] = -floor
            dropShortBursts()
            if (speechLevel ?? 0) >= 1000 * noiseLevel { dropWeakBursts(threshold: threshold) }
            fillPauses(with: floor)
            if !power.contains(where: { $0 > 0 }) { activateAll(floor: floor) }
            softenEnds()
            for index in power.indices where power[index] < 0 { power[index] = 0 }

            if threshold <= 0 { threshold = floor }
            logPower = power.map { $0 > threshold ? Float(log($0 / threshold)) : 0 }
        }

        /// Runs of active frames.
        var bursts: [Range<Int>] { runs { $0 > 0 } }

        private static func framePowers(_ samples: [Float], frames: Int, frame: Int) -> [Double] {
            samples.withUnsafeBufferPointer { buffer in
                (0..<frames).map { index in
                    var lanes = SIMD4<Double>.zero
                    for sample in stride(from: index * frame, to: (index + 1) * frame, by: 4) {
                        let four = SIMD4<Double>(
                            Double(buffer[sample]), Double(buffer[sample + 1]), Double(buffer[sample + 2]),
                            Double(buffer[sample + 3]))
                        lanes += four * four
                    }
                    return lanes.sum() / Double(frame)
                }
            }
        }

        /// Mean plus two standard deviations of the frames at or below the threshold, found by twelve iterations.
        private static func noiseThreshold(_ power: [Double], startingAt start: Double) -> Double {
            var threshold = start
            for _ in 0..<12 {
                let noise = power.filter { $0 <= threshold }
                guard !noise.isEmpty else { return threshold }
                let mean = noise.reduce(0, +) / Double(noise.count)
                let variance = noise.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(noise.count)
                threshold = 1.001 * (mean + 2 * variance.squareRoot())
            }
            return threshold
        }

        /// Mean power above the threshold (nil when no frame is) and at or below it (1 when no frame is).
        private static func levels(_ power: [Double], threshold: Double) -> (speech: Double?, noise: Double) {
            let speech = power.filter { $0 > threshold }
            let noise = power.filter { $0 <= threshold }
            return (
                speech.isEmpty ? nil : speech.reduce(0, +) / Double(speech.count),
                noise.isEmpty ? 1 : noise.reduce(0, +) / Double(noise.count)
            )
        }

        private mutating func dropShortBursts() {
            for burst in runs(where: { $0 > 0 }) where burst.count <= Constants.shortestBurst {
                for index in burst { power[index].negate() }
            }
        }

        private mutating func dropWeakBursts(threshold: Double) {
            for burst in runs(where: { $0 > 0 }) {
                let sum = power[burst].reduce(0, +)
                if sum < 3 * threshold * Double(burst.count) {
                    for index in burst { power[index].negate() }
                }
            }
        }

        private mutating func fillPauses(with floor: Double) {
            let bursts = runs { $0 > 0 }
            for (previous, next) in zip(bursts, bursts.dropFirst()) {
                let pause = previous.upperBound..<next.lowerBound
                if pause.count <= Constants.longestFilledPause {
                    for index in pause { power[index] = floor }
                }
            }
        }

        private mutating func activateAll(floor: Double) {
            for index in power.indices { power[index] = abs(power[index]) }
            power[0] = -floor
            power[power.count - 1] = -floor
        }

        /// Gives each burst two weaker frames on either side.
        private mutating func softenEnds() {
            var index = 3
            while index < power.count - 2 {
                if power[index] > 0, power[index - 2] <= 0 {
                    power[index - 2] = 0.1 * power[index]
                    power[index - 1] = 0.3 * power[index]
                    index += 1
                }
                if power[index] <= 0, power[index - 1] > 0 {
                    power[index] = 0.3 * power[index - 1]
                    power[index + 1] = 0.1 * power[index - 1]
                    index += 3
                }
                index += 1
            }
        }

        private func runs(where holds: (Double) -> Bool) -> [Range<Int>] {
            var runs: [Range<Int>] = []
            var start: Int?
            for (index, value) in power.enumerated() {
                if holds(value) {
                    if start == nil { start = index }
                } else if let first = start {
                    runs.append(first..<index)
                    start = nil
                }
            }
            if let first = start { runs.append(first..<power.count) }
            return runs
        }
    }
}
