import ReferenceSupport
import TAVSEStats
import Testing

@Suite("Reference: summaries, effect sizes, paired t, TOST, detectable difference")
struct DescribeReferenceTests {
    @Test("every case of describe.json agrees")
    func describe() throws {
        for item in try ReferenceFiles.json("stats", "describe.json").at("cases").elements() {
            let id = try item.at("id").string()
            let summary = Summary(try item.at("x").doubles())
            let expected = try item.at("expected")
            let intervals = try expected.at("ci").elements().map {
                try summary.interval(level: $0.at("level").double()).tree
            }
            let actual: JSONTree = [
                "n": .of(summary.n), "n_dropped": .of(summary.nDropped), "mean": .of(summary.mean),
                "sd": .of(summary.sd), "sd_population": .of(summary.sdPopulation),
                "sem": .of(summary.standardError), "median": .of(summary.median),
                "min": .of(summary.minimum), "max": .of(summary.maximum), "q1": .of(summary.lowerQuartile),
                "q3": .of(summary.upperQuartile), "ci": .array(intervals),
            ]
            let found = mismatches(expected: expected, actual: actual) {
                $0.hasPrefix("/n") ? .equal : .estimate
            }
            #expect(found.isEmpty, "\(id): \(found.prefix(4))")
        }
    }

    @Test("every case of effects.json agrees")
    func effects() throws {
        for item in try ReferenceFiles.json("stats", "effects.json").at("cases").elements() {
            let id = try item.at("id").string()
            let d = try item.at("d").doubles()
            let expected = try item.at("expected")
            let sizes = try EffectSizes(d)
            let test = PairedTTest(d)
            var effects: [String: JSONTree] = [
                "n": .of(sizes.n), "wins": .of(sizes.wins), "ties": .of(sizes.ties),
                "losses": .of(sizes.losses), "win_rate": .of(sizes.winRate),
                "rank_biserial": .of(sizes.rankBiserial), "cohen_dz": .of(sizes.cohenDz),
                "hedges_gz": .of(sizes.hedgesGz),
            ]
            if let interval = try expected.at("effects")["cohen_dz_ci"] {
                effects["cohen_dz_ci"] = try sizes.cohenDzInterval(level: interval.at("level").double()).tree
            }
            var members: [String: JSONTree] = [
                "effects": .object(effects),
                "paired_t": [
                    "n": .of(test.n), "mean": .of(test.mean), "t": .of(test.t), "df": .of(test.df),
                    "p": test.p.tree, "ci": try test.interval(level: 0.95).tree,
                    "status": .string(test.status.rawValue),
                ],
            ]
            if let low = item["tost_low"], let high = item["tost_high"] {
                let tost = try EquivalenceTest(
                    estimate: test.mean, standardError: test.standardError, df: Double(test.df),
                    low: low.double(), high: high.double())
                members["tost"] = [
                    "low": .of(tost.low), "high": .of(tost.high), "t_lower": .of(tost.tLower),
                    "p_lower": .of(tost.pLower), "t_upper": .of(tost.tUpper), "p_upper": .of(tost.pUpper),
                    "p": .of(tost.p), "df": .of(tost.df), "ci": tost.interval.tree,
                    "equivalent": .bool(tost.isEquivalent),
                ]
            }
            let found = mismatches(expected: expected, actual: .object(members)) { path in
                let leaf = path.split(separator: "/").last ?? ""
                if ["n", "wins", "ties", "losses"].contains(leaf) { return .equal }
                if path.contains("cohen_dz_ci") { return leaf == "level" ? .equal : .noncentralT }
                if path.contains("/p") || leaf.hasPrefix("t") { return .statistic }
                return .estimate
            }
            #expect(found.isEmpty, "\(id): \(found.prefix(4))")
        }
    }

    @Test("every case of mde.json agrees")
    func detectableDifference() throws {
        for item in try ReferenceFiles.json("stats", "mde.json").at("cases").elements() {
            let id = try item.at("id").string()
            let value = try DetectableDifference(
                standardError: item.at("se").double(), df: item.at("df").double(),
                alpha: item.at("alpha").double(), power: item.at("power").double(),
                tests: item.at("tests").int())
            let actual: JSONTree = ["normal": .of(value.normal), "t": .of(value.student)]
            let found = mismatches(expected: try item.at("expected"), actual: actual) { _ in .estimate }
            #expect(found.isEmpty, "\(id): \(found.prefix(4))")
        }
    }
}

extension ConfidenceInterval {
    /// As the reference files write it.
    var tree: JSONTree { ["level": .of(level), "low": .of(low), "high": .of(high)] }
}
