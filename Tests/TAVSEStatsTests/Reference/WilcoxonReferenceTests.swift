import ReferenceSupport
import TAVSEStats
import Testing

@Suite("Reference: Wilcoxon signed rank (exact integer arithmetic; SciPy, R, coin)")
struct WilcoxonReferenceTests {
    @Test("every case of wilcoxon.json agrees in all three zero methods")
    func allCases() throws {
        for item in try ReferenceFiles.json("stats", "wilcoxon.json").at("cases").elements() {
            let id = try item.at("id").string()
            let ranks = try Self.ranks(of: item)
            let expected = try item.at("expected")
            var actual: [String: JSONTree] = [
                "n_finite": .of(ranks.nFinite), "n_dropped": .of(ranks.nGiven - ranks.nFinite),
                "n_zero": .of(ranks.nZero),
            ]
            for method in ZeroMethod.allCases {
                actual[method.rawValue] = try Self.tree(SignedRankTest(ranks, zeroMethod: method))
            }
            // The n = 1000 law sums a million cells; its published tolerance is wider.
            let isLong = ranks.nFinite > 200
            let found = mismatches(expected: expected, actual: .object(actual)) { path in
                let leaf = path.split(separator: "/").last ?? ""
                if leaf.hasPrefix("n_") { return .equal }
                if path.contains("/exact/") {
                    return isLong ? Tolerance(relative: 1e-9, absolute: 0) : .exactP
                }
                if path.contains("/auto/") {
                    return ranks.rows.count <= SignedRankTest.defaultExactLimit ? .exactP : .statistic
                }
                return leaf.hasPrefix("r_") || leaf == "statistic_two_sided" ? .equal : .statistic
            }
            #expect(found.isEmpty, "\(id): \(found.prefix(4))")
        }
    }

    private static func ranks(of item: JSONTree) throws -> SignedRanks {
        if let d = item["d"] { return try SignedRanks(d.doubles()) }
        let differences = zip(try item.at("x").doubles(), try item.at("y").doubles()).map { $0 - $1 }
        return try SignedRanks(differences, tieTolerance: item.at("tie_tolerance").double())
    }

    private static func tree(_ test: SignedRankTest) throws -> JSONTree {
        func approximation(_ value: SignedRankTest.Approximation) -> JSONTree {
            [
                "z": .of(value.z), "two_sided": .of(value.p.twoSided), "less": .of(value.p.less),
                "greater": .of(value.p.greater),
            ]
        }
        let automatic = test.automatic()
        var members: [String: JSONTree] = [
            "n_ranked": .of(test.nRanked), "n_nonzero": .of(test.nNonzero), "r_plus": .of(test.rPlus),
            "r_minus": .of(test.rMinus), "statistic_two_sided": .of(test.statistic),
            "null_mean": .of(test.nullMean), "null_sd": .of(test.nullSD),
            "approx": approximation(test.approximate()),
            "approx_cc": approximation(test.approximate(continuity: true)),
            "auto": automatic.p.tree, "auto_method": .string(automatic.method.rawValue),
        ]
        if test.nNonzero <= SignedRankLaw.maximumCount { members["exact"] = try test.exact().tree }
        return .object(members)
    }
}

extension PValues {
    /// As the reference files write it.
    var tree: JSONTree {
        ["two_sided": .of(twoSided), "less": .of(less), "greater": .of(greater)]
    }
}
