import TAVSEBase

/// What is scored: one utterance in one condition, with the fingerprints of its audio.
public struct ItemDescription: Sendable, Hashable {
    /// Utterance id; not empty.
    public var utterance: String
    /// Speaker id; nil when unknown.
    public var speaker: String?
    /// Data split, e.g. "test"; nil when unknown.
    public var split: String?
    /// Signal-to-noise ratio of the noisy input in dB; nil when unknown.
    public var snrDB: Double?
    /// Kind of noise; nil when unknown.
    public var noiseType: String?
    /// SHA-256 of the clean audio's samples; nil when there is no audio (imported scores) or it is unreadable.
    public var cleanHash: String?
    /// SHA-256 of the noisy audio's samples; nil when there is none.
    public var noisyHash: String?
    /// Noise recording that was mixed in.
    public var noiseFile: String?
    /// First sample of the noise recording that was used.
    public var noiseOffset: Int?
    /// Factor on the noise.
    public var noiseGain: Double?
    /// Sample rate in Hz.
    public var sampleRate: Int?
    /// Length of the clean audio in seconds.
    public var durationSeconds: Double?

    /// Describes an item; see the properties.
    public init(
        utterance: String, speaker: String? = nil, split: String? = nil, snrDB: Double? = nil,
        noiseType: String? = nil, cleanHash: String? = nil, noisyHash: String? = nil,
        noiseFile: String? = nil,
        noiseOffset: Int? = nil, noiseGain: Double? = nil, sampleRate: Int? = nil,
        durationSeconds: Double? = nil
    ) {
        self.utterance = utterance
        self.speaker = speaker
        self.split = split
        self.snrDB = snrDB
        self.noiseType = noiseType
        self.cleanHash = cleanHash
        self.noisyHash = noisyHash
        self.noiseFile = noiseFile
        self.noiseOffset = noiseOffset
        self.noiseGain = noiseGain
        self.sampleRate = sampleRate
        self.durationSeconds = durationSeconds
    }

    /// The item's identity in every database: 32 hexadecimal digits over names, condition and audio content.
    ///
    /// Two systems scored on the same recordings under the same names share it, wherever the files lie.
    public var key: String {
        Fingerprint.key(
            "item", utterance, speaker, split, snrDB.map(Fingerprint.text), noiseType, cleanHash, noisyHash)
    }

    /// How messages name the item, e.g. `p232_001 at 5.0 dB (babble)`.
    public var label: String {
        utterance + (snrDB.map { " at \($0) dB" } ?? "") + (noiseType.map { " (\($0))" } ?? "")
    }

    package func validate() throws(StoreError) {
        guard !utterance.isEmpty else {
            throw .invalid(field: "utterance", value: utterance, expected: "a name that is not empty")
        }
        for text in [utterance, speaker, split, noiseType, noiseFile] where text?.utf8.contains(0) == true {
            throw .invalid(field: "name of an item", value: utterance, expected: "text without NUL")
        }
        if let snrDB, !(abs(snrDB) <= 1e6) {
            throw .invalid(field: "SNR of \(utterance)", value: "\(snrDB)", expected: "a finite number of dB")
        }
    }
}

/// Identities that do not depend on the database a row happens to be in.
enum Fingerprint {
    /// The first 128 bits of SHA-256 over the parts, each with its length, so that no two lists collide.
    static func key(_ parts: String?...) -> String {
        var hash = SHA256()
        for part in parts {
            if let part {
                hash.update(UInt64(part.utf8.count))
                hash.update(part)
            } else {
                hash.update(UInt64.max)
            }
        }
        return String(hash.hexadecimal().prefix(32))
    }

    /// A number as text that every platform writes alike; −0 is 0.
    static func text(_ value: Double) -> String { String(describing: value == 0 ? 0 : value) }
}
