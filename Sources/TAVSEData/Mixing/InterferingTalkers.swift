import TAVSEBase
import TAVSESignal

/// Another speaker's utterance in a mix, and where in it the mix begins.
public struct InterferingTalker: Sendable, Equatable, Codable {
    /// Utterance of the same split.
    public let utterance: String
    /// First sample that is used; the utterance repeats when it ends.
    public let offset: Int

    /// Both by name.
    public init(utterance: String, offset: Int) {
        self.utterance = utterance
        self.offset = offset
    }

    /// Name of a mix with so many interfering talkers, in the place of an environment's: `talker` for one, `babble` for
    /// more.
    public static func noiseType(count: Int) -> String { count == 1 ? "talker" : "babble" }
}

/// The utterances of a split by speaker: what interfering talkers are taken from.
///
/// Speakers are chosen first and then one utterance of each, so that nobody interferes more often for having more
/// utterances. The speaker of the target is never among them.
public struct TalkerLibrary: Sendable {
    private struct Speaker {
        let name: String
        var entries: [ManifestEntry]
    }

    /// Sorted by name.
    private let speakers: [Speaker]
    private let entries: [String: ManifestEntry]

    /// - Parameter manifest: the utterances of the split.
    public init(_ manifest: Manifest) {
        speakers = Dictionary(grouping: manifest.entries, by: \.speaker)
            .map { Speaker(name: $0.key, entries: $0.value) }.sorted { $0.name < $1.name }
        entries = Dictionary(manifest.entries.map { ($0.utterance, $0) }) { first, _ in first }
    }

    /// Number of speakers of the split.
    public var speakerCount: Int { speakers.count }

    /// Numbers of talkers, of those asked for, that there are enough speakers for.
    func possible(_ counts: [Int]) -> [Int] { counts.filter { $0 < speakers.count } }

    /// The manifest entry of an interfering utterance.
    func entry(_ talker: InterferingTalker) -> ManifestEntry? { entries[talker.utterance] }

    /// Talkers for a new mix, drawn.
    func draw(
        _ count: Int, against target: ManifestEntry, using generator: inout SplitMix64
    ) -> [InterferingTalker] {
        var others = speakers.filter { $0.name != target.speaker }
        return (0..<min(count, others.count)).map { _ in
            let speaker = others.remove(at: generator.index(below: others.count))
            let entry = speaker.entries[generator.index(below: speaker.entries.count)]
            return Self.talker(entry, using: &generator)
        }
    }

    /// The talkers of a fixed mix: those speakers, and of each that utterance, whose hash(seed, target, SNR, name) is
    /// smallest, so that adding a speaker or an utterance changes few other mixes and adding an SNR none.
    func fixed(
        _ count: Int, against target: ManifestEntry, snrDB: Double, seed: UInt64
    ) -> [InterferingTalker] {
        let type = InterferingTalker.noiseType(count: count)
        func rank(_ name: String) -> UInt64 {
            SeedPath.derive(seed, type, target.utterance, "\(snrDB)", name)
        }
        let ranked = speakers.filter { $0.name != target.speaker }.map { ($0, rank($0.name)) }
            .sorted { $0.1 < $1.1 }
        return ranked.prefix(count).compactMap { speaker, _ in
            let entry = speaker.entries.map { ($0, rank($0.utterance)) }.min { $0.1 < $1.1 }?.0
            return entry.map { entry in
                var generator = SplitMix64(
                    seed: SeedPath.derive(seed, "mix", target.utterance, entry.utterance, "\(snrDB)"))
                return Self.talker(entry, using: &generator)
            }
        }
    }

    private static func talker(
        _ entry: ManifestEntry, using generator: inout SplitMix64
    ) -> InterferingTalker {
        InterferingTalker(
            utterance: entry.utterance, offset: generator.index(below: max(1, entry.sampleCount)))
    }
}

extension ManifestEntry {
    /// Samples at ``DataRoot/sampleRate`` that the recording has.
    var sampleCount: Int { Int((durationSeconds * Double(DataRoot.sampleRate)).rounded()) }
}
