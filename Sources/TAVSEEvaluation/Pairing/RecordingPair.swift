/// The files of one item: clean, enhanced, and the noisy input where there is one.
public struct RecordingPair: Sendable, Hashable {
    /// Utterance id.
    public var utterance: String
    /// Speaker id; nil when unknown.
    public var speaker: String?
    /// Signal-to-noise ratio of the noisy input in dB; nil when unknown.
    public var snrDB: Double?
    /// Kind of noise; nil when unknown.
    public var noiseType: String?
    /// Clean recording.
    public var clean: String
    /// Noisy recording; nil when there is none.
    public var noisy: String?
    /// Output of the system.
    public var enhanced: String

    /// Describes a pair; see the properties.
    public init(
        utterance: String, speaker: String? = nil, snrDB: Double? = nil, noiseType: String? = nil,
        clean: String,
        noisy: String? = nil, enhanced: String
    ) {
        self.utterance = utterance
        self.speaker = speaker
        self.snrDB = snrDB
        self.noiseType = noiseType
        self.clean = clean
        self.noisy = noisy
        self.enhanced = enhanced
    }
}

/// What is to be scored, and what was left without a counterpart.
public struct RecordingList: Sendable, Equatable {
    /// In the order of utterance, SNR and noise type for folders; in file order for manifests.
    public var pairs: [RecordingPair]
    /// One message per file without a counterpart.
    public var unmatched: [String]
    /// SHA-256 of the manifest; nil for folders.
    public var manifestHash: String?
    /// What was found out about the recordings, for people to look at.
    public var notes: [String] = []

    /// How many unmatched files a message spells out.
    static let listed = 20

    /// Fills in conditions from a file.
    ///
    /// - Parameter allowMissing: whether recordings that the file does not name are scored without a condition.
    /// - Throws: `.noCondition`.
    public mutating func add(_ file: ConditionFile, allowMissing: Bool) throws(EvaluationError) {
        let missing = file.apply(to: &pairs)
        guard missing.isEmpty || allowMissing else {
            throw .noCondition(messages: Array(missing.prefix(Self.listed)), count: missing.count)
        }
        if let first = missing.first {
            notes.append("\(missing.count) recordings without a condition; \(first)")
        }
        let snrs = Set(pairs.compactMap(\.snrDB)).sorted().map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" }
        let kinds = Set(pairs.compactMap(\.noiseType)).sorted()
        notes.append(
            "conditions: SNR \(snrs.isEmpty ? "unknown" : snrs.joined(separator: ", ") + " dB"); noise "
                + (kinds.isEmpty ? "unknown" : kinds.joined(separator: ", ")))
    }

    /// Fills in speakers from the recordings' names.
    ///
    /// - Throws: `.noSpeaker`.
    public mutating func add(_ pattern: SpeakerPattern) throws(EvaluationError) {
        let found = try pattern.apply(to: &pairs)
        let shown = found.prefix(Self.listed).map { "\($0.speaker) (\($0.count))" }.joined(separator: ", ")
        notes.append(
            "\(found.count) speaker\(found.count == 1 ? "" : "s") found, with recordings: \(shown)"
                + (found.count > Self.listed ? ", and \(found.count - Self.listed) more" : ""))
    }

    /// The pairs, if everything is matched or that is not demanded.
    ///
    /// - Throws: `.unmatched`, `.noPairs`.
    public func matched(allowUnmatched: Bool, place: String) throws(EvaluationError) -> [RecordingPair] {
        if !unmatched.isEmpty && !allowUnmatched {
            throw .unmatched(messages: Array(unmatched.prefix(Self.listed)), count: unmatched.count)
        }
        guard !pairs.isEmpty else { throw .noPairs(where: place) }
        return pairs
    }
}
