import Foundation
import TAVSEMetrics
import TAVSESignal
import Testing

/// Reference values of metrics: `$TAVSE_REFERENCE/metrics` if set, else `fixtures/metrics`.
enum ReferencePairs {
    static let folder: URL = {
        if let root = ProcessInfo.processInfo.environment["TAVSE_REFERENCE"], !root.isEmpty {
            return URL(fileURLWithPath: root).appendingPathComponent("metrics")
        }
        return URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("fixtures/metrics")
    }()

    /// One pair and what the peers say about it.
    struct Pair: CustomTestStringConvertible {
        let name: String
        let reference: String
        let degraded: String
        let mixture: String?
        /// (metric, peer) → value as written.
        var values: [String: String]
        var testDescription: String { name }

        func value(_ metric: String, _ peer: String) -> String? { values["\(metric)/\(peer)"] }
    }

    static let expected = pairs("expected.csv")
    static let improvements = pairs("improvement.csv")

    static func signal(_ name: String) throws -> Signal {
        try AudioFile.read(folder.appendingPathComponent("wav").appendingPathComponent(name).path)
    }

    private static func pairs(_ file: String) -> [Pair] {
        var order: [String] = []
        var pairs: [String: Pair] = [:]
        for row in rows(file) {
            guard let name = row["pair"], let reference = row["reference"], let degraded = row["degraded"],
                let metric = row["metric"], let peer = row["peer"], let value = row["value"]
            else { continue }
            if pairs[name] == nil {
                order.append(name)
                pairs[name] = Pair(
                    name: name, reference: reference, degraded: degraded, mixture: row["mixture"], values: [:]
                )
            }
            pairs[name]?.values["\(metric)/\(peer)"] = value
        }
        return order.compactMap { pairs[$0] }
    }

    /// Rows of a CSV with quoted fields, as column → text; none when the file is missing.
    static func rows(_ file: String) -> [[String: String]] {
        guard let text = try? String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8) else {
            return []
        }
        let lines = text.split(whereSeparator: \.isNewline).map(fields)
        guard let names = lines.first else { return [] }
        return lines.dropFirst().map { Dictionary(zip(names, $0), uniquingKeysWith: { first, _ in first }) }
    }

    private static func fields(_ line: Substring) -> [String] {
        var fields = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
        }
        return fields
    }
}

extension ReferencePairs {
    /// How far a score may be from the followed peer's, as the reference's notes derive it.
    static func tolerance(_ metric: MetricName, expected: Double) -> Double {
        switch metric {
        case .stoi, .estoi, .lsd: 1e-6
        case .snr, .siSNR, .siSDR, .siSNRImprovement: 1e-6
        case .sdr, .sir, .sar: expected < 80 ? 1e-4 : 1e-2
        case .segmentalSNR, .frequencyWeightedSegmentalSNR, .wss, .llr, .cepstralDistance:
            // Relative, with the rounding of a difference of near-equal frames as floor.
            max(1e-6 * abs(expected), 1e-9)
        case .csig, .cbak, .covl, .pesqWideband, .pesqNarrowband, .pesqRaw: 1e-3
        }
    }

    /// Above this many dB, rounding of the residual decides: only "at least this" is asked.
    static func resolution(_ metric: MetricName) -> Double {
        switch metric {
        case .sdr, .sir, .sar: 100
        case .snr, .siSNR, .siSDR: 120
        default: .infinity
        }
    }
}
