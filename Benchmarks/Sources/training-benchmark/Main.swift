import Foundation
import TAVSEModel
import TAVSENN

/// Times whole training steps and inference of the network and its visual tower, and their peak tensor memory.
///
///     training-benchmark [case ...] [--repeats N]
///
/// Prints one line per case: name, best and median milliseconds, peak mebibytes. `peers/training.py` runs the same
/// cases in PyTorch; `peers/training.sh` runs both side by side.
@main
enum TrainingBenchmark {
    struct Case {
        let name: String
        let run: () throws -> Void
    }

    static func main() throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        var repeats = 7
        if let flag = arguments.firstIndex(of: "--repeats"), flag + 1 < arguments.count {
            repeats = Int(arguments[flag + 1]) ?? repeats
            arguments.removeSubrange(flag...flag + 1)
        }
        let known: [String: () throws -> Case] = [
            "tower32-step": { try tower(width: 32, frames: 140, trains: true) },
            "tower32-infer": { try tower(width: 32, frames: 140, trains: false) },
            "tower64-step": { try tower(width: 64, frames: 140, trains: true) },
            "audio-step": { try network([.audio], batch: 8, trains: true) },
            "audio-infer": { try network([.audio], batch: 8, trains: false) },
            "audio-rgb-step": { try network([.audio, .rgb], batch: 2, trains: true) },
            "audio-rgb-infer": { try network([.audio, .rgb], batch: 2, trains: false) },
            "tape-overhead": overhead,
        ]
        let wanted = arguments.isEmpty ? known.keys.sorted() : arguments
        print("threads \(Parallel.threads)")
        for name in wanted {
            guard let make = known[name] else {
                print("unknown case \(name); known: \(known.keys.sorted().joined(separator: ", "))")
                exit(64)
            }
            try measure(make(), repeats: repeats)
        }
    }

    static func measure(_ c: Case, repeats: Int) throws {
        try c.run()
        Memory.resetPeak()
        try c.run()
        let peak = Double(Memory.peakBytes) / 1_048_576
        let clock = ContinuousClock()
        let times = try (0..<repeats).map { _ in
            let time = try clock.measure { try c.run() }
            return Double(time.components.attoseconds) / 1e15 + Double(time.components.seconds) * 1e3
        }.sorted()
        let line = [times[0], times[times.count / 2], peak].map { String(format: "%10.2f", $0) }.joined()
        print(c.name.padding(toLength: 20, withPad: " ", startingAt: 0) + line)
    }

    static func noise(_ shape: [Int], _ seed: UInt64, scale: Float) -> Tensor {
        let key = CounterRandom.key(seed: seed, name: "benchmark")
        return Tensor(shape) { values in
            for i in values.indices { values[i] = scale * CounterRandom.uniform(key: key, index: UInt64(i)) }
        }
    }

    static func tower(width: Int, frames: Int, trains: Bool) throws -> Case {
        var specification = NetworkSpecification(modalities: [.audio, .rgb])
        specification.visualWidth = width
        let state = NetworkState(seed: 1)
        let tower = VisualEncoder(state.root, specification, channels: 3)
        let images = noise([2, frames / 2, 96, 96, 3], 2, scale: 1)
        state.mode = trains ? .training : .evaluation
        return Case(name: "tower\(width)-\(trains ? "step" : "infer")") {
            guard trains else {
                _ = tower(images)
                return
            }
            let tape = Tape()
            let loss = tape.record { tower(images).squared().mean() }
            tape.backward(from: loss)
            state.clearGradients()
        }
    }

    static func network(_ modalities: [Modality], batch: Int, trains: Bool) throws -> Case {
        let network = try Network(NetworkSpecification(modalities: modalities), seed: 1)
        let clean = noise([batch, 40_000], 1, scale: 0.1)
        let noisy = clean + noise([batch, 40_000], 2, scale: 0.1)
        var frames: [Modality: Tensor] = [:]
        if modalities.contains(.rgb) { frames[.rgb] = noise([batch, 70, 96, 96, 3], 3, scale: 1) }
        network.state.mode = trains ? .training : .evaluation
        let optimizer = AdamW(network.state.parameters)
        let name = modalities.map(\.rawValue).joined(separator: "-") + (trains ? "-step" : "-infer")
        return Case(name: name) {
            guard trains else {
                _ = try network(noisy: noisy, frames: frames)
                return
            }
            let tape = Tape()
            let loss = try tape.record {
                try EnhancementLoss()(
                    try network(noisy: noisy, frames: frames), clean: clean, stft: network.stft)
            }
            tape.backward(from: loss)
            let norm = GradientNorm.norm(network.state.parameters)
            optimizer.step(learningRate: 3e-4, gradientScale: GradientNorm.clipScale(norm: norm, maximum: 5))
            network.state.clearGradients()
        }
    }

    /// A step of the smallest variant's operations on single numbers: what dispatch, recording and allocation cost.
    static func overhead() throws -> Case {
        let state = NetworkState(seed: 1)
        let p = state.root.parameter("p", [1], .constant(1))
        return Case(name: "tape-1000-operations") {
            let tape = Tape()
            let y = tape.record { (0..<1000).reduce(p.value) { x, _ in x.relu() } }
            tape.backward(from: y)
            state.clearGradients()
        }
    }
}
