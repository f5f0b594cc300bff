import Foundation

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

    /// Throws the first leak among the names of a data root, as ``DataVerification`` finds them; no audio is read.
    ///
    /// Splits whose manifest or noise is not there leak nothing.
    public static func require(_ root: DataRoot) throws(DataError) {
        var manifests: [Split: Manifest] = [:]
        var noise: [Split: [String]] = [:]
        for split in Split.allCases {
            if FileManager.default.fileExists(atPath: root.manifest(split)) {
                manifests[split] = try Manifest(path: root.manifest(split))
            }
            if FileManager.default.fileExists(atPath: root.noise(split)) {
                noise[split] = try NoiseLibrary.environments(in: root.noise(split))
            }
        }
        let found = leaks(manifests: manifests, noise: noise)
        guard let first = found.first else { return }
        throw found.count == 1
            ? first : .leaks(root: root.path, count: found.count, first: first.description)
    }
}
