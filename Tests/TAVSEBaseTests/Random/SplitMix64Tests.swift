import Testing

@testable import TAVSEBase

@Suite("SplitMix64")
struct SplitMix64Tests {
    @Test("gives the published outputs for seed 0 (reference: the generator's authors' program)")
    func outputs() {
        var generator = SplitMix64(seed: 0)
        let expected: [UInt64] = [
            0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f, 0xf88b_b8a8_724c_81ec,
            0x1b39_896a_51a8_749b,
        ]
        #expect((0..<5).map { _ in generator.next() } == expected)
    }

    @Test("draws indices by the upper half times the count (reference: independent Python)")
    func indices() {
        var zero = SplitMix64(seed: 0)
        #expect((0..<5).map { _ in zero.index(below: 28) } == [24, 12, 0, 27, 2])
        var one = SplitMix64(seed: 1)
        #expect((0..<5).map { _ in one.index(below: 28) } == [15, 20, 27, 12, 12])
    }

    @Test("stays below the count at both ends of its range (property)", arguments: [1, 2, 3, 1 << 32])
    func bounds(count: Int) {
        var generator = SplitMix64(seed: 7)
        for _ in 0..<1000 { #expect((0..<count).contains(generator.index(below: count))) }
    }
}
