import Foundation
import TAVSEData

/// Decoded mouth frames per second of the training loader: crops of 2.5 s with drawn mixes, batches of 8.
///
/// Usage: `loader-benchmark DATA_ROOT [WORKERS]`; make the data with `tavse-data synth`. Beside the rate stands the
/// processor time per frame, which other work on the machine changes least.
@main struct Main {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 2 else {
            print("usage: loader-benchmark DATA_ROOT [WORKERS]")
            exit(64)
        }
        let workers = arguments.count > 2 ? Int(arguments[2]) ?? 2 : 2
        for modalities in [[Camera.rgb], [.thermal], [.rgb, .thermal]] {
            let dataset = try SpeechDataset(
                root: DataRoot(arguments[1]), split: .train,
                settings: .training(modalities: modalities, snrsDB: [-5, 0, 5], seed: 1))
            var rates: [Double] = []
            var costs: [Double] = []
            for epoch in 0..<5 {
                let start = ContinuousClock.now
                let startTime = processorSeconds()
                let loader = try BatchLoader(
                    dataset, order: dataset.shuffledOrder(epoch: epoch), epoch: epoch, batchSize: 8,
                    workers: workers)
                var frames = 0
                while let batch = try loader.next() {
                    for example in batch.examples {
                        frames += example.framePresent.values.reduce(0) { $0 + $1.count(where: { $0 }) }
                    }
                }
                let took = ContinuousClock.now - start
                let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18
                rates.append(Double(frames) / seconds)
                costs.append((processorSeconds() - startTime) / Double(frames))
            }
            let sorted = rates.sorted()
            let name = modalities.map(\.rawValue).joined(separator: "+").padding(
                toLength: 12, withPad: " ", startingAt: 0)
            print(
                "tavse  \(name) \(workers) workers  \(Int(sorted[2])) frames/s (median of 5; "
                    + "\(Int(sorted[0])) … \(Int(sorted[4]))), processor time per frame "
                    + String(format: "%.1f µs", 1e6 * costs.sorted()[2]))
        }
    }

    /// Processor time of all threads so far, user and system.
    static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }
}
