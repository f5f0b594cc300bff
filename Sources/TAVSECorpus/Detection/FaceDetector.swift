import TAVSEData

/// Finds the face in a picture: a cascade tried on windows of every size, and the windows it accepts merged.
///
/// > Source: Viola, Jones 2001 (windows over scales, merging of overlapping ones).
struct FaceDetector: Sendable {
    /// A face in pixels of the picture.
    struct Face: Sendable, Equatable {
        var x: Double
        var y: Double
        var width: Double
        var height: Double
        /// Windows that were merged.
        var windows: Int
    }

    private enum Rule {
        /// Ratio of neighbouring window sizes.
        static let scale = 1.1
        /// Smallest face, in the picture's shorter side.
        static let smallest = 1.0 / 6
        /// Windows are tried this many times per width and height.
        static let stepsPerWindow = 20
        /// Two windows see the same face when intersection / union is at least this.
        static let sameFace = 0.5
        /// Fewer windows than this are chance.
        static let leastWindows = 3
        /// More accepted windows than a detector of faces could mean in one picture.
        static let mostWindows = 4000
    }

    let cascade: LBPCascade

    /// The face seen by most windows (the larger one among equals); nil when there is none.
    ///
    /// - Throws: ``DataError/setting(_:reason:)`` when the cascade accepts windows without end.
    func face(in image: GreyImage) throws(DataError) -> Face? {
        let groups = Self.merge(try windows(in: image)).filter { $0.windows >= Rule.leastWindows }
        return groups.max { ($0.windows, $0.width) < ($1.windows, $1.width) }
    }

    /// Every window of every size that the cascade accepts.
    func windows(in image: GreyImage) throws(DataError) -> [Face] {
        var found: [Face] = []
        let shorter = Double(min(image.width, image.height))
        var scale = max(1, shorter * Rule.smallest / Double(max(cascade.width, cascade.height)))
        var base = image
        while true {
            let width = Int((Double(image.width) / scale).rounded())
            let height = Int((Double(image.height) / scale).rounded())
            guard width >= cascade.width, height >= cascade.height else { return found }
            // Interpolation reaches over two pixels; a stronger reduction starts from a smaller picture.
            while base.width >= 2 * width, base.height >= 2 * height { base = base.halved() }
            let level = base.resized(width: width, height: height)
            let across = Double(image.width) / Double(width)
            let down = Double(image.height) / Double(height)
            for (x, y) in accepted(level, step: max(1, cascade.width / Rule.stepsPerWindow)) {
                found.append(
                    Face(
                        x: Double(x) * across, y: Double(y) * down, width: Double(cascade.width) * across,
                        height: Double(cascade.height) * down, windows: 1))
            }
            guard found.count <= Rule.mostWindows else {
                throw .setting(
                    "cascade",
                    reason:
                        "it accepts \(found.count) windows of one picture, so it detects nothing; use another"
                )
            }
            scale *= Rule.scale
        }
    }

    /// Top left corners of accepted windows of the cascade's own size, row by row.
    func accepted(_ image: GreyImage, step: Int) -> [(x: Int, y: Int)] {
        guard image.width >= cascade.width, image.height >= cascade.height else { return [] }
        let stride = image.width + 1
        let table = image.integral()
        // Sixteen corners of a pattern's blocks, relative to the window's; the loader checked that they lie inside.
        let corners: [Int32] = cascade.features.flatMap { feature in
            (0..<16).map { k in
                Int32((feature.y + k / 4 * feature.height) * stride + feature.x + k % 4 * feature.width)
            }
        }
        var result: [(x: Int, y: Int)] = []
        table.withUnsafeBufferPointer { sums in
            corners.withUnsafeBufferPointer { corners in
                cascade.stumps.withUnsafeBufferPointer { stumps in
                    for y in Swift.stride(from: 0, through: image.height - cascade.height, by: step) {
                        for x in Swift.stride(from: 0, through: image.width - cascade.width, by: step)
                        where passes(sums, corners, stumps, at: y * stride + x) { result.append((x, y)) }
                    }
                }
            }
        }
        return result
    }

    @inline(__always)
    private func passes(
        _ sums: UnsafeBufferPointer<UInt32>, _ corners: UnsafeBufferPointer<Int32>,
        _ stumps: UnsafeBufferPointer<LBPCascade.Stump>, at window: Int
    ) -> Bool {
        for stage in cascade.stages {
            var votes = 0.0
            for index in stage.stumps {
                let stump = stumps[index]
                let code = Self.pattern(sums, corners, 16 * stump.feature, window)
                let isInside = stump.patterns[Int(code >> 5)] >> (code & 31) & 1 == 1
                votes += isInside ? stump.inside : stump.outside
            }
            if votes < stage.threshold { return false }
        }
        return true
    }

    @inline(__always)
    private static func pattern(
        _ sums: UnsafeBufferPointer<UInt32>, _ corners: UnsafeBufferPointer<Int32>, _ first: Int,
        _ window: Int
    ) -> UInt32 {
        @inline(__always) func corner(_ k: Int) -> UInt32 { sums[window + Int(corners[first + k])] }
        /// The sum of the block whose top left corner is corner k.
        @inline(__always) func block(_ k: Int) -> UInt32 {
            corner(k) &- corner(k + 1) &- corner(k + 4) &+ corner(k + 5)
        }
        let inner = block(5)
        var code: UInt32 = 0
        if block(0) >= inner { code |= 128 }
        if block(1) >= inner { code |= 64 }
        if block(2) >= inner { code |= 32 }
        if block(6) >= inner { code |= 16 }
        if block(10) >= inner { code |= 8 }
        if block(9) >= inner { code |= 4 }
        if block(8) >= inner { code |= 2 }
        if block(4) >= inner { code |= 1 }
        return code
    }

    /// Means of the windows that overlap, directly or through others.
    static func merge(_ windows: [Face]) -> [Face] {
        var group = Array(windows.indices)
        func root(_ index: Int) -> Int {
            var index = index
            while group[index] != index { index = group[index] }
            return index
        }
        for a in windows.indices {
            for b in 0..<a where overlap(windows[a], windows[b]) >= Rule.sameFace {
                let (p, q) = (root(a), root(b))
                group[max(p, q)] = min(p, q)
            }
        }
        var sums: [Int: Face] = [:]
        for (index, window) in windows.enumerated() {
            var sum = sums[root(index)] ?? Face(x: 0, y: 0, width: 0, height: 0, windows: 0)
            sum.x += window.x
            sum.y += window.y
            sum.width += window.width
            sum.height += window.height
            sum.windows += 1
            sums[root(index)] = sum
        }
        return sums.sorted { $0.key < $1.key }.map { _, sum in
            let n = Double(sum.windows)
            return Face(
                x: sum.x / n, y: sum.y / n, width: sum.width / n, height: sum.height / n, windows: sum.windows
            )
        }
    }

    /// Intersection / union of two rectangles.
    static func overlap(_ a: Face, _ b: Face) -> Double {
        let w = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
        let h = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
        guard w > 0, h > 0 else { return 0 }
        return w * h / (a.width * a.height + b.width * b.height - w * h)
    }
}
