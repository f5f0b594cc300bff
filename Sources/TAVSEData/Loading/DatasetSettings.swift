import TAVSESignal

/// What a dataset gives out.
public struct DatasetSettings: Sendable, Equatable {
    /// Length of a crop in seconds; nil gives whole utterances.
    public var segmentSeconds: Double?
    /// Video frames per second; every manifest entry must agree.
    public var fps: Double
    /// Cameras to decode.
    public var modalities: [Camera]
    /// How noisy speech is made; nil adds no noise.
    public var mixes: MixPlan?
    /// Mixes whose noise is other speakers' speech, beside those of ``mixes``; nil for none.
    public var talkers: TalkerPlan?
    /// Changes of the frames; nil leaves them alone.
    public var augmentation: FrameAugmentation?
    /// How the level of speech is taken.
    public var speechLevel: NoiseMixer.SpeechLevel
    /// Seed of mixes, crops, augmentation and order.
    public var seed: UInt64

    /// Crops of 2.5 s with drawn mixes, as in training.
    public static func training(
        modalities: [Camera], snrsDB: [Double], seed: UInt64,
        augmentation: FrameAugmentation? = FrameAugmentation()
    ) -> DatasetSettings {
        DatasetSettings(
            segmentSeconds: 2.5, fps: 28, modalities: modalities, mixes: .drawn(snrsDB: snrsDB),
            augmentation: augmentation, speechLevel: .active, seed: seed)
    }

    /// Whole utterances with fixed mixes, as in validation and test.
    public static func evaluation(
        modalities: [Camera], snrsDB: [Double], seed: UInt64, noisesPerUtterance: Int? = nil
    ) -> DatasetSettings {
        DatasetSettings(
            segmentSeconds: nil, fps: 28, modalities: modalities,
            mixes: .fixed(snrsDB: snrsDB, noisesPerUtterance: noisesPerUtterance), augmentation: nil,
            speechLevel: .active, seed: seed)
    }

    /// All settings by name.
    public init(
        segmentSeconds: Double?, fps: Double, modalities: [Camera], mixes: MixPlan?,
        talkers: TalkerPlan? = nil, augmentation: FrameAugmentation?, speechLevel: NoiseMixer.SpeechLevel,
        seed: UInt64
    ) {
        self.segmentSeconds = segmentSeconds
        self.fps = fps
        self.modalities = modalities
        self.mixes = mixes
        self.talkers = talkers
        self.augmentation = augmentation
        self.speechLevel = speechLevel
        self.seed = seed
    }

    /// - Throws: ``DataError/setting(_:reason:)`` for the first value that makes no sense.
    public func validate() throws(DataError) {
        if let seconds = segmentSeconds {
            guard seconds >= 0.1, seconds <= 600 else {
                throw .setting("segment seconds", reason: "expected 0.1 … 600, found \(seconds)")
            }
        }
        guard fps > 0, fps <= 1000 else {
            throw .setting("fps", reason: "expected above 0 up to 1000, found \(fps)")
        }
        guard Set(modalities).count == modalities.count else {
            throw .setting("modalities", reason: "a camera stands there twice")
        }
        switch mixes {
        case .drawn(let snrs)?, .fixed(let snrs, _)?:
            guard !snrs.isEmpty, snrs.allSatisfy({ abs($0) <= 100 }) else {
                throw .setting("SNRs", reason: "expected at least one, each −100 … 100 dB, found \(snrs)")
            }
        case .uniform(let lowest, let highest)?:
            guard abs(lowest) <= 100, abs(highest) <= 100, lowest <= highest else {
                throw .setting(
                    "SNRs", reason: "expected −100 ≤ lowest ≤ highest ≤ 100 dB, found \(lowest) … \(highest)")
            }
        case nil: break
        }
        if case .fixed(_, let limit?)? = mixes, limit < 1 {
            throw .setting("noises per utterance", reason: "expected at least 1, found \(limit)")
        }
        try validateTalkers()
        try augmentation?.validate()
    }

    private func validateTalkers() throws(DataError) {
        guard let talkers else { return }
        switch (talkers, mixes) {
        case (.fixed, .fixed?), (.drawn, .drawn?), (.drawn, .uniform?): break
        default: throw .setting("talkers", reason: "fixed and drawn mixes cannot stand side by side")
        }
        let counts = talkers.counts
        guard !counts.isEmpty, counts.allSatisfy({ (1...3).contains($0) }), Set(counts).count == counts.count
        else {
            throw .setting("numbers of talkers", reason: "expected 1, 2 or 3, each once, found \(counts)")
        }
        switch talkers {
        case .drawn(let share, let lowest, let highest, _):
            guard share >= 0, share <= 1 else {
                throw .setting("share of talkers", reason: "expected 0 … 1, found \(share)")
            }
            guard abs(lowest) <= 100, abs(highest) <= 100, lowest <= highest else {
                throw .setting(
                    "SNRs of talkers",
                    reason: "expected −100 ≤ lowest ≤ highest ≤ 100 dB, found \(lowest) … \(highest)")
            }
        case .fixed(let snrs, _):
            guard snrs.allSatisfy({ abs($0) <= 100 }) else {
                throw .setting("SNRs of talkers", reason: "expected −100 … 100 dB each, found \(snrs)")
            }
        }
    }
}
