import TAVSEEvaluation
import Testing

@Suite struct ShardTests {
    @Test("shares hold every item once (property)", arguments: 1...7)
    func partition(count: Int) {
        let shares = (1...count).compactMap { Shard($0, of: count)?.indices(of: 0..<5) }
        #expect(shares.count == count)
        #expect(shares.flatMap(\.self).sorted() == [0, 1, 2, 3, 4])
    }

    @Test("is read from K/N alone (closed form)")
    func text() {
        #expect(Shard("2/3") == Shard(2, of: 3))
        #expect(Shard("2/3")?.description == "2/3")
        for wrong in ["", "1", "0/3", "4/3", "1/0", "-1/3", "a/3", "1/3/4", "1/ 3"] {
            #expect(Shard(wrong) == nil, "\(wrong)")
        }
    }
}
