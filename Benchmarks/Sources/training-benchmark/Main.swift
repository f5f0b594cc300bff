import Foundation
import TAVSEModel
import TAVSENN

/// Times whole training steps and inference of the network and its visual tower, and their peak memory.
///
///     training-benchmark [case ...] [--repeats N]
///     training-benchmark --serve CASE
///
/// Prints one line per case: name, best and median milliseconds, peak mebibytes of tensors and of the process.
/// `peers/training.py` runs the same cases in PyTorch, `peers/training.sh` both side by side. With `--serve` each line
/// on standard input, `step` or `sgemm`, is answered by the wall-clock and processor milliseconds of one step, or of a
/// 2048³ product by OpenBLAS: `peers/training_steps.py` alternates such steps with PyTorch's.
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
        ].merging(stepCases) { $1 }
        if arguments.count == 2, arguments[0] == "--serve", let make = known[arguments[1]] {
            try serve(make())
            return
        }
        if arguments == ["tape-share"] {
            try TapeShare.report()
            return
        }
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

    /// `<variant>-step-b<batch>` for every variant, with the guide's sizes; with `-amp` as `training.use_amp` does it.
    static var stepCases: [String: () throws -> Case] {
        let variants: [[Modality]] = [
            [.audio], [.audio, .rgb], [.audio, .thermal], [.audio, .rgb, .thermal],
        ]
        var cases: [String: () throws -> Case] = [:]
        for modalities in variants {
            for batch in [1, 2, 4, 16] {
                let name = modalities.map(\.rawValue).joined(separator: "-") + "-step-b\(batch)"
                cases[name] = { try network(modalities, batch: batch, trains: true, name: name) }
                let mixed = name + "-amp"
                let options = Tape.Options(savedPrecision: .bfloat16, products: .bfloat16)
                cases[mixed] = {
                    try network(modalities, batch: batch, trains: true, options: options, name: mixed)
                }
            }
        }
        return cases
    }

    static func serve(_ c: Case) throws {
        try c.run()
        _ = productMilliseconds()
        say("ready")
        while let line = readLine() {
            let start = clock()
            let wall = line == "sgemm" ? productMilliseconds() : try milliseconds(c.run)
            say("\(wall) \(1e3 * Double(clock() - start) / Double(CLOCKS_PER_SEC))")
        }
    }

    private static func say(_ line: String) {
        print(line)
        fflush(nil)
    }

    /// The matrix product that convolutions are compared with, 2 · 2048³ operations by OpenBLAS.
    private static let factors = (noise([2048, 2048], 1, scale: 1), noise([2048, 2048], 2, scale: 1))

    private static func productMilliseconds() -> Double {
        milliseconds { _ = factors.0.multiplied(by: factors.1) }
    }

    static func milliseconds(_ body: () throws -> Void) rethrows -> Double {
        let time = try ContinuousClock().measure { try body() }.components
        return Double(time.attoseconds) / 1e15 + Double(time.seconds) * 1e3
    }

    /// Most resident memory of this process so far, in mebibytes.
    static var residentPeak: Double {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return Double(line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first ?? "").map {
            $0 / 1024
        } ?? .nan
    }

    static func measure(_ c: Case, repeats: Int) throws {
        try c.run()
        Memory.resetPeak()
        try c.run()
        let peak = Double(Memory.peakBytes) / 1_048_576
        let times = try (0..<repeats).map { _ in try milliseconds(c.run) }.sorted()
        let line = [times[0], times[times.count / 2], peak, residentPeak]
            .map { String(format: "%10.2f", $0) }.joined()
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

    static func network(
        _ modalities: [Modality], batch: Int, trains: Bool, options: Tape.Options = Tape.Options(),
        name: String? = nil
    ) throws -> Case {
        let network = try Network(NetworkSpecification(modalities: modalities), seed: 1)
        let clean = noise([batch, 40_000], 1, scale: 0.1)
        let noisy = clean + noise([batch, 40_000], 2, scale: 0.1)
        var frames: [Modality: Tensor] = [:]
        for modality in modalities {
            guard let channels = modality.frameChannels else { continue }
            frames[modality] = noise([batch, 70, 96, 96, channels], 3, scale: 1)
        }
        network.state.mode = trains ? .training : .evaluation
        let optimizer = AdamW(network.state.parameters)
        let usual = modalities.map(\.rawValue).joined(separator: "-") + (trains ? "-step" : "-infer")
        return Case(name: name ?? usual) {
            guard trains else {
                _ = try network(noisy: noisy, frames: frames)
                return
            }
            let tape = Tape(options: options)
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
}
