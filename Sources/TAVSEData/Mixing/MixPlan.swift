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
        manifest.entries.indices.flatMap { index in
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
}
