import TAVSEData
import Testing

@Suite("SeedPath") struct SeedPathTests {
    @Test("depends on the seed, every label and where one label ends (property)")
    func separates() {
        let seeds: [UInt64] = [
            SeedPath.derive(1, "a", "b"), SeedPath.derive(2, "a", "b"), SeedPath.derive(1, "ab"),
            SeedPath.derive(1, "a", "c"), SeedPath.derive(1, "b", "a"), SeedPath.derive(1),
            SeedPath.derive(1, ""),
        ]
        #expect(Set(seeds).count == seeds.count)
        #expect(SeedPath.derive(1, "a", "b") == seeds[0])
    }
}
