import TAVSEData

/// Which speakers of SpeakingFaces go where.
public enum SpeakingFacesSplit: String, Sendable, CaseIterable, Codable {
    /// The corpus' own: 1–100 / 101–120 / 121–142.
    case official
    /// The other split in use: 1–100 / 101–114 / 115–142.
    case guide

    /// Subjects of the corpus.
    public static let subjects = 1...142

    /// The split of a subject.
    public func split(of subject: Int) -> Split {
        let lastOfValidation = self == .official ? 120 : 114
        return subject <= 100 ? .train : subject <= lastOfValidation ? .val : .test
    }
}

/// What to import and how.
public struct IngestSettings: Sendable, Equatable, Codable {
    /// Folder with `sub_{id}_ia.zip` archives or `sub_{id}_ia` folders.
    public var source: String
    /// Subjects wanted, ascending; ones that are not in the source are reported.
    public var subjects: [Int]
    /// Which speakers go where; the table of speakers has the last word on ``SpeakingFacesSplit/official``.
    public var split = SpeakingFacesSplit.official
    /// The corpus' table of speakers; nil looks for `metadata/subjects.csv` and `subjects.csv` in ``source``, and does
    /// without when there is none.
    public var subjectTable: String?
    /// How thermal colours become grey.
    public var grey = ThermalGrey.palette
    /// Least score of a mouth box that counts.
    public var minimumScore = 0.0
    /// The cascade file that found the mouths and a hash of its content; nil when boxes were given.
    var detector: String?
    /// The square cut out, in sizes of the box's longer side.
    public var margin = 1.0
    /// JPEG quality of colour frames.
    public var jpegQuality = 95

    /// - Parameters:
    ///   - source: folder with the archives.
    ///   - subjects: subjects wanted.
    public init(source: String, subjects: [Int]) {
        self.source = source
        self.subjects = subjects
    }

    /// Video frames per second of the corpus.
    public static let fps = 28.0

    /// Parses `1-100,121`.
    ///
    /// - Throws: ``DataError/setting(_:reason:)`` unless every number is a subject of the corpus.
    public static func subjects(_ text: String) throws(DataError) -> [Int] {
        var chosen: Set<Int> = []
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last,
                SpeakingFacesSplit.subjects.contains(first), SpeakingFacesSplit.subjects.contains(last)
            else {
                throw .setting(
                    "subjects",
                    reason: "expected numbers and ranges of 1–142 such as 1-100,121, found '\(part)'")
            }
            chosen.formUnion(first...last)
        }
        guard !chosen.isEmpty else { throw .setting("subjects", reason: "none given") }
        return chosen.sorted()
    }
}

/// What an import did.
public struct IngestSummary: Sendable, Equatable {
    /// Subjects imported, now or before.
    public var subjects = 0
    /// Utterances in the manifests.
    public var utterances = 0
    /// Subjects without an archive, or with an empty one.
    public var absent: [Int] = []
    /// Archives and clips that could not be read, with the reason.
    public var problems: [String] = []
    /// What was decided where the corpus contradicts itself.
    public var warnings: [String] = []
    /// Frames with a mouth box and all frames, by head position 1…9.
    public var found: [Int: Int] = [:]
    /// All frames by head position.
    public var frames: [Int: Int] = [:]

    /// Share of frames without a mouth at a head position; nil when there are none.
    public func missRate(position: Int) -> Double? {
        guard let all = frames[position], all > 0 else { return nil }
        return 1 - Double(found[position] ?? 0) / Double(all)
    }
}
