import Foundation
import TAVSEAnalysis
import TAVSEBase
import TAVSEReport
import TAVSEStats
import TAVSEStore

/// Times statistics on seeded data and prints one line of JSON per task: {"task": …, "ms": median, "runs": …}.
///
///     statistics-benchmark [TASK …]        all tasks when none is named
///     statistics-benchmark --large         4 systems × 10 metrics × 100,000 items, with the peak resident memory
@main
struct StatisticsBenchmark {
    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments == ["--large"] { return try large() }
        for (name, task) in try tasks() where arguments.isEmpty || arguments.contains(name) {
            try report(name, task)
        }
    }

    /// One task: returns a number so that nothing is optimised away.
    typealias Task = () throws -> Double

    static func tasks() throws -> [(String, Task)] {
        let d = Sample.differences(3000, seed: 1)
        let small = Array(Sample.differences(50, seed: 2))
        let clusters = ClusterLabels((0..<3000).map { $0 % 28 })
        let table = Sample.table(systems: 4, metrics: 5, items: 3000, speakers: 28)
        return [
            (
                "bca_mean_3000x10000",
                {
                    try Bootstrap.distribution(of: .mean, d, draws: .seeded(1, replicates: 10_000))
                        .bca(level: 0.95).low
                }
            ),
            (
                "bca_mean_3000x10000_one_thread",
                {
                    try Bootstrap.distribution(
                        of: .mean, d, draws: .seeded(1, replicates: 10_000), threads: 1
                    )
                    .bca(level: 0.95).low
                }
            ),
            (
                "bca_median_3000x10000",
                {
                    try Bootstrap.distribution(of: .median, d, draws: .seeded(1, replicates: 10_000))
                        .bca(level: 0.95).low
                }
            ),
            ("wilcoxon_3000", { try SignedRankTest(differences: d).approximate().p.twoSided }),
            ("wilcoxon_exact_50", { try SignedRankTest(differences: small).exact().twoSided }),
            ("hodges_lehmann_3000", { try HodgesLehmann(d).interval(level: 0.95).low }),
            ("sign_flip_28_speakers", { try SignFlipTest(d, clusters: clusters).p.twoSided }),
            ("comparison_4x5x3000", { try Comparison(table).pairs[0].cr2.p }),
        ]
    }

    static func report(_ name: String, _ task: Task) throws {
        let clock = ContinuousClock()
        var times: [Double] = []
        var check = 0.0
        let end = clock.now + .seconds(1)
        repeat {
            let start = clock.now
            check += try task()
            times.append((clock.now - start) / .milliseconds(1))
        } while clock.now < end || times.count < 3
        guard !check.isNaN else { throw CocoaError(.featureUnsupported) }
        times.sort()
        print("{\"task\": \"\(name)\", \"ms\": \(times[times.count / 2]), \"runs\": \(times.count)}")
    }

    static func large() throws {
        let table = Sample.table(systems: 4, metrics: 10, items: 100_000, speakers: 100)
        let start = ContinuousClock().now
        let comparison = try Comparison(table)
        let bytes = try comparison.jsonData().count
        let milliseconds = (ContinuousClock().now - start) / .milliseconds(1)
        // The kernel's high-water mark of resident memory; Linux only.
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kibibytes = peak?.split(separator: " ").dropLast().last ?? "0"
        print(
            "{\"task\": \"comparison_4x10x100000\", \"ms\": \(milliseconds), \"tests\": \(comparison.pairs.count), "
                + "\"json_bytes\": \(bytes), \"peak_kib\": \(kibibytes)}")
    }
}

/// Seeded data: uniform noise about a small gain, speakers repeated over utterances and SNRs.
enum Sample {
    static func differences(_ n: Int, seed: UInt64) -> [Double] {
        let generator = SplitMix64(seed: seed)
        return (0..<n).map { Double(generator.output(UInt64($0 + 1)) >> 11) * 0x1p-53 - 0.45 }
    }

    static func table(systems: Int, metrics: Int, items: Int, speakers: Int) -> ScoreTable {
        let noises = ["babble", "cafe", "street", "car"]
        let list = (0..<items).map { item in
            ScoreTable.Item(
                utterance: "u\(1_000_000 + item / 3)", speaker: "s\(10_000 + item / 3 % speakers)",
                snrDB: [-5.0, 0, 5][item % 3], noiseType: noises[item / 3 % 4], split: "test")
        }
        let base = differences(items, seed: 99)
        let columns = (0..<systems).map { system in
            (0..<metrics).map { metric in
                let noise = differences(items, seed: UInt64(100 + system * metrics + metric))
                // Every third metric is rounded to two decimals, as PESQ tables are: many ties.
                let values = zip(base, noise).map { (base: Double, noise: Double) -> Double in
                    let score = 3 * base + noise + 0.01 * Double(system)
                    return metric % 3 == 0 ? (score * 100).rounded() / 100 : score
                }
                return ScoreTable.Column(values: values, status: Array(repeating: 0, count: items))
            }
        }
        return ScoreTable(
            items: list, systems: (0..<systems).map { ScoreTable.System(name: "system\($0)") },
            metrics: (0..<metrics).map {
                ScoreTable.Metric(name: "metric\($0)", signature: "", unit: "", higherIsBetter: true)
            },
            columns: columns)
    }
}
