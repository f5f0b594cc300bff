import CTAVSEKernels
import Testing

/// All suites of this target hang below this one: the instruction set and the number of threads are the process's, so
/// tests that change them must not run side by side.
@Suite("Kernels", .serialized)
enum KernelTests {
    /// Instruction sets that this processor has.
    static let instructionSets: [Int32] = [TAVSE_BASELINE, TAVSE_AVX2, TAVSE_AVX512].compactMap { set in
        let before = tavse_instruction_set()
        guard tavse_select_instruction_set(Int32(set)) else { return nil }
        _ = tavse_select_instruction_set(before)
        return Int32(set)
    }

    /// Runs `body` with one instruction set and number of threads, then restores both and frees the buffers.
    static func with<Result>(
        set: Int32, threads: Int32 = 2, _ body: () throws -> Result
    ) rethrows -> Result {
        let oldSet = tavse_instruction_set()
        let oldThreads = tavse_thread_count()
        _ = tavse_select_instruction_set(set)
        tavse_set_thread_count(threads)
        defer {
            Memory.free()
            _ = tavse_select_instruction_set(oldSet)
            tavse_set_thread_count(oldThreads)
        }
        return try body()
    }
}
