import TAVSEData

/// A cascade of boosted decision stumps on multi-block local binary patterns.
///
/// A pattern divides a rectangle into 3 × 3 equal blocks and compares each outer block's sum with the inner one's:
/// bit 7 is the block at the top left, further bits follow clockwise, a bit is set when outer ≥ inner. A stump looks
/// its pattern up in a set of 256 and votes with one of two values; a window passes a stage when the votes reach the
/// stage's threshold, and is accepted when it passes all stages.
///
/// > Source: Viola, Jones, *Rapid object detection using a boosted cascade of simple features*, CVPR 2001; Liao, Zhu,
/// > Lei, Zhang, Li, *Learning multi-scale block local binary patterns for face recognition*, ICB 2007. The file format
/// > is OpenCV's (`opencv-cascade-classifier`, `featureType` LBP).
struct LBPCascade: Sendable {
    /// A pattern's place: its first block in pixels of the window.
    struct Feature: Sendable, Equatable {
        let x: Int
        let y: Int
        let width: Int
        let height: Int
    }

    struct Stump: Sendable {
        let feature: Int
        /// Bit `code & 31` of word `code >> 5` says whether a pattern is in the set.
        let patterns: SIMD8<UInt32>
        let inside: Double
        let outside: Double
    }

    struct Stage: Sendable {
        let stumps: Range<Int>
        let threshold: Double
    }

    let width: Int
    let height: Int
    let features: [Feature]
    let stumps: [Stump]
    let stages: [Stage]

    /// Thresholds are rounded in the files and equal a possible sum of votes; this much below still passes.
    static let slack = 1e-5
    private static let windowSides = 6...256
    private static let mostElements = 100_000

    /// - Throws: ``DataError/unreadable(path:reason:)`` saying what is wrong with the file.
    init(xml bytes: [UInt8], path: String) throws(DataError) {
        func bad(_ reason: String, _ node: XMLTree?) -> DataError {
            let place = node.map { "line \($0.line): " } ?? ""
            return .unreadable(path: path, reason: place + reason)
        }
        func child(_ node: XMLTree, _ name: String) throws(DataError) -> XMLTree {
            guard let found = node[name] else { throw bad("<\(node.name)> has no <\(name)>", node) }
            return found
        }
        func numbers<Number: LosslessStringConvertible>(
            _ node: XMLTree, _ name: String, count: Int, as type: Number.Type
        ) throws(DataError) -> [Number] {
            let node = try child(node, name)
            guard let list = node.numbers(type), list.count == count else {
                throw bad(
                    "<\(name)>: expected \(count) number\(count == 1 ? "" : "s"), found "
                        + "'\(node.text.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(60))'",
                    node)
            }
            return list
        }
        let root = try XMLTree.parse(bytes, path: path)
        guard let top = root.name == "cascade" ? root : root["cascade"] else {
            throw bad("no <cascade>: expected a cascade classifier of OpenCV's format", root)
        }
        let kind = try child(top, "featureType").text.filter { !$0.isWhitespace }
        guard kind == "LBP" else {
            throw bad(
                "features of type '\(kind.prefix(20))'; only LBP cascades are read, such as lbpcascade_frontalface_improved.xml",
                top["featureType"])
        }
        width = try numbers(top, "width", count: 1, as: Int.self)[0]
        height = try numbers(top, "height", count: 1, as: Int.self)[0]
        guard Self.windowSides.contains(width), Self.windowSides.contains(height) else {
            throw bad("a window of \(width)x\(height) pixels; expected 6 to 256", top["width"])
        }
        let featureNodes = try child(top, "features").children
        guard (1...Self.mostElements).contains(featureNodes.count) else {
            throw bad("\(featureNodes.count) features", top["features"])
        }
        var features: [Feature] = []
        for node in featureNodes {
            let r = try numbers(node, "rect", count: 4, as: Int.self)
            guard (0..<width).contains(r[0]), (0..<height).contains(r[1]), (1...width).contains(r[2]),
                (1...height).contains(r[3]), r[0] + 3 * r[2] <= width, r[1] + 3 * r[3] <= height
            else { throw bad("feature \(r) does not lie inside the window", node) }
            features.append(Feature(x: r[0], y: r[1], width: r[2], height: r[3]))
        }
        var stumps: [Stump] = []
        var stages: [Stage] = []
        for stage in try child(top, "stages").children {
            let threshold = try numbers(stage, "stageThreshold", count: 1, as: Double.self)[0]
            let first = stumps.count
            for node in try child(stage, "weakClassifiers").children {
                let inner = try numbers(node, "internalNodes", count: 11, as: Int.self)
                let leaves = try numbers(node, "leafValues", count: 2, as: Double.self)
                guard inner[0] == 0, inner[1] == -1 else {
                    throw bad("a tree of several nodes; only stumps ('0 -1 …') are read", node)
                }
                guard features.indices.contains(inner[2]) else {
                    throw bad("feature \(inner[2]) of \(features.count)", node)
                }
                var patterns = SIMD8<UInt32>()
                for k in 0..<8 {
                    guard let word = Int32(exactly: inner[3 + k]) else {
                        throw bad("'\(inner[3 + k])' is no 32-bit number", node)
                    }
                    patterns[k] = UInt32(bitPattern: word)
                }
                guard leaves.allSatisfy(\.isFinite) else { throw bad("a vote that is not finite", node) }
                stumps.append(
                    Stump(feature: inner[2], patterns: patterns, inside: leaves[0], outside: leaves[1]))
            }
            guard threshold.isFinite, stumps.count > first, stumps.count <= Self.mostElements else {
                throw bad("a stage without stumps or with a threshold that is not finite", stage)
            }
            stages.append(Stage(stumps: first..<stumps.count, threshold: threshold - Self.slack))
        }
        guard !stages.isEmpty else { throw bad("no stages", top["stages"]) }
        self.features = features
        self.stumps = stumps
        self.stages = stages
    }
}
