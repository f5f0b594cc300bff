import Foundation
import TAVSENN
import Testing

/// The pool belongs to the process, so each test runs in one of its own.
@Suite("Threads")
struct ParallelTests {
    @Test("their number comes from the environment and can be changed at any time")
    func count() async {
        await #expect(processExitsWith: .success) {
            setenv("TAVSE_THREADS", "3", 1)
            precondition(Parallel.threads == 3)
            Parallel.use(threads: 2)
            precondition(Parallel.threads == 2)
        }
    }

    @Test("an impossible number in the environment is ignored", arguments: ["0", "-1", "many", "1000"])
    func wrongEnvironment(_ text: String) async {
        await #expect(processExitsWith: .success) { [text] in
            setenv("TAVSE_THREADS", text, 1)
            precondition((1...256).contains(Parallel.threads) && "\(Parallel.threads)" != text)
        }
    }

    /// Property: everything but convolutions' weight gradients is the same at any thread count.
    @Test("products, normalisation, attention and recurrence give the same bits at any thread count")
    func sameBits() async {
        await #expect(processExitsWith: .success) {
            let state = NetworkState(seed: 1)
            let norm = LayerNorm(state.root / "norm", width: 128)
            let attention = MultiHeadAttention(
                state.root / "attention", queryWidth: 128, keyWidth: 128, inner: 128, heads: 4)
            let gru = GRU(state.root / "gru", inputs: 128, hidden: 64)
            let x = GradientCheckTests.values([4, 300, 128], 3)
            let run = { (threads: Int) -> [[Float]] in
                Parallel.use(threads: threads)
                state.clearGradients()
                let tape = Tape()
                let y = tape.record { gru(attention(norm(x), norm(x)).gelu()) }
                tape.backward(from: y, gradient: y.detached)
                return [y.values] + state.parameters.compactMap { $0.gradient?.values }
            }
            let one = run(1)
            precondition(one.count == state.parameters.count + 1)
            precondition(run(2) == one && run(5) == one)
        }
    }
}
