import Testing

@testable import TAVSEBase

@Suite struct NearestNameTests {
    @Test(
        "The distance counts insertions, deletions, substitutions and swaps (by hand)",
        arguments: [
            ("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("ab", "ba", 1), ("lr", "rl", 1),
            ("batch_sise", "batch_size", 1), ("ca", "abc", 3), ("ü", "u", 1),
        ])
    func distance(_ a: String, _ b: String, _ expected: Int) {
        #expect(NearestName.distance(a, b) == expected)
        #expect(NearestName.distance(b, a) == expected)
    }

    @Test("Only a name that is near enough is offered")
    func threshold() {
        #expect(NearestName.of("fuson", among: ["fusion", "heads"]) == "fusion")
        #expect(NearestName.of("LR", among: ["lr", "seed"]) == "lr")
        #expect(NearestName.of("xyzzy", among: ["lr", "seed"]) == nil)
        #expect(NearestName.of(String(repeating: "a", count: 10_000), among: ["lr"]) == nil)
        #expect(NearestName.of("a", among: []) == nil)
    }
}
