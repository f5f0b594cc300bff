/// Finds names that stand in more than one split.
public enum SplitCheck {
    /// Every leak between manifests and noise environments, in a fixed order.
    ///
    /// - Parameters:
    ///   - manifests: utterances and speakers per split.
    ///   - noise: environment names per split.
    public static func leaks(
        manifests: [Split: Manifest], noise: [Split: [String]] = [:]
    ) -> [DataError] {
        let kinds: [(String, (Split) -> [String])] = [
            ("speaker", { manifests[$0]?.entries.map(\.speaker) ?? [] }),
            ("utterance", { manifests[$0]?.entries.map(\.utterance) ?? [] }),
            ("noise environment", { noise[$0] ?? [] }),
        ]
        return kinds.flatMap { kind, names in
            var homes: [String: Set<Split>] = [:]
            for split in Split.allCases {
                for name in names(split) { homes[name, default: []].insert(split) }
            }
            return homes.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.map { name, splits in
                DataError.leak(
                    kind: kind, name: name,
                    splits: Split.allCases.filter(splits.contains).map(\.rawValue))
            }
        }
    }

    /// Throws the first leak.
    public static func require(
        manifests: [Split: Manifest], noise: [Split: [String]] = [:]
    ) throws(DataError) {
        if let first = leaks(manifests: manifests, noise: noise).first { throw first }
    }
}
