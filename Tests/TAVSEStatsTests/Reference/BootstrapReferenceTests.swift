import ReferenceSupport
import TAVSEBase
import TAVSEStats
import Testing

@Suite("Reference: bootstrap (SciPy on the same replicates) and SplitMix64")
struct BootstrapReferenceTests {
    @Test("every case of bootstrap.json agrees")
    func allCases() throws {
        for item in try ReferenceFiles.json("stats", "bootstrap.json").at("cases").elements() {
            let d = try item.at("d").doubles()
            let level = try item.at("level").double()
            let expected = try item.at("expected")
            let draws = try BootstrapDraws(of: item)
            let id = try item.at("id").string()
            if let expectedRow = try item["first_row"]?.ints() {
                #expect(draws.firstRow(units: d.count, count: expectedRow.count) == expectedRow, "\(id)")
            }
            var members: [String: JSONTree] = [:]
            for statistic in Bootstrap.Statistic.allCases {
                let distribution = try Bootstrap.distribution(of: statistic, d, draws: draws)
                var tree = try distribution.tree(level: level)
                if statistic == .mean,
                    let interval = try Bootstrap.studentizedMean(d, draws: draws, level: level)
                {
                    tree["studentized"] = ["low": .of(interval.low), "high": .of(interval.high)]
                }
                members[statistic.rawValue] = .object(tree)
            }
            let found = mismatches(expected: expected, actual: .object(members)) { _ in .bootstrap }
            #expect(found.isEmpty, "\(id)")
        }
    }

    @Test("every sequence of splitmix64.json is reproduced")
    func generator() throws {
        for item in try ReferenceFiles.json("stats", "splitmix64.json").at("cases").elements() {
            let seed = try #require(UInt64(item.at("seed").string()))
            let generator = SplitMix64(seed: seed)
            for (index, output) in try item.at("outputs_hex").elements().enumerated() {
                let expected = try #require(UInt64(output.string(), radix: 16))
                #expect(generator.output(UInt64(index + 1)) == expected)
            }
            for (index, expected) in try item.at("indices_below_28").ints().enumerated() {
                #expect(generator.index(UInt64(index + 1), below: 28) == expected)
            }
        }
    }
}

extension BootstrapDraws {
    /// The draws a reference case describes.
    init(of item: JSONTree) throws {
        if let rows = item["indices"] {
            self = .given(try rows.elements().map { try $0.ints() })
        } else {
            let seed = try #require(UInt64(item.at("splitmix64_seed").string()))
            self = .seeded(seed, replicates: try item.at("replicates").int())
        }
    }
}

extension BootstrapDistribution {
    /// As the reference files write it.
    func tree(level: Double) throws -> [String: JSONTree] {
        let percentile = try percentile(level: level)
        let basic = try basic(level: level)
        let bca = try bca(level: level)
        var corrected: [String: JSONTree] = [
            "low": .of(bca.low), "high": .of(bca.high), "z0": .of(bca.z0), "a": .of(bca.acceleration),
            "status": .string(bca.status.rawValue),
        ]
        corrected["alpha_low"] = bca.alphaLow.map { .of($0) }
        corrected["alpha_high"] = bca.alphaHigh.map { .of($0) }
        return [
            "estimate": .of(estimate), "standard_error": .of(standardError),
            "percentile": ["low": .of(percentile.low), "high": .of(percentile.high)],
            "basic": ["low": .of(basic.low), "high": .of(basic.high)], "bca": .object(corrected),
            "prob_positive": .of(probabilityPositive),
            "replicates_head": .of(Array(replicates.prefix(5))),
        ]
    }
}
