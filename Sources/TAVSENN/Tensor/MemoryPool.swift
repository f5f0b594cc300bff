#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where tensor memory comes from: freed blocks are kept and handed out again, so a training step that has
/// run once allocates nothing from the system, and inference works in a reused arena.
///
/// Blocks are kept only while live + kept bytes stay below one and a half times the highest live count so far; the
/// process therefore stays near what the network needed at its peak. All figures count tensors alone.
public enum Memory {
    /// Bytes of tensors alive now.
    public static var liveBytes: Int { MemoryPool.shared.statistics.live }
    /// Highest value of `liveBytes` since the start or the last `resetPeak()`.
    public static var peakBytes: Int { MemoryPool.shared.statistics.peak }
    /// Bytes of freed blocks kept for reuse.
    public static var keptBytes: Int { MemoryPool.shared.statistics.kept }

    /// Starts a new peak measurement from the bytes alive now.
    public static func resetPeak() { MemoryPool.shared.resetPeak() }
    /// Returns all kept blocks to the system.
    public static func trim() { MemoryPool.shared.trim() }
}

final class MemoryPool: Sendable {
    static let shared = MemoryPool()

    struct Statistics {
        var live = 0
        var peak = 0
        var kept = 0
    }

    private struct State {
        var statistics = Statistics()
        var highest = 0
        var free: [Int: [UnsafeMutableRawPointer]] = [:]
    }

    /// Memory that was handed out, and its size, which may be larger than what was asked for.
    struct Block {
        let pointer: UnsafeMutableRawPointer
        let size: Int
    }

    private enum Constants {
        /// Cache line, and the width of the widest vector register.
        static let alignment = 64
        /// From this size on, blocks are aligned for transparent huge pages: fewer page faults and TLB misses.
        static let hugePage = 2 << 20
        /// Bytes that may always be kept.
        static let slack = 64 << 20
        /// Kept and live bytes together, relative to the highest live count: enough that a step that repeats finds a
        /// block for each of its sizes, since fresh pages cost more than anything computed on them.
        static let growth = 1.5
        /// A kept block up to this much larger than asked for is taken instead of a new one.
        static let fit = 1.25
    }

    private let state = Guarded(State())
    /// Off under `TAVSE_MEMORY_REUSE=0`, so that AddressSanitizer sees every use after free.
    private let reuses: Bool

    private init() {
        reuses = getenv("TAVSE_MEMORY_REUSE").map { strcmp($0, "0") != 0 } ?? true
    }

    var statistics: Statistics { state.withLock { $0.statistics } }

    func resetPeak() {
        state.withLock { $0.statistics.peak = $0.statistics.live }
    }

    /// Sizes are rounded up to eighths of a power of two, so that blocks fit again when shapes differ a little.
    static func sizeClass(_ bytes: Int) -> Int {
        guard bytes > 512 else { return max(64, (bytes + 63) & ~63) }
        let step = 1 << (Int.bitWidth - 1 - bytes.leadingZeroBitCount - 3)
        return (bytes + step - 1) & ~(step - 1)
    }

    /// - Returns: uninitialised memory of at least `bytes`, aligned to 64 bytes.
    func allocate(_ bytes: Int) -> Block {
        let size = Self.sizeClass(bytes)
        let found: Block? = state.withLock { state in
            if let known = Self.smallestFit(state, size), let pointer = state.free[known]?.popLast() {
                Self.count(&state, known)
                state.statistics.kept -= known
                if state.free[known]?.isEmpty == true { state.free[known] = nil }
                return Block(pointer: pointer, size: known)
            }
            Self.count(&state, size)
            Self.shrink(&state, limit: Int(Constants.growth * Double(state.highest)) + Constants.slack)
            return nil
        }
        if let found { return found }
        var pointer: UnsafeMutableRawPointer?
        let alignment = size >= Constants.hugePage ? Constants.hugePage : Constants.alignment
        guard posix_memalign(&pointer, alignment, size) == 0, let pointer else {
            fatalError("TAVSENN: out of memory asking for \(size) bytes with \(statistics.live) bytes alive")
        }
        #if os(Linux)
            if size >= Constants.hugePage { madvise(pointer, size, MADV_HUGEPAGE) }
        #endif
        return Block(pointer: pointer, size: size)
    }

    private static func count(_ state: inout State, _ size: Int) {
        state.statistics.live += size
        state.statistics.peak = max(state.statistics.peak, state.statistics.live)
        state.highest = max(state.highest, state.statistics.live)
    }

    private static func smallestFit(_ state: State, _ size: Int) -> Int? {
        if state.free[size] != nil { return size }
        let largest = Int(Constants.fit * Double(size))
        return state.free.keys.lazy.filter { $0 > size && $0 <= largest }.min()
    }

    func release(_ block: Block) {
        let size = block.size
        let keep = state.withLock { state in
            state.statistics.live -= size
            guard reuses else { return false }
            state.statistics.kept += size
            state.free[size, default: []].append(block.pointer)
            return true
        }
        if !keep { free(block.pointer) }
    }

    func trim() {
        state.withLock { Self.shrink(&$0, limit: 0) }
    }

    /// Frees kept blocks, largest first, until live + kept is at most `limit` or nothing is kept.
    private static func shrink(_ state: inout State, limit: Int) {
        guard state.statistics.live + state.statistics.kept > limit, state.statistics.kept > 0 else { return }
        for size in state.free.keys.sorted(by: >) {
            while state.statistics.live + state.statistics.kept > limit,
                let pointer = state.free[size]?.popLast()
            {
                free(pointer)
                state.statistics.kept -= size
            }
            if state.free[size]?.isEmpty == true { state.free[size] = nil }
        }
    }
}
