import Foundation
import TAVSEMetrics
import TAVSESignal

/// Times metrics on one pair of files, one thread, and prints one line of JSON: medians of processor time, ms.
///
///     metrics-benchmark REFERENCE ESTIMATE NOISY [SECONDS PER MEASUREMENT]
///     metrics-benchmark --memory REFERENCE ESTIMATE        peak resident memory of one full scoring
///     metrics-benchmark --threads REFERENCE ESTIMATE       pairs per second with 1 … all cores
@main
struct MetricsBenchmark {
    static func main() throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        let mode = arguments.first.flatMap { $0.hasPrefix("--") ? $0 : nil }
        if mode != nil { arguments.removeFirst() }
        guard arguments.count >= 2 else {
            FileHandle.standardError.write(Data("usage: metrics-benchmark REFERENCE ESTIMATE NOISY\n".utf8))
            exit(64)
        }
        let reference = try AudioFile.read(arguments[0])
        let estimate = try AudioFile.read(arguments[1])
        switch mode {
        case "--memory": memory(reference: reference, estimate: estimate)
        case "--threads": threads(reference: reference, estimate: estimate)
        default:
            let noisy = try AudioFile.read(arguments.count > 2 ? arguments[2] : arguments[1])
            let budget = arguments.count > 3 ? Double(arguments[3]) ?? 0.5 : 0.5
            time(reference: reference, estimate: estimate, noisy: noisy, budget: budget)
        }
    }

    /// Medians of every metric alone, of the five seed metrics together, and of the whole catalogue together.
    static func time(reference: Signal, estimate: Signal, noisy: Signal, budget: Double) {
        var groups: [(name: String, metrics: [MetricName])] = MetricName.allCases.map { ($0.rawValue, [$0]) }
        groups.append(("seed", MetricCatalog.seed))
        groups.append(("seed_without_pesq", MetricCatalog.seed.filter { $0 != .pesqWideband }))
        groups.append(("all", MetricName.allCases))
        let rows = groups.map { name, metrics in
            let suite = MetricSuite(metrics: metrics)
            let time = median(budget) { suite.score(estimate: estimate, reference: reference, noisy: noisy) }
            return "\"\(name)\": \((time * 1e4).rounded() / 1e4)"
        }
        print("{" + rows.joined(separator: ", ") + "}")
    }

    /// Median milliseconds of processor time of a call, after one to warm up. Processor time, because the wall
    /// clock of a busy machine measures its other users.
    static func median(_ budget: Double, _ body: () -> [MetricScore]) -> Double {
        _ = body()
        var times: [Double] = []
        let start = seconds(CLOCK_MONOTONIC)
        while times.count < 15 || (seconds(CLOCK_MONOTONIC) - start < budget && times.count < 2000) {
            let before = seconds(CLOCK_THREAD_CPUTIME_ID)
            _ = body()
            times.append(1e3 * (seconds(CLOCK_THREAD_CPUTIME_ID) - before))
        }
        return times.sorted()[times.count / 2]
    }

    static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }

    static func memory(reference: Signal, estimate: Signal) {
        let before = peakMegabytes()
        _ = MetricSuite().score(estimate: estimate, reference: reference, noisy: estimate)
        let seconds = reference.durationSeconds
        print("{\"seconds\": \(seconds), \"before_MiB\": \(before), \"peak_MiB\": \(peakMegabytes())}")
    }

    static func peakMegabytes() -> Int {
        var usage = rusage()
        // 0 is RUSAGE_SELF, whose imported type differs between C libraries; Linux counts in KiB.
        getrusage(0, &usage)
        return Int(usage.ru_maxrss) / 1024
    }

    static func threads(reference: Signal, estimate: Signal) {
        let suite = MetricSuite(metrics: MetricCatalog.seed)
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let pairs = 200
        var line: [String] = []
        var workers = 1
        while workers <= cores {
            let count = workers
            let elapsed = ContinuousClock().measure {
                DispatchQueue.concurrentPerform(iterations: count) { worker in
                    for _ in stride(from: worker, to: pairs, by: count) {
                        _ = suite.score(estimate: estimate, reference: reference, noisy: estimate)
                    }
                }
            }.components
            let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
            line.append("\"\(count)\": \((Double(pairs) / seconds).rounded())")
            workers *= 2
        }
        print("{\"pairs_per_second\": {" + line.joined(separator: ", ") + "}}")
    }
}
