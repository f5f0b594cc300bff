import Foundation
import TAVSEBase

/// Works on numbered jobs on several threads and hands the results over in their order on the caller's thread.
///
/// At most `window` results wait for an earlier one, so memory is bounded however long the list is.
/// `@unchecked`: every mutable property is touched only while `condition` is held.
final class OrderedPipeline<Output: Sendable>: @unchecked Sendable {
    private let count: Int
    private let window: Int
    private let work: @Sendable (Int) -> Output
    private let stop: StopFlag
    private let condition = NSCondition()
    private var next = 0
    private var delivered = 0
    private var running = 0
    private var abandoned = false
    private var waiting: [Int: Output] = [:]

    init(count: Int, window: Int, stop: StopFlag, work: @escaping @Sendable (Int) -> Output) {
        self.count = count
        self.window = max(1, window)
        self.stop = stop
        self.work = work
    }

    /// Runs the jobs.
    ///
    /// - Parameters:
    ///   - jobs: threads.
    ///   - consume: called on the caller's thread with results in order, and with none at least once a second.
    ///     An error ends the work after the jobs at hand.
    func run(jobs: Int, consume: ([Output]) throws -> Void) throws {
        let threads = max(1, min(jobs, count))
        running = threads
        for _ in 0..<threads {
            let thread = Thread { self.loop() }
            thread.stackSize = 8 << 20
            thread.start()
        }
        do {
            while true {
                let (outputs, finished) = take()
                try consume(outputs)
                if finished { return }
            }
        } catch {
            abandon()
            throw error
        }
    }

    private func loop() {
        condition.lock()
        while !abandoned && !stop.isRaised && next < count {
            if next >= delivered + window {
                _ = condition.wait(until: Date(timeIntervalSinceNow: 0.2))
                continue
            }
            let index = next
            next += 1
            condition.unlock()
            let output = work(index)
            condition.lock()
            waiting[index] = output
            condition.broadcast()
        }
        running -= 1
        condition.broadcast()
        condition.unlock()
    }

    /// The results that are next in order, and whether they are the last.
    private func take() -> (outputs: [Output], finished: Bool) {
        condition.lock()
        defer { condition.unlock() }
        if waiting[delivered] == nil && running > 0 {
            _ = condition.wait(until: Date(timeIntervalSinceNow: 1))
        }
        var outputs: [Output] = []
        while let output = waiting.removeValue(forKey: delivered) {
            outputs.append(output)
            delivered += 1
        }
        condition.broadcast()
        return (outputs, running == 0 && waiting.isEmpty)
    }

    private func abandon() {
        condition.lock()
        abandoned = true
        while running > 0 { _ = condition.wait(until: Date(timeIntervalSinceNow: 0.2)) }
        condition.unlock()
    }
}
