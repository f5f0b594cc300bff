import CTAVSEKernels
import Foundation
import Synchronization
import Testing

/// Counts how often each item of a loop ran, and how far the thread numbers reached.
final class Visits: Sendable {
    let counts: [Counter]
    let highestThread = Atomic<Int>(0)
    final class Counter: Sendable { let value = Atomic<Int>(0) }

    init(_ count: Int) { counts = (0..<count).map { _ in Counter() } }

    /// Runs a parallel loop that visits every item once.
    func run() {
        tavse_parallel_for(
            Int64(counts.count),
            { context, index, thread in
                guard let context else { return }
                let visits = Unmanaged<Visits>.fromOpaque(context).takeUnretainedValue()
                visits.counts[Int(index)].value.add(1, ordering: .relaxed)
                visits.highestThread.max(Int(thread), ordering: .relaxed)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    var all: Set<Int> { Set(counts.map { $0.value.load(ordering: .relaxed) }) }
}

extension KernelTests {
    @Suite("Thread pool")
    struct ThreadTests {
        @Test("runs every item exactly once", arguments: [Int32(1), 2, 3, 8], [0, 1, 2, 7, 1000])
        func everyItem(threads: Int32, count: Int) {
            KernelTests.with(set: 0, threads: threads) {
                for _ in 0..<20 {
                    let visits = Visits(count)
                    visits.run()
                    #expect(visits.all == (count == 0 ? [] : [1]))
                    #expect(visits.highestThread.load(ordering: .relaxed) < Int(threads))
                }
            }
        }

        @Test("changes its size between loops without hanging")
        func resizing() {
            for threads: Int32 in [4, 1, 2, 16, 3, 1, 5, 2] {
                KernelTests.with(set: 0, threads: threads) {
                    #expect(tavse_thread_count() == threads)
                    let visits = Visits(100)
                    visits.run()
                    #expect(visits.all == [1])
                }
            }
        }

        @Test("clamps the number of threads")
        func clamping() {
            KernelTests.with(set: 0, threads: 0) { #expect(tavse_thread_count() == 1) }
            KernelTests.with(set: 0, threads: .max) {
                #expect(tavse_thread_count() == Int32(TAVSE_MAXIMUM_THREADS))
            }
        }

        @Test("wakes workers that have gone to sleep")
        func sleeping() {
            KernelTests.with(set: 0, threads: 3) {
                for _ in 0..<3 {
                    let visits = Visits(50)
                    visits.run()
                    #expect(visits.all == [1])
                    Thread.sleep(forTimeInterval: 0.01)
                }
            }
        }

        @Test("serves several callers at once, and loops inside loops")
        func concurrentCallers() async {
            await withTaskGroup(of: Set<Int>.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let visits = Visits(200)
                        for _ in 0..<50 { visits.run() }
                        return visits.all
                    }
                }
                for await all in group { #expect(all == [50]) }
            }
            let inner = Visits(10)
            tavse_parallel_for(
                5,
                { context, _, _ in
                    guard let context else { return }
                    Unmanaged<Visits>.fromOpaque(context).takeUnretainedValue().run()
                }, Unmanaged.passUnretained(inner).toOpaque())
            #expect(inner.all == [5])
        }

        @Test("refuses an instruction set that does not exist")
        func unknownInstructionSet() {
            let before = tavse_instruction_set()
            #expect(!tavse_select_instruction_set(99))
            #expect(!tavse_select_instruction_set(-1))
            #expect(tavse_instruction_set() == before)
        }
    }
}
