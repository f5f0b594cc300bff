import Foundation
import TAVSEConfiguration
import TAVSEData
import TAVSEModel
import TAVSENN

/// A dry run: the configured network is made and trained for a few steps, on real data where there is some and on made
/// up numbers otherwise. Nothing is written.
public struct Rehearsal {
    private let configuration: Configuration
    private let network: Network
    private let optimizer: AdamW
    private let data: SpeechDataset?
    private let validationCount: Int

    private enum Constants {
        static let measuredSteps = 3
    }

    /// - Throws: `ModelError` for an impossible network; `DataError` for data that is there but wrong. Data that is not
    ///   there at all is no error.
    public init(_ configuration: Configuration) throws {
        self.configuration = configuration
        let network = try Network(configuration.network, seed: configuration.training.seed)
        self.network = network
        optimizer = AdamW(network.state.parameters, options: configuration.optimizerOptions)
        let root = configuration.dataRoot
        guard FileManager.default.fileExists(atPath: root.processed) else {
            (data, validationCount) = (nil, 0)
            return
        }
        data = try SpeechDataset(root: root, split: .train, settings: configuration.datasetSettings(.train))
        validationCount = try SpeechDataset(
            root: root, split: .val, settings: configuration.datasetSettings(.val)
        ).count
    }

    /// Measures shapes, memory and time.
    ///
    /// - Parameter isStopping: asked between steps; a stopped dry run reports what it has.
    public func run(isStopping: () -> Bool = { false }) throws -> RehearsalReport {
        let input = try firstBatch()
        var shapes = inputShapes(input)
        let spectrum = try network.stft.spectrum(input.noisy)
        shapes.append(("spectrogram", [input.count, 2] + Array(spectrum.real.shape[1...])))
        let settings = configuration.stepSettings
        var (seconds, losses) = ([Double](), [Double]())
        // One more than is measured: the first one fetches memory from the system.
        for number in 0...Constants.measuredSteps where !isStopping() {
            let step = try step(input, settings, number: number)
            if number > 0 {
                seconds.append(step.seconds)
                losses.append(step.loss)
            }
        }
        let output = try network.state.with(mode: .evaluation) {
            try network(noisy: input.noisy, frames: input.frames, present: input.present)
        }
        let grid = output.bottleneck
        shapes.append(
            ("bottleneck", [input.count, grid.rows, grid.columns, network.specification.bottleneckWidth]))
        shapes.append(("mask", output.mask.shape))
        shapes.append(("enhanced", output.wave.shape))
        let frames = input.frames.values.first?.shape
        let training = configuration.training
        let plan = data.map {
            EpochPlan(
                examples: $0.count, batchSize: training.batchSize, accumulated: training.gradAccumSteps)
        }
        return RehearsalReport(
            parameters: parameters(), shapes: shapes,
            cost: NetworkCost(
                network.specification, samples: input.noisy.shape[1], frames: frames?[1] ?? 0,
                side: min(frames?[2] ?? DataRoot.frameSide, network.specification.roiSize)),
            memory: try memory(input, isStopping: isStopping), stepSeconds: seconds, losses: losses,
            batchSize: training.batchSize, accumulated: training.gradAccumSteps,
            examples: data.map { (train: $0.count, validation: validationCount) },
            stepsPerEpoch: plan?.steps, threads: Parallel.threads)
    }

    /// Trains on one batch alone: a network that cannot learn one batch by heart cannot learn at all.
    ///
    /// - Parameters:
    ///   - steps: at least 2.
    ///   - progress: told the steps done and the last loss.
    /// - Returns: the loss of every step.
    /// - Throws: ``TrainingError/notLearned(_:)`` unless the mean loss of the last quarter of the steps is lower than
    ///   that of the first.
    public func overfit(
        steps: Int, isStopping: () -> Bool = { false }, progress: (Int, Double) -> Void = { _, _ in }
    ) throws -> [Double] {
        let input = try firstBatch()
        var losses: [Double] = []
        for number in 0..<steps where !isStopping() {
            losses.append(try step(input, configuration.stepSettings, number: number).loss)
            progress(losses.count, losses[losses.count - 1])
        }
        guard losses.count == steps else { return losses }
        if let place = losses.firstIndex(where: { !$0.isFinite }) {
            throw TrainingError.notLearned("the loss of step \(place + 1) on one batch is \(losses[place])")
        }
        let quarter = max(1, steps / 4)
        let first = losses.prefix(quarter).reduce(0, +) / Double(quarter)
        let last = losses.suffix(quarter).reduce(0, +) / Double(quarter)
        guard last < first else {
            throw TrainingError.notLearned(
                "\(steps) steps on one batch did not lower the loss: \(first) over the first \(quarter), "
                    + "\(last) over the last")
        }
        return losses
    }

    // MARK: - Steps

    private func step(
        _ input: NetworkInput, _ settings: StepSettings, number: Int
    ) throws -> (seconds: Double, loss: Double) {
        let clock = ContinuousClock()
        let start = clock.now
        var window = GradientWindow(network, settings, examples: input.count)
        try window.add(input, number: number)
        let outcome = window.finish(optimizer, learningRate: configuration.training.lr)
        return ((clock.now - start) / .seconds(1), outcome.sums.meanLoss ?? .nan)
    }

    private func memory(
        _ input: NetworkInput, isStopping: () -> Bool
    ) throws -> [RehearsalReport.MemoryUse] {
        let configured = configuration.stepSettings
        let hasVideo = !network.specification.visualModalities.isEmpty
        var result: [RehearsalReport.MemoryUse] = []
        for precision in SavedPrecision.allCases {
            for recomputes in hasVideo ? [false, true] : [false] where !isStopping() {
                var settings = configured
                settings.savedPrecision = precision
                settings.recomputesVisual = recomputes
                Memory.resetPeak()
                _ = try step(input, settings, number: 0)
                result.append(
                    RehearsalReport.MemoryUse(
                        precision: precision, recomputesVisual: recomputes, peakBytes: Memory.peakBytes,
                        isConfigured: precision == configured.savedPrecision
                            && (recomputes == configured.recomputesVisual || !hasVideo)))
            }
        }
        return result
    }

    // MARK: - Data

    private func firstBatch() throws -> NetworkInput {
        guard let data else { return madeUpBatch() }
        let training = configuration.training
        let order = Array(data.shuffledOrder(epoch: 1).prefix(training.batchSize))
        let loader = try BatchLoader(
            data, order: order, epoch: 1, batchSize: training.batchSize, workers: training.numWorkers)
        guard let batch = try loader.next() else { return madeUpBatch() }
        return NetworkInput(batch)
    }

    private func madeUpBatch() -> NetworkInput {
        let count = configuration.training.batchSize
        let seconds = configuration.input.segmentSeconds
        let samples = Int((seconds * Double(DataRoot.sampleRate)).rounded())
        let frameCount = Int((seconds * configuration.network.fps).rounded())
        let side = DataRoot.frameSide
        func random(_ shape: [Int], _ name: String) -> Tensor {
            let key = CounterRandom.key(seed: configuration.training.seed, name: name)
            return Tensor(shape) { values in
                for i in values.indices {
                    values[i] = CounterRandom.uniform(key: key, index: UInt64(i)) - 0.5
                }
            }
        }
        let clean = random([count, samples], "clean")
        var frames: [Modality: Tensor] = [:]
        for modality in network.specification.visualModalities {
            frames[modality] = random(
                [count, frameCount, side, side, modality.frameChannels ?? 1], modality.rawValue)
        }
        return NetworkInput(
            noisy: (clean + random([count, samples], "noise")).detached, clean: clean, frames: frames)
    }

    // MARK: - Facts

    private func inputShapes(_ input: NetworkInput) -> [(name: String, shape: [Int])] {
        [("noisy", input.noisy.shape), ("clean", input.clean.shape)]
            + network.specification.visualModalities.compactMap { modality in
                input.frames[modality].map { ("\(modality.rawValue) frames", $0.shape) }
            }
    }

    private func parameters() -> [(name: String, count: Int)] {
        var counts: [String: Int] = [:]
        for parameter in network.state.parameters {
            counts[Self.part(of: parameter.path), default: 0] += parameter.count
        }
        let names =
            ["encoder", "bottleneck"]
            + network.specification.visualModalities.map { "visual.\($0.rawValue)" } + ["fusion", "decoder"]
        return names.compactMap { name in counts[name].map { (name: name, count: $0) } }
    }

    private static func part(of path: String) -> String {
        let names = path.split(separator: ".")
        switch names.first {
        case "encoder": return "encoder"
        case "fusion": return "fusion"
        case "decoder", "decoder_norm": return "decoder"
        case "visual": return names.prefix(2).joined(separator: ".")
        default: return "bottleneck"
        }
    }
}
