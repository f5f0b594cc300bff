import TAVSEData

extension TrainingProgress {
    /// Notes what is wrong with the examples of a batch.
    ///
    /// - Parameters:
    ///   - batch: of the training split.
    /// - Returns: what to say: one sentence for each file or utterance that was not known before.
    mutating func note(_ batch: Batch) -> [String] {
        var said: [String] = []
        for example in batch.examples {
            if let bad = example.replaced {
                let text =
                    "utterance \(bad.utterance) is skipped, \(example.entry.utterance) stands in for it: \(bad.reason)"
                note(bad, split: .train, text: text, into: &said)
            }
            if let noise = example.movedNoise {
                note(
                    "noise \(noise)",
                    BadData(
                        kinds: ["train_noise", "train_noise_sound"],
                        reason:
                            "noise \(noise) is silent in part; where a mix asked for such a part, a later one is used"
                    ), into: &said)
            }
        }
        return said
    }

    /// Notes examples that a validation left out.
    mutating func note(leftOut: [BadExample]) -> [String] {
        var said: [String] = []
        for bad in leftOut {
            note(
                bad, split: .val, text: "validation without utterance \(bad.utterance): \(bad.reason)",
                into: &said)
        }
        return said
    }

    private mutating func note(_ bad: BadExample, split: Split, text: String, into said: inout [String]) {
        note(
            "\(split.rawValue) \(bad.utterance)",
            BadData(kinds: Self.kinds(of: bad.error, split), reason: text), into: &said)
    }

    private mutating func note(_ name: String, _ data: BadData, into said: inout [String]) {
        var known = badData ?? [:]
        guard known[name] == nil else { return }
        known[name] = data
        badData = known
        said.append(data.reason)
    }

    /// What of the data a repair may change.
    private static func kinds(of error: DataError, _ split: Split) -> [String] {
        let parts =
            switch error {
            case .codec, .frame, .frameStore: Camera.allCases.map(\.rawValue)
            default: ["audio", "noise", "noise_sound"]
            }
        return parts.map { "\(split.rawValue)_\($0)" }
    }
}
