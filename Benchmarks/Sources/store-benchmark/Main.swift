import Foundation
import TAVSEStore

/// Import, table, re-import, export and merge of a large store.
///
///     store-benchmark [ITEMS] [SYSTEMS] [METRICS]       default: 100000 4 10, four million scores
@main struct Main {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let items = arguments.first ?? 100_000
        let systems = arguments.count > 1 ? arguments[1] : 4
        let metrics = arguments.count > 2 ? arguments[2] : 10
        let folder = NSTemporaryDirectory() + "store-benchmark-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/a.sqlite"
        let store = try ResultsStore(path: path, access: .readWrite)
        print(
            "\(systems) systems × \(metrics) metrics × \(items) items = \(systems * metrics * items) scores")
        try time("import") { try fill(store, items: items, systems: systems, metrics: metrics) }
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        print("  file \(size >> 20) MiB, \(size / (systems * metrics * items)) bytes per score")
        try time("import again") { try fill(store, items: items, systems: systems, metrics: metrics) }
        try time("score table") {
            let table = try store.scoreTable()
            precondition(table.items.count == items && table.systems.count == systems, "lost rows")
        }
        try time("run list") { _ = try store.runs() }
        try time("export") {
            var count = 0
            try store.exportScores { _ in count += 1 }
            precondition(count == systems * metrics * items, "lost rows")
        }
        let other = try ResultsStore(path: folder + "/b.sqlite", access: .readWrite)
        try time("merge into an empty store") { _ = try other.merge(path) }
        try time("merge again") { _ = try other.merge(path) }
    }

    /// Rows as a wide table has them: every system of an item, every metric of a system.
    private static func fill(_ store: ResultsStore, items: Int, systems: Int, metrics: Int) throws {
        _ = try store.importScores(toolVersion: "benchmark") { importer in
            let runs = try (0..<systems).map { try importer.run(system: "system\($0)") }
            let numbers = try (0..<metrics).map {
                try importer.metric(
                    MetricDescription(name: "metric\($0)", signature: "metric\($0)|benchmark"))
            }
            var value = 0.25
            for index in 0..<items {
                let item = try importer.item(
                    ItemDescription(
                        utterance: "speaker\(index % 28)_utterance\(index / 3)",
                        speaker: "speaker\(index % 28)",
                        split: "test", snrDB: Double(index % 3 * 5 - 5), noiseType: "babble"))
                for run in runs {
                    for metric in numbers {
                        value = (value * 997).truncatingRemainder(dividingBy: 1) + 1e-9
                        try importer.add(run: run, item: item, metric: metric, outcome: .value(value))
                    }
                }
            }
        }
    }

    private static func time(_ name: String, _ body: () throws -> Void) throws {
        let clock = ContinuousClock()
        let start = clock.now
        let processor = Foundation.clock()
        try body()
        // On a busy machine the processor time says more than the time on the wall.
        let used = Double(Foundation.clock() - processor) / Double(CLOCKS_PER_SEC)
        let seconds = String(format: "%.2f s, processor %.2f s", (clock.now - start) / .seconds(1), used)
        print("\(name): \(seconds), peak memory so far \(peakMemory() >> 20) MiB")
    }

    /// The most memory this process has held, in bytes; 0 where the system does not say.
    private static func peakMemory() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int($0.filter(\.isNumber)) }.map { $0 << 10 } ?? 0
    }
}
