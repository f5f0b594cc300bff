import ReferenceSupport
import TAVSEStats
import Testing

@Suite("Reference: Hodges–Lehmann (all Walsh averages sorted; R's exact branch)")
struct HodgesLehmannReferenceTests {
    @Test("every case of hodges_lehmann.json agrees")
    func allCases() throws {
        for item in try ReferenceFiles.json("stats", "hodges_lehmann.json").at("cases").elements() {
            let id = try item.at("id").string()
            let estimate = HodgesLehmann(try item.at("d").doubles())
            let expected = try item.at("expected")
            let intervals = try expected.at("ci").elements().map { interval -> JSONTree in
                let level = try interval.at("level").double()
                var members: [String: JSONTree] = ["level": .of(level)]
                let normal = try estimate.interval(level: level, law: .normal)
                members["approx"] = ["k": .of(normal.k), "low": .of(normal.low), "high": .of(normal.high)]
                if interval["exact"] != nil {
                    let exact = try estimate.interval(level: level, law: .exact)
                    members["exact"] = [
                        "k": .of(exact.k), "low": .of(exact.low), "high": .of(exact.high),
                        "achieved_level": .of(try #require(exact.achievedLevel)),
                    ]
                }
                return .object(members)
            }
            let actual: JSONTree = [
                "n": .of(estimate.n), "n_walsh": .of(estimate.walshCount),
                "estimate": .of(estimate.estimate), "ci": .array(intervals),
            ]
            let found = mismatches(expected: expected, actual: actual) { path in
                path.hasSuffix("/k") || path.hasPrefix("/n") ? .equal : .estimate
            }
            #expect(found.isEmpty, "\(id): \(found.prefix(4))")
        }
    }
}
