import TAVSEBase
import TAVSEStore
import Testing

@testable import TAVSEEvaluation

@Suite struct ItemWalkTests {
    private func walk(_ stop: StopFlag = StopFlag()) -> ItemWalk {
        ItemWalk(count: 100, jobs: 3, stop: stop)
    }

    @Test("writes every item in order and counts as the writer says (property)")
    func counts() throws {
        var seen: [Int] = []
        var shown: [Int] = []
        let end = try walk().run({ $0 }, progress: { shown.append($0.done) }) { item, state in
            seen.append(item)
            if item % 10 == 0 { state.failed += 1 } else { state.reused += 1 }
        }
        #expect(seen == Array(0..<100))
        #expect(end == EvaluationProgress(done: 100, total: 100, failed: 10, reused: 90) && !end.isPartial)
        #expect(shown.first == 0 && shown.last == 100 && shown == shown.sorted())
    }

    @Test("stops after the items at hand (property)")
    func stops() throws {
        let stop = StopFlag()
        stop.raise()
        let end = try walk(stop).run({ $0 }, progress: { _ in }) { _, _ in }
        #expect(end.isPartial && end.done == 0 && end.total == 100)
    }

    @Test("writes what lies before an item that the store refuses, and passes the error on (property)")
    func fails() {
        var seen: [Int] = []
        #expect(throws: StoreError.unknownRun(7)) {
            _ = try walk().run(
                { index throws(StoreError) in
                    if index == 7 { throw StoreError.unknownRun(7) }
                    return index
                }, progress: { _ in }
            ) { item, _ in seen.append(item) }
        }
        #expect(seen == Array(0..<7))
    }
}
