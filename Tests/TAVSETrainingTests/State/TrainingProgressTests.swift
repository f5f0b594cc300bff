import Testing

@testable import TAVSETraining

@Suite("TrainingProgress")
struct TrainingProgressTests {
    /// Closed form.
    @Test("keeps the best, the earliest among equals, and names what falls out")
    func ranking() {
        var progress = TrainingProgress()
        var dropped: [Int] = []
        var kept: [Int] = []
        for score in [1.0, 3, 3, 2, 3.5, .nan, 3] {
            let result = progress.rank(score, keeping: 3)
            dropped += result.dropped.map(\.epoch)
            if result.kept != nil { kept.append(progress.epoch) }
            progress.finishEpoch()
        }
        #expect(progress.ranking.map(\.epoch) == [5, 2, 3])
        #expect(progress.best == RankedCheckpoint(epoch: 5, siSNR: 3.5))
        #expect(kept == [1, 2, 3, 4, 5])
        #expect(dropped == [1, 4])
        #expect(progress.epochsWithoutImprovement == 2)
    }

    @Test("keeps none when none is asked for, and knows the best all the same")
    func none() {
        var progress = TrainingProgress()
        let result = progress.rank(1, keeping: 0)
        #expect(result.isBest && result.kept == nil && result.dropped.isEmpty)
        #expect(progress.ranking.isEmpty && progress.best?.epoch == 1)
    }

    @Test(
        "file names carry epoch and score",
        arguments: [(7, 9.529, "007_sisnr9.53"), (1234, -0.5, "1234_sisnr-0.50")])
    func names(epoch: Int, score: Double, part: String) {
        #expect(
            RankedCheckpoint(epoch: epoch, siSNR: score).fileName == "ckpt_epoch\(part).safetensors")
    }
}
