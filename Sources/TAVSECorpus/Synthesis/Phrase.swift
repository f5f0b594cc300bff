import TAVSEBase
import TAVSESignal

/// One word of a phrase with its pronunciation and how strongly it is spoken.
struct SpokenWord: Sendable {
    let text: String
    let phones: [String]
    /// Prosodic weight: 1 for a plain content word, lower for function words, higher under focus.
    var stress: Double
}

/// A command-like sentence drawn from a small grammar, so that no two speakers need share a text.
struct Phrase: Sendable {
    /// Groups of words spoken in one breath; a short pause separates groups.
    let groups: [[SpokenWord]]

    /// The words with spaces between, lower case.
    var text: String { groups.joined().map(\.text).joined(separator: " ") }

    /// A sentence of `verb the adjective noun preposition the noun adverb`, some parts left out at random.
    static func random(using generator: inout SplitMix64) -> Phrase {
        func pick(_ words: [(String, String)], stress: Double) -> SpokenWord {
            let word = words[generator.index(below: words.count)]
            return SpokenWord(
                text: word.0, phones: word.1.split(separator: " ").map(String.init),
                stress: stress * generator.uniform(in: 0.85...1.15))
        }
        var first = [pick(verbs, stress: 1.05), pick(determiners, stress: 0.6)]
        if generator.uniform() < 0.75 { first.append(pick(adjectives, stress: 1)) }
        first.append(pick(nouns, stress: 1.1))
        var second = [
            pick(prepositions, stress: 0.65), pick(determiners, stress: 0.6), pick(nouns, stress: 1),
        ]
        if generator.uniform() < 0.6 { second.append(pick(adverbs, stress: 0.95)) }
        if generator.uniform() < 0.5 { return Phrase(groups: [first + second]) }
        return Phrase(groups: [first, second])
    }

    private static let verbs = [
        ("open", "OW P AX N"), ("call", "K AO L"), ("move", "M UW V"), ("find", "F AY N D"),
        ("show", "SH OW"),
        ("bring", "B R IH NG"), ("read", "R IY D"), ("save", "S EY V"), ("check", "T SH EH K"),
        ("leave", "L IY V"), ("watch", "W AA T SH"), ("turn", "T ER N"), ("pack", "P AE K"),
        ("send", "S EH N D"),
    ]
    private static let determiners = [
        ("the", "DH AX"), ("my", "M AY"), ("your", "Y AO R"), ("this", "DH IH S"), ("our", "AW R"),
    ]
    private static let adjectives = [
        ("small", "S M AO L"), ("heavy", "HH EH V IY"), ("yellow", "Y EH L OW"), ("warm", "W AO R M"),
        ("happy", "HH AE P IY"), ("broken", "B R OW K AX N"), ("early", "ER L IY"), ("famous", "F EY M AX S"),
        ("silver", "S IH L V ER"), ("purple", "P ER P AX L"), ("quiet", "K W AY AX T"), ("deep", "D IY P"),
    ]
    private static let nouns = [
        ("window", "W IH N D OW"), ("mother", "M AH DH ER"), ("garden", "G AA R D AX N"),
        ("paper", "P EY P ER"), ("station", "S T EY SH AX N"), ("music", "M Y UW Z IH K"), ("boat", "B OW T"),
        ("family", "F AE M AX L IY"), ("office", "AO F IH S"), ("map", "M AE P"), ("river", "R IH V ER"),
        ("summer", "S AH M ER"), ("phone", "F OW N"), ("kitchen", "K IH T SH AX N"),
        ("bottle", "B AA T AX L"),
        ("house", "HH AW S"), ("memory", "M EH M ER IY"), ("visitor", "V IH Z IH T ER"),
    ]
    private static let prepositions = [
        ("from", "F R AH M"), ("with", "W IH TH"), ("near", "N IY R"), ("before", "B IH F AO R"),
        ("by", "B AY"), ("above", "AX B AH V"), ("in", "IH N"),
    ]
    private static let adverbs = [
        ("today", "T AX D EY"), ("again", "AX G EH N"), ("now", "N AW"),
        ("this morning", "DH IH S M AO R N IH NG"),
        ("before noon", "B IH F AO R N UW N"), ("slowly", "S L OW L IY"), ("at home", "AE T HH OW M"),
    ]
}
