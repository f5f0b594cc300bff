/// What the name of an evaluated network says, `base[@subset][+control]`: "audio_rgb@audio+rgb+shuffle" is the network
/// "audio_rgb", given "audio+rgb", shown another video.
package struct SystemName {
    /// Changes of the video that a name can end in; `TAVSEEvaluation.VisualControl` makes them.
    package static let controls: Set<String> = ["zero", "shuffle", "shift", "freeze"]

    /// The network.
    package let base: String
    /// The modalities it was given; nil for all.
    let subset: String?
    /// How its video was changed; nil for not at all.
    package let control: String?

    package init(_ name: String) {
        var rest = name[...]
        var (subset, control): (String?, String?) = (nil, nil)
        if let plus = rest.lastIndex(of: "+"), plus > rest.startIndex {
            let last = String(rest[rest.index(after: plus)...])
            if Self.controls.contains(last) { (control, rest) = (last, rest[..<plus]) }
        }
        if let at = rest.lastIndex(of: "@"), at > rest.startIndex {
            (subset, rest) = (String(rest[rest.index(after: at)...]), rest[..<at])
        }
        (base, self.subset, self.control) = (String(rest), subset, control)
    }

    /// Order of what one network does: with few modalities, with more, with all; with a changed video before its own.
    package func takesMoreAway(than other: SystemName) -> Bool {
        subset == other.subset
            ? Self.precedes(control, other.control) : Self.precedes(subset, other.subset)
    }

    /// Number of words.
    package static func partCount(_ name: String) -> Int {
        name.split { $0 == "+" || $0 == "_" || $0 == "-" || $0 == " " }.count
    }

    /// Fewer words first, then by Unicode scalars; nothing last.
    private static func precedes(_ a: String?, _ b: String?) -> Bool {
        guard let a else { return false }
        guard let b else { return true }
        let (partsA, partsB) = (partCount(a), partCount(b))
        return partsA != partsB ? partsA < partsB : ItemOrder.text(a, b)
    }
}
