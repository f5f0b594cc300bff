import Dispatch
import Synchronization

/// Computes results on several threads and returns them in order, so that nothing depends on the threads' number.
enum OrderedMap {
    /// - Parameters:
    ///   - count: how many results.
    ///   - workers: most threads at work at once.
    ///   - compute: the result at one index; must not depend on the others.
    /// - Throws: the error with the lowest index.
    static func map<Value: Sendable>(
        count: Int, workers: Int, _ compute: @Sendable (Int) throws(DataError) -> Value
    ) throws(DataError) -> [Value] {
        let slots = Mutex<[Result<Value, DataError>?]>(
            [Result<Value, DataError>?](repeating: nil, count: count))
        let next = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: min(max(workers, 1), max(count, 1))) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                let result: Result<Value, DataError>
                do throws(DataError) { result = .success(try compute(index)) } catch {
                    result = .failure(error)
                }
                slots.withLock { $0[index] = result }
            }
        }
        var values: [Value] = []
        values.reserveCapacity(count)
        for slot in slots.withLock({ $0 }) {
            guard let slot else { throw .cancelled }
            values.append(try slot.get())
        }
        return values
    }
}
