import Foundation
import TAVSENN
import Testing

/// Figures count all tensors of a process, so each test that reads them runs in a process of its own.
@Suite("Memory")
struct MemoryTests {
    /// Property.
    @Test("every activation is free once the backward pass has run")
    func freesActivations() async {
        await #expect(processExitsWith: .success) {
            let network = TapeTests.Small()
            let x = TapeTests().x
            _ = network.gradients(x)
            network.state.clearGradients()
            let before = Memory.liveBytes
            let tape = Tape()
            do {
                let loss = tape.record { network(x) }
                precondition(Memory.liveBytes > before)
                tape.backward(from: loss)
            }
            network.state.clearGradients()
            precondition(Memory.liveBytes == before)
        }
    }

    /// Property: many parts, of which a checkpoint keeps the activations of one at a time.
    @Test("checkpoints need less memory than saving")
    func checkpoints() async {
        await #expect(processExitsWith: .success) {
            let input = GradientCheckTests.values([1, 64, 64, 3], 11)
            let peak = { (checkpointed: Bool) -> Int in
                let network = TapeTests.Small()
                let before = Memory.liveBytes
                Memory.resetPeak()
                let tape = Tape()
                let y = tape.record {
                    (0..<24).map { _ in checkpointed ? checkpoint([input]) { network($0[0]) } : network(input)
                    }
                    .reduce(Tensor(0), +)
                }
                tape.backward(from: y)
                return Memory.peakBytes - before
            }
            precondition(2 * peak(true) < peak(false))
        }
    }

    /// Property: a first layer as in a tower, larger than all that follows.
    @Test("bfloat16 and checkpoints together need no more memory than checkpoints alone")
    func checkpointsUnderSavedPrecision() async {
        await #expect(processExitsWith: .success) {
            let input = GradientCheckTests.values([4, 96, 96, 3], 11)
            let peak = { (precision: SavedPrecision) -> Int in
                let network = TapeTests.Small()
                let before = Memory.liveBytes
                Memory.resetPeak()
                let tape = Tape(options: Tape.Options(savedPrecision: precision))
                let y = tape.record {
                    let maps = checkpoint([input]) {
                        network.first($0[0], activation: .relu).maxPooled(kernel: 3, stride: 2, padding: 1)
                    }
                    return checkpoint([maps]) { network.second($0[0], activation: .relu).squared().mean() }
                }
                tape.backward(from: y)
                return Memory.peakBytes - before
            }
            precondition(peak(.bfloat16) <= peak(.float32))
        }
    }

    /// Property.
    @Test("what was freed is used again, and given back on request")
    func reuse() async {
        await #expect(processExitsWith: .success) {
            // Runs under AddressSanitizer turn reuse off.
            setenv("TAVSE_MEMORY_REUSE", "1", 1)
            var first: Tensor? = Tensor.zeros([100_000])
            let address = first?.withUnsafeBuffer { $0.baseAddress }
            precondition(Memory.liveBytes >= 400_000)
            first = nil
            precondition(Memory.keptBytes >= 400_000)
            let second = Tensor.zeros([100_000])
            precondition(second.withUnsafeBuffer { $0.baseAddress } == address)
            Memory.trim()
            precondition(Memory.keptBytes == 0)
        }
    }

    @Test("addresses are aligned to 64 bytes", arguments: [1, 3, 17, 1000, 700_001])
    func alignment(_ count: Int) {
        let tensor = Tensor.zeros([count])
        tensor.withUnsafeBuffer { #expect(Int(bitPattern: $0.baseAddress) % 64 == 0) }
    }
}
