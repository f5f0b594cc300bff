import TAVSEData
import Testing

@testable import TAVSETraining

@Suite("ModalityDropout")
struct ModalityDropoutTests {
    private func drops(_ probability: Double, _ camera: Camera, epoch: Int = 1, seed: UInt64 = 42) -> [Bool] {
        let dropout = ModalityDropout(probability: probability, seed: seed)
        return (0..<4000).map { dropout.isDropped(utterance: "u\($0)", camera, epoch: epoch) }
    }

    /// Closed form: a binomial share, within four standard deviations.
    @Test("leaves out the share asked for", arguments: [0.0, 0.2, 0.7])
    func share(_ probability: Double) {
        let share = Double(drops(probability, .rgb).count { $0 }) / 4000
        #expect(abs(share - probability) <= 4 * (probability * (1 - probability) / 4000).squareRoot())
    }

    /// Property: independent cameras agree as often as chance has it.
    @Test("cameras, epochs and seeds are drawn independently")
    func independence() {
        let base = drops(0.5, .rgb)
        for other in [drops(0.5, .thermal), drops(0.5, .rgb, epoch: 2), drops(0.5, .rgb, seed: 43)] {
            let agreement = Double(zip(base, other).count { $0 == $1 }) / 4000
            #expect(abs(agreement - 0.5) < 4 * (0.25 / 4000).squareRoot())
        }
        #expect(drops(0.5, .rgb) == base)
    }
}
