import Foundation
import ReferenceSupport
import TAVSEStats
import Testing

@Suite("Reference: comparisons over training runs")
struct RunReferenceTests {
    /// The JSON files of a family, whatever their names.
    static func cases(_ family: String) throws -> [JSONTree] {
        let folder = ReferenceFiles.folder("runs")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return try names.filter { $0.hasSuffix(".json") }.flatMap { name -> [JSONTree] in
            let tree = try ReferenceFiles.json("runs", name)
            return tree["family"] == .string(family) ? try tree.at("cases").elements() : []
        }
    }

    @Test("every case of the runs family agrees")
    func comparisons() throws {
        let cases = try Self.cases("runs")
        #expect(!cases.isEmpty)
        for item in cases {
            let id = try item.at("id").string()
            let comparison = try VariantComparison(case: item)
            var expected = try item.at("expected")
            var actual = try JSONTree(encoding: comparison)
            // Warnings are a set.
            #expect(try expected.warningSet() == actual.warningSet(), "\(id)")
            expected = expected.without("warnings")
            actual = actual.without("warnings")
            let found = mismatches(expected: expected, actual: actual, tolerance: Tolerance.ofRuns)
            #expect(found.isEmpty, "\(id): \(found.count) differences, first: \(found.prefix(5))")
            let absent = mismatches(expected: actual.names, actual: expected.names) { _ in .equal }
            #expect(absent.isEmpty, "\(id) has values that are not defined: \(absent.prefix(5))")
        }
    }

    @Test("every permutation agrees")
    func permutations() throws {
        let cases = try Self.cases("run_permutation")
        #expect(!cases.isEmpty)
        for item in cases {
            let id = try item.at("id").string()
            let (first, second) = (try item.at("first").doubles(), try item.at("second").doubles())
            let result =
                item["paired"] == .bool(true)
                ? try RunPermutation(pairs: first, second) : try RunPermutation(first, second)
            let found = mismatches(
                expected: try item.at("expected"), actual: try JSONTree(encoding: result),
                path: "/run_permutation", tolerance: Tolerance.ofRuns)
            #expect(found.isEmpty, "\(id): \(found.prefix(5))")
        }
    }

    @Test("every plan agrees")
    func plans() throws {
        let cases = try Self.cases("run_planning")
        #expect(!cases.isEmpty)
        for item in cases {
            let id = try item.at("id").string()
            let components = try JSONDecoder().decode(
                VariantComponents.self, from: JSONEncoder().encode(EncodableTree(item.at("components"))))
            let plan = try RunPlan(components, RunPlan.Request(tree: item))
            let found = mismatches(
                expected: try item.at("expected"), actual: try JSONTree(encoding: plan),
                tolerance: Tolerance.ofRuns)
            #expect(found.isEmpty, "\(id): \(found.prefix(5))")
        }
    }
}

extension VariantComparison {
    /// The comparison that a reference case asks for.
    init(case item: JSONTree) throws {
        func runs(_ key: String) throws -> [RunScores] {
            try item.at(key).elements().map { run in
                RunScores(try run.elements().map { $0 == .null ? nil : try $0.double() })
            }
        }
        var options = Options()
        if let alpha = item["alpha"] { options.alpha = try alpha.double() }
        if let power = item["power"] { options.power = try power.double() }
        if let family = item["family"] { options.family = try family.int() }
        options.margin = try item["margin"]?.double()
        if let bootstrap = item["bootstrap"] {
            guard let seed = UInt64(try bootstrap.at("seed").string()) else {
                throw JSONTree.Missing(description: "seed")
            }
            options.bootstrap = .init(replicates: try bootstrap.at("replicates").int(), seed: seed)
        }
        if let borrowed = item["borrowed"] {
            options.borrowed = .init(
                variance: try borrowed.at("variance").double(), df: try borrowed.at("df").double())
        }
        if let plan = item["plan_request"] {
            options.plan = try RunPlan.Request(tree: plan)
            options.plan?.alpha = options.alpha
            options.plan?.power = options.power
        }
        let speakers = ClusterLabels(names: try item.at("speaker").elements().map { try $0.string() })
        if item["paired"] == .bool(true) {
            try self.init(
                runs("first"), runs("second"), firstSeeds: item.at("first_seeds").ints(),
                secondSeeds: item.at("second_seeds").ints(), speakers: speakers, options: options)
        } else {
            try self.init(runs("first"), runs("second"), speakers: speakers, options: options)
        }
    }
}

extension RunPlan.Request {
    fileprivate init(tree: JSONTree) throws {
        self.init(
            speakers: try tree.at("speakers").ints(), runs: try tree.at("runs").ints(),
            margin: try tree["margin"]?.double(), tests: try tree["tests"]?.int() ?? 1,
            alpha: try tree["alpha"]?.double() ?? 0.05, power: try tree["power"]?.double() ?? 0.8,
            maximumRuns: try tree["max_runs"]?.int() ?? 100)
    }
}

/// A JSON object of numbers, to be decoded as another type.
private struct EncodableTree: Encodable {
    let numbers: [String: Double]

    init(_ tree: JSONTree) throws {
        guard case .object(let members) = tree else { throw JSONTree.Missing(description: "object") }
        numbers = try members.mapValues { try $0.double() }
    }

    func encode(to encoder: any Encoder) throws { try numbers.encode(to: encoder) }
}

extension JSONTree {
    /// What a value looks like as JSON, non-finite numbers as strings.
    init(encoding value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        self = try JSONDecoder().decode(JSONTree.self, from: encoder.encode(value))
    }

    /// The same object without a member.
    func without(_ key: String) -> JSONTree {
        guard case .object(var members) = self else { return self }
        members[key] = nil
        return .object(members)
    }

    /// The members' names alone, objects within objects; what this library adds to the published form left out.
    var names: JSONTree {
        guard case .object(let members) = self else { return .null }
        return .object(members.filter { $0.key != "p_min" }.mapValues(\.names))
    }

    func warningSet() throws -> Set<String> {
        Set(try at("warnings").elements().map { try $0.string() })
    }
}
