/// One score of one system, as it is matched.
public struct PairingRow: Sendable, Equatable {
    /// What identifies the row.
    public var key: PairingKey
    /// Speaker; nil when unknown.
    public var speaker: String?
    /// Score; NaN or infinite when the metric failed.
    public var score: Double

    /// Describes a row; see the properties.
    public init(key: PairingKey, speaker: String?, score: Double) {
        self.key = key
        self.speaker = speaker
        self.score = score
    }
}

/// Utterance and condition: the same key in two systems is the same test item.
public struct PairingKey: Sendable, Hashable, Comparable, Codable {
    /// Utterance id.
    public var utterance: String
    /// Signal-to-noise ratio in dB; nil when unknown.
    public var snrDB: Double?
    /// Further condition, e.g. the noise type where one utterance and SNR occurs with several; nil otherwise.
    public var condition: String?

    /// Describes a key; see the properties.
    public init(utterance: String, snrDB: Double?, condition: String? = nil) {
        self.utterance = utterance
        self.snrDB = snrDB
        self.condition = condition
    }

    enum CodingKeys: String, CodingKey {
        case utterance
        case snrDB = "snr_db"
        case condition
    }

    /// By utterance in the order of Unicode scalars, then SNR numerically (unknown first), then condition.
    public static func < (a: PairingKey, b: PairingKey) -> Bool {
        if a.utterance != b.utterance { return a.utterance.utf8.lexicographicallyPrecedes(b.utterance.utf8) }
        let (snrA, snrB) = (a.snrDB ?? -.infinity, b.snrDB ?? -.infinity)
        if snrA != snrB { return snrA < snrB }
        return (a.condition ?? "").utf8.lexicographicallyPrecedes((b.condition ?? "").utf8)
    }
}

extension PairingKey: CustomStringConvertible {
    /// E.g. "p232_001 @ 5.0 dB".
    public var description: String {
        utterance + (snrDB.map { " @ \($0) dB" } ?? "") + (condition.map { ", \($0)" } ?? "")
    }
}

/// Why two systems' rows cannot be compared; every case lists the keys.
public enum PairingError: Error, Equatable, Sendable {
    /// The same key twice in one system.
    case duplicate(keys: [PairingKey])
    /// The same key with different speakers.
    case speakerConflict(keys: [PairingKey])
    /// Strict matching: keys that only one system has.
    case unmatched(onlyFirst: [PairingKey], onlySecond: [PairingKey])
    /// An SNR that is not a finite number.
    case invalidKey(keys: [PairingKey])
}

extension PairingError: CustomStringConvertible {
    /// One line: what is wrong and the first keys concerned.
    public var description: String {
        func list(_ keys: [PairingKey]) -> String {
            keys.prefix(5).map(\.description).joined(separator: "; ")
                + (keys.count > 5 ? "; … (\(keys.count) in all)" : "")
        }
        return switch self {
        case .duplicate(let keys):
            "the same utterance and condition occurs twice in one system: \(list(keys))"
        case .speakerConflict(let keys): "the two systems name different speakers for \(list(keys))"
        case .invalidKey(let keys): "the SNR is not a finite number for \(list(keys))"
        case .unmatched(let first, let second):
            "rows without a partner (use lenient matching to compare the others): only in the first: "
                + "\(first.isEmpty ? "none" : list(first)); only in the second: "
                + "\(second.isEmpty ? "none" : list(second))"
        }
    }
}

/// Rows of two systems matched by key, never by position.
///
/// Pairs with a non-finite score are left out and listed: a failed metric is never replaced by a number.
public struct Pairing: Sendable, Equatable {
    /// What to do with keys that one system lacks.
    public enum Mode: String, Sendable, Codable {
        /// They are an error that lists them.
        case strict
        /// Use the intersection and count what was left out.
        case lenient
    }

    /// Keys of the usable pairs, ascending.
    public let keys: [PairingKey]
    /// Speaker of each usable pair; nil when neither system names one.
    public let speakers: [String?]
    /// first − second of each usable pair.
    public let differences: [Double]
    /// Keys only the first has.
    public let onlyFirst: [PairingKey]
    /// Keys only the second has.
    public let onlySecond: [PairingKey]
    /// Keys both have, one of the scores not finite.
    public let nonfinite: [PairingKey]

    /// Matches two systems' rows, in any order.
    ///
    /// - Throws: `.invalidKey`, `.duplicate` and `.speakerConflict` always; `.unmatched` in strict mode.
    public init(
        first: [PairingRow], second: [PairingRow], mode: Mode = .strict
    ) throws(PairingError) {
        let a = try Self.table(first)
        let b = try Self.table(second)
        let shared = a.keys.filter { b[$0] != nil }.sorted()
        let conflicts = shared.filter { key in
            guard let one = a[key]?.speaker, let other = b[key]?.speaker else { return false }
            return one != other
        }
        guard conflicts.isEmpty else { throw .speakerConflict(keys: conflicts) }
        onlyFirst = a.keys.filter { b[$0] == nil }.sorted()
        onlySecond = b.keys.filter { a[$0] == nil }.sorted()
        if mode == .strict, !onlyFirst.isEmpty || !onlySecond.isEmpty {
            throw .unmatched(onlyFirst: onlyFirst, onlySecond: onlySecond)
        }
        var keys: [PairingKey] = []
        var speakers: [String?] = []
        var differences: [Double] = []
        var nonfinite: [PairingKey] = []
        for key in shared {
            guard let one = a[key], let other = b[key] else { continue }
            if one.score.isFinite, other.score.isFinite {
                keys.append(key)
                speakers.append(one.speaker ?? other.speaker)
                differences.append(one.score - other.score)
            } else {
                nonfinite.append(key)
            }
        }
        (self.keys, self.speakers, self.differences, self.nonfinite) = (
            keys, speakers, differences, nonfinite
        )
    }

    private static func table(_ rows: [PairingRow]) throws(PairingError) -> [PairingKey: PairingRow] {
        let invalid = rows.filter { !($0.key.snrDB ?? 0).isFinite }
        guard invalid.isEmpty else { throw .invalidKey(keys: invalid.map(\.key)) }
        var table: [PairingKey: PairingRow] = [:]
        var repeated: Set<PairingKey> = []
        for row in rows where table.updateValue(row, forKey: row.key) != nil { repeated.insert(row.key) }
        guard repeated.isEmpty else { throw .duplicate(keys: repeated.sorted()) }
        return table
    }
}
