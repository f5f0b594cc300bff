import Testing

@testable import TAVSETraining

@Suite("EpochPlan")
struct EpochPlanTests {
    /// Closed form.
    @Test("the last batch and the last step may be smaller")
    func sizes() {
        let plan = EpochPlan(examples: 23, batchSize: 4, accumulated: 4)
        #expect(plan.batches == 6 && plan.steps == 2)
        #expect(plan.window(from: 0) == 0..<4 && plan.window(from: 4) == 4..<6)
        #expect(plan.examples(in: 0..<4) == 16 && plan.examples(in: 4..<6) == 7)
    }

    /// Property.
    @Test("windows cover every example once", arguments: [1, 2, 3, 5, 8], [1, 2, 7])
    func cover(batchSize: Int, accumulated: Int) {
        let plan = EpochPlan(examples: 17, batchSize: batchSize, accumulated: accumulated)
        var (batch, examples, steps) = (0, 0, 0)
        while batch < plan.batches {
            examples += plan.examples(in: plan.window(from: batch))
            batch = plan.window(from: batch).upperBound
            steps += 1
        }
        #expect(examples == 17 && steps == plan.steps)
    }
}
