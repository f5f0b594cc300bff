import CTAVSEKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The threads of the engine.
///
/// Work is split into pieces whose number follows from the problem alone, and partial sums are combined in the order of
/// the pieces: results do not depend on which thread did what. The exception are convolutions, whose weight gradients
/// are summed in as many parts as there are threads: the same thread count gives bit-identical results in every run, another
/// count may round differently.
public enum Parallel {
    /// Number of threads, the calling one included: what `use(threads:)` set last, else `TAVSE_THREADS` where it is
    /// 1…256, else the number of processors.
    public static var threads: Int {
        _ = environment
        return Int(tavse_thread_count())
    }

    /// Sets the number of threads from the next piece of work on.
    ///
    /// - Parameter threads: 1…256.
    public static func use(threads: Int) {
        guard (1...256).contains(threads) else { Contract.fail("threads", "must be 1…256, got \(threads)") }
        _ = environment
        tavse_set_thread_count(Int32(threads))
    }

    /// Read once, before the first use.
    private static let environment: Void = {
        guard let text = getenv("TAVSE_THREADS").map({ String(cString: $0) }), let count = Int32(text),
            (1...256).contains(count)
        else { return }
        tavse_set_thread_count(count)
    }()

    /// Calls `body` for 0 ..< count on the kernels' pool, the calling thread included. A call from inside a piece runs
    /// its pieces in order on that piece's thread. For custom operations: what a piece computes must not depend on
    /// which thread does it, and no two pieces may write the same place.
    public static func run(_ count: Int, _ body: (Int) -> Void) {
        guard count > 1, threads > 1 else {
            for index in 0..<count { body(index) }
            return
        }
        withoutActuallyEscaping(body) { body in
            var task = Task(body: body)
            withUnsafeMutablePointer(to: &task) { task in
                tavse_parallel_for(
                    Int64(count),
                    { context, index, _ in
                        context?.assumingMemoryBound(to: Task.self).pointee.body(Int(index))
                    }, task)
            }
        }
    }

    private struct Task {
        let body: (Int) -> Void
    }

    /// Calls `body` for consecutive ranges of at most `size` that cover 0 ..< total.
    static func chunks(_ total: Int, of size: Int, _ body: (Range<Int>) -> Void) {
        guard total > size else {
            if total > 0 { body(0..<total) }
            return
        }
        run((total + size - 1) / size) { body($0 * size..<min(total, ($0 + 1) * size)) }
    }
}
