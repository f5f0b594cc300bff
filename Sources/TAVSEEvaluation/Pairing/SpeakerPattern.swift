/// Takes the speaker of a recording from its name.
public struct SpeakerPattern: Sendable {
    /// The regular expression as given.
    public let text: String

    /// - Parameter text: a regular expression with at least one group; nil otherwise.
    public init?(_ text: String) {
        // With an empty alternative every expression matches the empty text, which shows how many groups there are.
        guard (try? Regex(text)) != nil, let probe = try? Regex("(?:\(text))|"),
            let match = try? probe.wholeMatch(in: ""), match.output.count > 1
        else { return nil }
        self.text = text
    }

    /// Fills in the speakers that are not known yet; the first group that matched is the speaker.
    ///
    /// - Returns: recordings per speaker, by name, for people to look at.
    /// - Throws: `.noSpeaker` naming recordings that do not match.
    public func apply(
        to pairs: inout [RecordingPair]
    ) throws(EvaluationError) -> [(speaker: String, count: Int)] {
        var counts: [String: Int] = [:]
        var unmatched: [String] = []
        let expression = try? Regex(text)
        for index in pairs.indices {
            if pairs[index].speaker == nil {
                let name = pairs[index].utterance
                let match = try? expression?.firstMatch(in: name)
                let group = match?.output.dropFirst().lazy.compactMap(\.substring).first
                if let group, !group.isEmpty {
                    pairs[index].speaker = String(group)
                } else {
                    unmatched.append(name)
                }
            }
            if let speaker = pairs[index].speaker { counts[speaker, default: 0] += 1 }
        }
        guard unmatched.isEmpty else {
            throw .noSpeaker(
                pattern: text, examples: Array(unmatched.prefix(3)), count: unmatched.count,
                total: pairs.count)
        }
        return counts.sorted { $0.key < $1.key }.map { (speaker: $0.key, count: $0.value) }
    }
}
