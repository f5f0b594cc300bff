import TAVSEStore

/// The order in which systems are compared: the plainest first, so that `first − second` asks what was gained.
///
/// A name is read as a set of components: "A+R+T" is {A, R, T}, "audio_rgb" is {audio, rgb} ("only" does not count).
/// Where one system's set is contained in every other's, the names tell which is richer: systems are ordered by the
/// number of components, then by name. Otherwise nothing can be told from the names and the table's order stays,
/// its first system being the baseline. What a network does with less than it can have ("audio_rgb@audio",
/// "audio_rgb+shuffle") counts as that network and comes right before it.
///
/// Pairs then are, for each system as the second, all later ones as the first. For A, A+R, A+T, A+R+T:
/// (A+R, A), (A+T, A), (A+R+T, A), (A+T, A+R), (A+R+T, A+R), (A+R+T, A+T).
enum PairOrder {
    /// Positions of the names in the order of comparison.
    static func order(_ names: [String]) -> [Int] {
        let parsed = names.map(SystemName.init)
        let components = parsed.map { Self.components($0.base) }
        let sharesBase = components.contains { base in components.allSatisfy { base.isSubset(of: $0) } }
        // Equal sets (a model in two versions) say nothing about which is richer.
        guard sharesBase, Set(components).count == Set(parsed.map(\.base)).count else {
            return Array(names.indices)
        }
        return names.indices.sorted { a, b in
            let (baseA, baseB) = (parsed[a].base, parsed[b].base)
            if baseA == baseB { return parsed[a].takesMoreAway(than: parsed[b]) }
            let (countA, countB) = (components[a].count, components[b].count)
            return countA == countB ? baseA.utf8.lexicographicallyPrecedes(baseB.utf8) : countA < countB
        }
    }

    /// Pairs (first, second) of positions, given systems in the order of comparison.
    static func pairs(_ ordered: [Int]) -> [(first: Int, second: Int)] {
        ordered.indices.flatMap { second in
            ordered[(second + 1)...].map { (first: $0, second: ordered[second]) }
        }
    }

    private static func components(_ name: String) -> Set<String> {
        let separators: Set<Character> = name.contains("+") ? ["+"] : ["_", "-"]
        return Set(name.split { separators.contains($0) }.map { $0.lowercased() }.filter { $0 != "only" })
    }
}
