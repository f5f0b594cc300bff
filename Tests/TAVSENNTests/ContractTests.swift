import TAVSENN
import Testing

/// Oracle: closed form, the message on standard error.
@Suite("Mistakes in a network's code")
struct ContractTests {
    func message(_ result: ExitTest.Result?) -> String {
        String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    }

    @Test("a shape mismatch names the operation, both shapes and the parameter's path")
    func linear() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let layer = Linear(NetworkState(seed: 1).root / "fusion" / "gate", inputs: 4, outputs: 2)
            _ = layer(Tensor.zeros([3, 5]))
        }
        let text = message(result)
        #expect(text.contains("linear"))
        #expect(text.contains("[3, 5]"))
        #expect(text.contains("fusion.gate.weight [2, 4]"))
    }

    @Test("shapes that cannot be broadcast are both named")
    func broadcast() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([2, 3]) + Tensor.zeros([2, 4])
        }
        #expect(message(result).contains("add cannot broadcast [2, 3] with [2, 4]"))
    }

    @Test("a convolution over the wrong channels names its weight")
    func convolution() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let layer = Conv2D(NetworkState(seed: 1).root / "encoder" / 0, inputs: 3, outputs: 8, kernel: 3)
            _ = layer(Tensor.zeros([1, 5, 5, 4]))
        }
        #expect(message(result).contains("[1, 5, 5, 4]"))
        #expect(message(result).contains("encoder.0.weight [8, 3, 3, 3]"))
    }

    @Test("an output size that a transposed convolution cannot make is refused")
    func transposedConvolution() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let layer = ConvTranspose2D(
                NetworkState(seed: 1).root / "up", inputs: 2, outputs: 2, kernel: 3, stride: 2, padding: 1)
            _ = layer(Tensor.zeros([1, 4, 4, 2]), outputSize: (height: 9, width: 8))
        }
        #expect(message(result).contains("cannot make 9 × 8"))
    }

    @Test("a path used twice is refused")
    func paths() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let root = NetworkState(seed: 1).root
            _ = root.parameter("a", [1], .constant(0))
            _ = root.parameter("a", [1], .constant(0))
        }
        #expect(message(result).contains("path a is used twice"))
    }
}
