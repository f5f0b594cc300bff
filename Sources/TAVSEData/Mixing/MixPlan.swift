import TAVSEBase
import TAVSESignal

/// How noisy speech is made from clean.
public enum MixPlan: Sendable, Equatable {
    /// A new mix in every epoch: SNR, noise and offset drawn from (seed, epoch, utterance).
    case drawn(snrsDB: [Double])
    /// The same with SNRs drawn uniformly between two.
    case uniform(lowestDB: Double, highestDB: Double)
    /// The same mixes for ever: every utterance at every SNR, with so many environments chosen by hash (nil: all).
    case fixed(snrsDB: [Double], noisesPerUtterance: Int?)

    /// An SNR for a new mix.
    func draw(using generator: inout SplitMix64) -> Double {
        switch self {
        case .drawn(let snrs), .fixed(let snrs, _): snrs[generator.index(below: snrs.count)]
        case .uniform(let lowest, let highest): lowest + (highest - lowest) * generator.uniform()
        }
    }
}

/// Mixes whose noise is speech: other speakers' utterances of the same split.
public enum TalkerPlan: Sendable, Equatable {
    /// A share of the drawn mixes, with SNRs drawn uniformly between two and one of the numbers of talkers.
    case drawn(share: Double, lowestDB: Double, highestDB: Double, counts: [Int])
    /// Beside the mixes with noise, every utterance at every SNR: once with one talker and once with several, where the
    /// numbers of talkers hold such.
    case fixed(snrsDB: [Double], counts: [Int])

    /// Numbers of talkers, each 1 … 3.
    var counts: [Int] {
        switch self {
        case .drawn(_, _, _, let counts), .fixed(_, let counts): counts
        }
    }

    /// Whether it asks for any mix.
    var isActive: Bool {
        switch self {
        case .drawn(let share, _, _, _): share > 0
        case .fixed(let snrs, _): !snrs.isEmpty
        }
    }

    /// The same with other numbers of talkers.
    func with(counts: [Int]) -> TalkerPlan {
        switch self {
        case .drawn(let share, let lowest, let highest, _):
            .drawn(share: share, lowestDB: lowest, highestDB: highest, counts: counts)
        case .fixed(let snrs, _): .fixed(snrsDB: snrs, counts: counts)
        }
    }
}

/// One utterance in one noise at one SNR, of the fixed sets.
public struct FixedMix: Sendable, Equatable {
    /// Index of the manifest entry.
    public let entry: Int
    /// Its mix.
    public let choice: MixChoice

    /// All fixed mixes of a manifest: utterances in manifest order, then SNRs, then environments by name.
    ///
    /// Which environments an utterance gets when not all: the ones whose hash(seed, utterance, noise) is smallest, so
    /// adding an utterance or an SNR changes no other mix.
    public static func all(
        of manifest: Manifest, noise: NoiseLibrary, snrsDB: [Double], noisesPerUtterance: Int?, seed: UInt64
    ) -> [FixedMix] {
        manifest.entries.indices.flatMap {
            withNoise(
                $0, of: manifest, noise, snrsDB: snrsDB, noisesPerUtterance: noisesPerUtterance, seed: seed)
        }
    }

    /// All fixed mixes of a manifest, those with talkers after those with noise of each utterance.
    ///
    /// - Parameters:
    ///   - talkers: where talkers come from.
    static func all(
        of manifest: Manifest, noise: NoiseLibrary, snrsDB: [Double], noisesPerUtterance: Int?,
        talkers: TalkerLibrary, talkerSNRsDB: [Double], counts: [Int], seed: UInt64
    ) -> [FixedMix] {
        manifest.entries.indices.flatMap {
            withNoise(
                $0, of: manifest, noise, snrsDB: snrsDB, noisesPerUtterance: noisesPerUtterance, seed: seed)
                + withTalkers($0, of: manifest, talkers, snrsDB: talkerSNRsDB, counts: counts, seed: seed)
        }
    }

    private static func withTalkers(
        _ index: Int, of manifest: Manifest, _ talkers: TalkerLibrary, snrsDB: [Double], counts: [Int],
        seed: UInt64
    ) -> [FixedMix] {
        let entry = manifest.entries[index]
        let kinds = [counts.filter { $0 == 1 }, counts.filter { $0 > 1 }].filter { !$0.isEmpty }
        return snrsDB.flatMap { snr in
            kinds.map { kind in
                let hash = SeedPath.derive(seed, "talkers", entry.utterance, "\(snr)")
                let chosen = talkers.fixed(
                    kind[Int(hash % UInt64(kind.count))], against: entry, snrDB: snr, seed: seed)
                return FixedMix(entry: index, choice: MixChoice(talkers: chosen, snrDB: snr))
            }
        }
    }

    private static func withNoise(
        _ index: Int, of manifest: Manifest, _ noise: NoiseLibrary, snrsDB: [Double],
        noisesPerUtterance: Int?,
        seed: UInt64
    ) -> [FixedMix] {
        let utterance = manifest.entries[index].utterance
        var chosen = noise.recordings
        if let limit = noisesPerUtterance, limit < chosen.count {
            let ranked = chosen.map { ($0, SeedPath.derive(seed, "environment", utterance, $0.name)) }
                .sorted { $0.1 < $1.1 }
            chosen = ranked.prefix(limit).map(\.0).sorted { $0.name < $1.name }
        }
        return snrsDB.flatMap { snr in
            chosen.map {
                FixedMix(
                    entry: index, choice: .fixed(seed: seed, utterance: utterance, noise: $0, snrDB: snr))
            }
        }
    }
}
