import ReferenceSupport
import TAVSEStats
import Testing

@Suite("Reference: multiplicity, Friedman, Nemenyi, distributions, pairing")
struct FamilyReferenceTests {
    @Test("every case of p_adjust.json agrees (R p.adjust, statsmodels)")
    func adjustment() throws {
        for item in try ReferenceFiles.json("stats", "p_adjust.json").at("cases").elements() {
            let id = try item.at("id").string()
            let p = try item.at("p").doubles()
            let family = try item.at("m").int()
            var actual: [String: JSONTree] = [:]
            for method in MultipleTesting.allCases {
                actual[method.rawValue] = .of(try method.adjust(p, family: family))
            }
            let found = mismatches(expected: try item.at("expected"), actual: .object(actual)) { _ in
                .statistic
            }
            #expect(found.isEmpty, "\(id): \(found.prefix(4))")
        }
    }

    @Test("every case of friedman.json agrees (SciPy, R)")
    func friedman() throws {
        for item in try ReferenceFiles.json("stats", "friedman.json").at("cases").elements() {
            let id = try item.at("id").string()
            let test = try FriedmanTest(try item.at("scores").elements().map { try $0.doubles() })
            let expected = try item.at("expected")
            let differences = try expected.at("nemenyi").at("critical_difference").elements().map {
                entry -> JSONTree in
                let alpha = try entry.at("alpha").double()
                let value = try Nemenyi.criticalDifference(
                    treatments: test.treatments, blocks: test.blocks, alpha: alpha)
                return ["alpha": .of(alpha), "cd": .of(value)]
            }
            let p = Nemenyi.pairwiseP(meanRanks: test.meanRanks, blocks: test.blocks)
            let actual: JSONTree = [
                "friedman": [
                    "n_blocks": .of(test.blocks), "k": .of(test.treatments),
                    "mean_ranks": .of(test.meanRanks), "tie_factor": .of(test.tieFactor),
                    "chi2": .of(test.chiSquared), "df": .of(test.df), "p_chi2": .of(test.pChiSquared),
                    "kendall_w": .of(test.kendallW), "iman_davenport_f": .of(test.imanDavenportF),
                    "p_f": .of(test.pF),
                ],
                "nemenyi": ["critical_difference": .array(differences), "p": .array(p.map { .of($0) })],
            ]
            let found = mismatches(expected: expected, actual: actual) {
                $0.hasPrefix("/nemenyi") ? .studentizedRange : .statistic
            }
            #expect(found.isEmpty, "\(id): \(found.prefix(4))")
        }
    }

    @Test("the Nemenyi table agrees (studentised range quantiles, R qtukey)")
    func nemenyiTable() throws {
        for row in try ReferenceFiles.json("stats", "nemenyi_table.json").at("rows").elements() {
            let k = try row.at("k").int()
            for (key, alpha) in [("q_10", 0.1), ("q_05", 0.05), ("q_01", 0.01)] {
                let q = StudentizedRange.upperQuantile(alpha, groups: k) / 2.0.squareRoot()
                let expected = try row.at(key).double()
                #expect(Tolerance.studentizedRange.accepts(q, expected: expected))
            }
        }
    }

    @Test("every value of distributions.json agrees (25–40 digits)")
    func distributions() throws {
        for item in try ReferenceFiles.json("stats", "distributions.json").at("cases").elements() {
            let id = try item.at("id").string()
            let name = try item.at("function").string()
            let arguments = try item.at("args").doubles()
            let value = try Self.evaluate(name, arguments)
            let tolerance: Tolerance =
                name.hasPrefix("studentized")
                ? .studentizedRange : name == "hedges_j" ? .estimate : .statistic
            let expected = try item.at("expected").double()
            #expect(tolerance.accepts(value, expected: expected), "\(id): \(value)")
        }
    }

    private static func evaluate(_ name: String, _ a: [Double]) throws -> Double {
        switch name {
        case "normal_cdf": return Normal.cdf(a[0])
        case "normal_sf": return Normal.upperTail(a[0])
        case "normal_quantile": return Normal.quantile(a[0])
        case "t_cdf": return StudentT.cdf(a[0], df: a[1])
        case "t_sf": return StudentT.upperTail(a[0], df: a[1])
        case "t_quantile": return StudentT.quantile(a[0], df: a[1])
        case "chi2_sf": return ChiSquared.upperTail(a[0], df: a[1])
        case "f_sf": return FisherF.upperTail(a[0], df1: a[1], df2: a[2])
        case "hedges_j": return EffectSizes.hedgesFactor(df: a[0])
        case "studentized_range_inf_sf": return StudentizedRange.upperTail(a[0], groups: Int(a[1]))
        case "studentized_range_inf_quantile_upper":
            return StudentizedRange.upperQuantile(a[0], groups: Int(a[1]))
        case "signrank_cdf": return try SignedRankLaw(ranks: Int(a[1])).cdf(Int(a[0]))
        case "signrank_quantile": return Double(try SignedRankLaw(ranks: Int(a[1])).quantile(a[0]))
        default: throw JSONTree.Missing(description: "no such function here: \(name)")
        }
    }

    @Test("every case of pairing.json agrees, strict and lenient")
    func pairing() throws {
        for item in try ReferenceFiles.json("stats", "pairing.json").at("cases").elements() {
            let id = try item.at("id").string()
            let first = try item.at("first").elements().map(Self.row)
            let second = try item.at("second").elements().map(Self.row)
            let expected = try item.at("expected")
            let strict = try expected.at("strict").string()
            #expect(Self.outcome(first, second, .strict) == strict, "\(id)")
            if let lenient = expected["lenient"] {
                let outcome = try lenient.string()
                #expect(Self.outcome(first, second, .lenient) == outcome, "\(id)")
                continue
            }
            let pairing = try Pairing(first: first, second: second, mode: .lenient)
            func keys(_ values: [PairingKey]) -> JSONTree {
                .array(values.map { [.string($0.utterance), .of($0.snrDB ?? .nan)] })
            }
            let actual: JSONTree = [
                "strict": .string(strict), "pairs": keys(pairing.keys),
                "differences": .of(pairing.differences), "only_first": keys(pairing.onlyFirst),
                "only_second": keys(pairing.onlySecond), "nonfinite": keys(pairing.nonfinite),
            ]
            let found = mismatches(expected: expected, actual: actual) {
                $0.hasPrefix("/differences") ? Tolerance(relative: 0, absolute: 1e-9) : .equal
            }
            #expect(found.isEmpty, "\(id)")
        }
    }

    private static func row(_ item: JSONTree) throws -> PairingRow {
        PairingRow(
            key: PairingKey(
                utterance: try item.at("utterance").string(), snrDB: try item.at("snr_db").double()),
            speaker: try item.at("speaker").string(), score: try item.at("score").double())
    }

    private static func outcome(_ first: [PairingRow], _ second: [PairingRow], _ mode: Pairing.Mode) -> String
    {
        do {
            _ = try Pairing(first: first, second: second, mode: mode)
            return "ok"
        } catch {
            switch error {
            case .duplicate: return "error:duplicate"
            case .speakerConflict: return "error:speaker_conflict"
            case .unmatched: return "error:unmatched"
            case .invalidKey: return "error:invalid_key"
            }
        }
    }
}
