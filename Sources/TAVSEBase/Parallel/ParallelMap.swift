import Dispatch
import Synchronization

/// Computes `body(0), …, body(count − 1)` on several threads and returns the results in index order.
///
/// No index reads another's result, so the values do not depend on the number of threads. A thread that is done takes the
/// next index, so long and short ones may be mixed.
///
/// - Parameters:
///   - count: number of results.
///   - threads: most threads at work at once; 1 runs in place, nil leaves the number to the system.
///   - body: the result at one index.
/// - Throws: the error with the lowest index.
public func parallelMap<Value: Sendable, Failure: Error>(
    count: Int, threads: Int? = nil, _ body: @Sendable (Int) throws(Failure) -> Value
) throws(Failure) -> [Value] {
    var values: [Value] = []
    guard count > 0 else { return values }
    values.reserveCapacity(count)
    let workers = min(max(threads ?? count, 1), count)
    if workers == 1 {
        for index in 0..<count { values.append(try body(index)) }
        return values
    }
    let slots = Mutex([Result<Value, Failure>?](repeating: nil, count: count))
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            let result: Result<Value, Failure>
            do throws(Failure) { result = .success(try body(index)) } catch { result = .failure(error) }
            slots.withLock { $0[index] = result }
        }
    }
    for slot in slots.withLock({ $0 }) {
        guard let slot else { preconditionFailure("an index was not computed") }
        values.append(try slot.get())
    }
    return values
}
