import Foundation

/// Whether a saved state may be gone on with under today's configuration and data.
enum ResumeCheck {
    /// Keys that change neither weights nor scores: where things are, how fast, how often something is said or saved,
    /// and what only the test set sees.
    static let harmless: Set<String> = [
        "training.num_workers", "training.threads", "training.checkpoint_dir", "training.log_dir",
        "training.log_interval", "training.checkpoint_interval", "training.max_bad_share", "data.root",
        "data.stage_to",
        "data.train_manifest", "data.val_manifest", "data.test_manifest", "data.rgb_lmdb",
        "data.thermal_lmdb",
        "data.noise_dir", "data.test_snr_levels", "data.test_noises_per_utterance",
        "data.test_talker_snr_levels",
    ]

    private enum Reason {
        static let maxEpochs = "the learning rate falls over all epochs, so another number changes every step"
        static let patience = "it may be raised, not lowered"
    }

    /// Every change between two resolved configurations (JSON) that forbids going on, as sentences.
    static func changes(from old: String, to new: String) throws -> [String] {
        let (before, after) = (try flat(old), try flat(new))
        return Set(before.keys).union(after.keys).sorted().compactMap { key in
            let (was, now) = (before[key] ?? "not set", after[key] ?? "not set")
            guard was != now, !harmless.contains(where: { key == $0 || key.hasPrefix($0 + ".") }) else {
                return nil
            }
            let change = "\(key) was \(was), is \(now)"
            switch key {
            case "training.max_epochs": return "\(change) (\(Reason.maxEpochs))"
            case "training.patience":
                if let was = Int(was), let now = Int(now), now > was { return nil }
                return "\(change) (\(Reason.patience))"
            default: return change
            }
        }
    }

    /// Leaves of a JSON object by dotted path; arrays are leaves.
    private static func flat(_ text: String) throws -> [String: String] {
        var result: [String: String] = [:]
        func visit(_ value: Any, _ path: String) throws {
            if let object = value as? [String: Any] {
                for (key, value) in object { try visit(value, path.isEmpty ? key : path + "." + key) }
            } else {
                let data = try JSONSerialization.data(
                    withJSONObject: value, options: [.fragmentsAllowed, .withoutEscapingSlashes, .sortedKeys])
                result[path] = String(decoding: data, as: UTF8.self)
            }
        }
        try visit(try JSONSerialization.jsonObject(with: Data(text.utf8)), "")
        return result
    }
}
