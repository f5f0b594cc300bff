import Foundation
import TAVSESignal
import Testing

@testable import TAVSEMetrics

@Suite("Separated sources")
struct SeparationTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let references: [String]
        let estimates: [String]
        let mixture: String
        /// (metric, source from 0, peer, value)
        var values: [(metric: String, source: Int, peer: String, value: Double)]
        var testDescription: String { name }
    }

    static let cases: [Case] = {
        var order: [String] = []
        var cases: [String: Case] = [:]
        for row in ReferencePairs.rows("separation.csv") {
            guard let name = row["pair"], let metric = row["metric"], let peer = row["peer"],
                let source = row["source"].flatMap({ Int($0) }),
                let value = row["value"].flatMap({ Double($0) })
            else { continue }
            if cases[name] == nil {
                order.append(name)
                cases[name] = Case(
                    name: name, references: row["references"]?.split(separator: ";").map(String.init) ?? [],
                    estimates: row["estimates"]?.split(separator: ";").map(String.init) ?? [],
                    mixture: row["mixture"] ?? "", values: [])
            }
            cases[name]?.values.append((metric, source - 1, peer, value))
        }
        return order.compactMap { cases[$0] }
    }()

    @Test("have the ratios and the assignment of mir_eval and fast_bss_eval (reference)", arguments: cases)
    func ratios(separation: Case) throws {
        let references = try separation.references.map(ReferencePairs.signal)
        let estimates = try separation.estimates.map(ReferencePairs.signal)
        let evaluation = try BSSEval(estimates: estimates, references: references)
        for (metric, source, peer, expected) in separation.values {
            let tolerance = expected < 80 ? 1e-4 : 1e-2
            let label: Comment = "\(separation.name) \(metric) of source \(source + 1), \(peer)"
            let given = evaluation.ratios[evaluation.permutation[source]][source]
            let unpermuted = evaluation.ratios[source][source]
            switch metric {
            case "perm": #expect(evaluation.permutation[source] == Int(expected), label)
            case "sdr": #expect(abs(given.sdr - expected) < tolerance, label)
            case "sir": #expect(abs(given.sir - expected) < tolerance, label)
            case "sar": #expect(abs(given.sar - expected) < tolerance, label)
            case "sdr_noperm": #expect(abs(unpermuted.sdr - expected) < tolerance, label)
            case "sir_noperm": #expect(abs(unpermuted.sir - expected) < tolerance, label)
            case "sar_noperm": #expect(abs(unpermuted.sar - expected) < tolerance, label)
            default: break
            }
        }
    }

    @Test(
        "have the pairwise scores of torchmetrics and mir_eval for one source at a time (reference)",
        arguments: cases)
    func pairwise(separation: Case) throws {
        let references = try separation.references.map(ReferencePairs.signal)
        let estimates = try separation.estimates.map(ReferencePairs.signal)
        let mixture = try ReferencePairs.signal(separation.mixture)
        let assigned = separation.values.filter { $0.metric == "pit_perm" }
            .reduce(into: [Int: Int]()) { $0[$1.source] = Int($1.value) }
        for (metric, source, peer, expected) in separation.values {
            let estimate = estimates[assigned[source] ?? source]
            let reference = references[source]
            func score(_ metric: any SpeechMetric, improvement: Bool) throws -> Double {
                let value = try metric.score(estimate: estimate, reference: reference)
                return improvement
                    ? value - (try metric.score(estimate: mixture, reference: reference)) : value
            }
            let value: Double
            switch metric {
            case "si_snr": value = try score(SISNR(), improvement: false)
            case "si_snri": value = try score(SISNR(), improvement: true)
            case "si_sdr": value = try score(SISDR(), improvement: false)
            case "si_sdri": value = try score(SISDR(), improvement: true)
            case "sdri_single": value = try score(SDR(), improvement: true)
            default: continue
            }
            #expect(
                abs(value - expected) < (metric == "sdri_single" ? 1e-4 : 1e-6),
                "\(separation.name) \(metric) of source \(source + 1), \(peer): \(value), expected \(expected)"
            )
        }
    }
}
