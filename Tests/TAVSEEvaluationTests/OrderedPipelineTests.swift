import Foundation
import Synchronization
import TAVSEBase
import Testing

@testable import TAVSEEvaluation

@Suite struct OrderedPipelineTests {
    @Test("hands over every result in order, whatever takes long (property)", arguments: [1, 2, 7])
    func order(jobs: Int) throws {
        var seen: [Int] = []
        let pipeline = OrderedPipeline(count: 200, window: 5, stop: StopFlag()) { index in
            if index % 13 == 0 { Thread.sleep(forTimeInterval: 0.002) }
            return index * index
        }
        try pipeline.run(jobs: jobs) { seen += $0 }
        #expect(seen == (0..<200).map { $0 * $0 })
    }

    @Test("starts no job further ahead than the window (property)")
    func window() throws {
        let started = Mutex(0)
        let pipeline = OrderedPipeline(count: 100, window: 4, stop: StopFlag()) { index in
            started.withLock { $0 = max($0, index) }
            return index
        }
        var delivered = 0
        try pipeline.run(jobs: 3) { outputs in
            delivered += outputs.count
            // Results handed over now were taken under the lock that frees the window.
            #expect(started.withLock { $0 } < delivered + 4 + 1)
        }
        #expect(delivered == 100)
    }

    @Test("hands over what is done and no more after a request to stop (property)")
    func cancellation() throws {
        let stop = StopFlag()
        let pipeline = OrderedPipeline(count: 1_000_000, window: 8, stop: stop) { $0 }
        var seen: [Int] = []
        try pipeline.run(jobs: 2) { outputs in
            seen += outputs
            if seen.count > 20 { stop.raise() }
        }
        #expect(seen.count > 20 && seen.count < 1000)
        #expect(seen == Array(0..<seen.count))
    }

    @Test("passes the consumer's error on and ends its threads (property)")
    func consumerError() {
        struct Full: Error {}
        let pipeline = OrderedPipeline(count: 1000, window: 8, stop: StopFlag()) { $0 }
        #expect(throws: Full.self) { try pipeline.run(jobs: 2) { _ in throw Full() } }
    }
}
