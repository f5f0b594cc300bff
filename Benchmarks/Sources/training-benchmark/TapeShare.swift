import Foundation
import TAVSEModel
import TAVSENN

/// What recording costs: the operations of a step, times the cost of recording one and running it backwards on a single
/// number, where arithmetic is nothing.
///
/// The backward kernels' calls and their gradients' memory are counted as recording, so the share is an upper bound.
enum TapeShare {
    static func report() throws {
        let network = try Network(NetworkSpecification(modalities: [.audio]), seed: 1)
        let clean = TrainingBenchmark.noise([1, 40_000], 1, scale: 0.1)
        let tape = Tape()
        let loss = try tape.record {
            try EnhancementLoss()(network(noisy: clean, frames: [:]), clean: clean, stft: network.stft)
        }
        let operations = tape.count
        tape.backward(from: loss)
        network.state.clearGradients()

        let state = NetworkState(seed: 1)
        let p = state.root.parameter("p", [1], .constant(1))
        let chain = { (0..<1000).reduce(p.value) { x, _ in x.relu() } }
        let recorded = median {
            let tape = Tape()
            tape.backward(from: tape.record(chain))
            state.clearGradients()
        }
        let plain = median { _ = noGradient(chain) }
        let step = try TrainingBenchmark.network([.audio], batch: 1, trains: true)
        try step.run()
        let time = try median(of: 7, step.run)
        let share = Double(operations) * (recorded - plain) / 1000 / time
        print("operations of a step (audio, batch 1)   \(operations)")
        print(String(format: "recording and backward, per operation   %.3f µs", recorded - plain))
        print(String(format: "step, median                            %.1f ms", time))
        print(String(format: "share of the step, at most              %.3f %%", 100 * share))
    }

    private static func median(of count: Int = 51, _ body: () throws -> Void) rethrows -> Double {
        try (0..<count).map { _ in try TrainingBenchmark.milliseconds(body) }.sorted()[count / 2]
    }
}
