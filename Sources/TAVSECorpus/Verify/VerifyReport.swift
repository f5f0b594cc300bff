import TAVSEData

/// What was found wrong, or worth a look.
public struct VerifyFinding: Sendable, Equatable, Codable {
    /// How bad it is.
    public enum Severity: String, Sendable, Codable {
        /// The data must not be used like this.
        case error
        /// Usable, and somebody should look.
        case warning
    }

    /// How bad it is.
    public let severity: Severity
    /// Which check, e.g. `audio_length`; stable, for scripts.
    public let check: String
    /// File, utterance or frame.
    public let place: String
    /// Expected and found.
    public let message: String
}

/// What one split holds.
public struct VerifySplit: Sendable, Equatable, Codable {
    /// Split name.
    public let split: Split
    /// Number of utterances.
    public var utterances = 0
    /// Number of speakers.
    public var speakers = 0
    /// Speech, seconds.
    public var seconds = 0.0
    /// Utterances each camera saw.
    public var clips: [String: Int] = [:]
    /// Frames each camera should have, by the manifest.
    public var frames: [String: Int] = [:]
    /// Frames that are not in the store.
    public var missing: [String: Int] = [:]
    /// Noise environments.
    public var noise: [String] = []
}

/// The result of checking a data root.
public struct VerifyReport: Sendable, Equatable, Codable {
    /// The data root.
    public let root: String
    /// Train, val, test.
    public internal(set) var splits: [VerifySplit] = []
    /// Everything found, in the order of the checks.
    public internal(set) var findings: [VerifyFinding] = []

    /// Whether any finding is an error.
    public var hasErrors: Bool { findings.contains { $0.severity == .error } }

    mutating func add(_ severity: VerifyFinding.Severity, _ check: String, _ place: String, _ message: String)
    {
        findings.append(VerifyFinding(severity: severity, check: check, place: place, message: message))
    }

    mutating func add(_ error: DataError, check: String) {
        add(.error, check, "", error.description)
    }

    /// A table of the splits and the findings, at most `limit` per check.
    public func text(limit: Int = 10) -> String {
        let header = [
            "split", "utterances", "speakers", "minutes", "rgb", "thermal", "frames", "missing", "noise",
        ]
        var rows = [header]
        for split in splits {
            rows.append([
                split.split.rawValue, "\(split.utterances)", "\(split.speakers)",
                Self.fixed(split.seconds / 60),
                "\(split.clips["rgb"] ?? 0)", "\(split.clips["thermal"] ?? 0)",
                "\(split.frames.values.reduce(0, +))", "\(split.missing.values.reduce(0, +))",
                "\(split.noise.count)",
            ])
        }
        var lines = Self.aligned(rows)
        var counts: [String: Int] = [:]
        for finding in findings {
            counts[finding.check, default: 0] += 1
            guard counts[finding.check, default: 0] <= limit else { continue }
            let place = finding.place.isEmpty ? "" : finding.place + ": "
            lines.append("\(finding.severity.rawValue) [\(finding.check)] \(place)\(finding.message)")
        }
        for (check, count) in counts.sorted(by: { $0.key < $1.key }) where count > limit {
            lines.append("… \(count - limit) more of [\(check)]; --json lists all")
        }
        let errors = findings.count { $0.severity == .error }
        let warnings = findings.count - errors
        lines.append(
            errors == 0 ? "no errors, \(warnings) warnings" : "\(errors) errors, \(warnings) warnings")
        return lines.joined(separator: "\n")
    }

    private static func aligned(_ rows: [[String]]) -> [String] {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).enumerated().map { index, cell in
                let padding = String(repeating: " ", count: cell.1 - cell.0.count)
                return index == 0 ? cell.0 + padding : padding + cell.0
            }.joined(separator: "  ")
        }
    }

    private static func fixed(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
