import Dispatch

/// Runs `body(0), …, body(count − 1)` on several threads and returns the results in index order.
///
/// Each index writes its own slot and reads nothing of the others, so the result does not depend on the number of
/// threads. `threads` of 1 runs in place; nil leaves the number to the system.
package func parallelMap<Result: Sendable>(
    count: Int, threads: Int? = nil, _ body: @escaping @Sendable (Int) -> Result
) -> [Result] {
    guard count > 1, threads != 1 else { return (0..<max(0, count)).map(body) }
    let workers = max(1, min(count, threads ?? count))
    return [Result](unsafeUninitializedCapacity: count) { buffer, initialized in
        let slots = SlotWriter(base: buffer.baseAddress)
        // With fewer workers than items, worker w takes items w, w + workers, …
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            for index in stride(from: worker, to: count, by: workers) {
                slots.write(body(index), at: index)
            }
        }
        initialized = count
    }
}

/// Lets the workers write to disjoint slots of one buffer.
///
/// Unchecked: every index is written by exactly one worker, and the buffer outlives the blocking call.
private struct SlotWriter<Result>: @unchecked Sendable {
    let base: UnsafeMutablePointer<Result>?

    func write(_ value: Result, at index: Int) {
        base?.advanced(by: index).initialize(to: value)
    }
}
