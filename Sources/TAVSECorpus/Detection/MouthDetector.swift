import TAVSEData

/// Finds the mouth in every frame of a clip: below the middle of the detected face, with stray detections removed.
struct MouthDetector: Sendable {
    /// Where the mouth is in the square that the standard cascade draws from the brows to the chin, in its sides.
    ///
    /// Measured on portraits; the lips cover about half the face's width, so that the square holds them when open.
    enum Proportion {
        static let centreX = 0.5
        static let centreY = 0.8
        static let width = 0.7
        static let height = 0.5
    }

    private enum Rule {
        /// Detections this many frames before and after say where the mouth ought to be.
        static let reach = 7
        /// A detection further away than this, in widths, is something else.
        static let farthest = 0.5
        /// A detection larger or smaller by more than this ratio is something else.
        static let sizeRatio = 1.4
        /// The median runs over this many frames before and after.
        static let radius = 2
    }

    let detector: FaceDetector
    let minimumScore: Double
    /// The file's name and a hash of its content, for the record of an import.
    let origin: String

    /// Reads the cascade.
    ///
    /// - Parameter cascade: a file, or nil for the installed one.
    init(cascade: String?, minimumScore: Double) throws(DataError) {
        let (path, bytes) = try CascadeFile.read(cascade)
        detector = FaceDetector(cascade: try LBPCascade(xml: bytes, path: path))
        self.minimumScore = minimumScore
        // FNV-1a: tells files apart, no protection against forgery.
        let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        origin = name + " " + String(hash, radix: 16)
    }

    /// Mouth boxes by frame number of the frames in which a face was found.
    ///
    /// - Parameters:
    ///   - frames: where the colour picture of each frame is.
    ///   - picture: reads a picture of 8 bits.
    func boxes(
        in frames: [Int: Int], picture: (Int) throws(DataError) -> Raster
    ) throws(DataError) -> [Int: MouthBox] {
        var found: [Int: MouthBox] = [:]
        for (frame, place) in frames.sorted(by: { $0.key < $1.key }) {
            let face = try detector.face(in: GreyImage(try picture(place)))
            if let face, Double(face.windows) >= minimumScore { found[frame] = Self.mouth(of: face) }
        }
        return Self.steady(found)
    }

    /// The mouth in a face.
    static func mouth(of face: FaceDetector.Face) -> MouthBox {
        let width = face.width * Proportion.width
        let height = face.height * Proportion.height
        return MouthBox(
            x: face.x + face.width * Proportion.centreX - width / 2,
            y: face.y + face.height * Proportion.centreY - height / 2, width: width, height: height,
            score: Double(face.windows))
    }

    /// Drops detections far from the median of their neighbours, then takes medians of five frames.
    ///
    /// Near the ends the median runs over as many frames before as after, so that a steady movement stays where it is.
    static func steady(_ boxes: [Int: MouthBox]) -> [Int: MouthBox] {
        let kept = boxes.filter { frame, box in
            let near = (frame - Rule.reach...frame + Rule.reach).compactMap { boxes[$0] }
            let usual = median(near)
            let ratio = box.width / usual.width
            return abs(box.x + box.width / 2 - usual.x - usual.width / 2) <= Rule.farthest * usual.width
                && abs(box.y + box.height / 2 - usual.y - usual.height / 2) <= Rule.farthest * usual.width
                && ratio <= Rule.sizeRatio && ratio >= 1 / Rule.sizeRatio
        }
        return Dictionary(
            uniqueKeysWithValues: kept.map { frame, box in
                // Pairs of frames at the same distance: a gap on one side must not pull to the other.
                var near = [box]
                for distance in 1...Rule.radius {
                    if let before = kept[frame - distance], let after = kept[frame + distance] {
                        near += [before, after]
                    }
                }
                var value = median(near)
                value.score = box.score
                return (frame, value.rounded())
            })
    }

    /// Medians of the four numbers on their own; of an even count the mean of the middle two.
    private static func median(_ boxes: [MouthBox]) -> MouthBox {
        func middle(_ value: (MouthBox) -> Double) -> Double {
            let sorted = boxes.map(value).sorted()
            return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        }
        return MouthBox(
            x: middle(\.x), y: middle(\.y), width: middle(\.width), height: middle(\.height))
    }
}

extension MouthBox {
    /// To hundredths of a pixel, as boxes are written to and read from CSV, so that both give the same pictures.
    func rounded() -> MouthBox {
        func round(_ value: Double) -> Double { Double(Float((value * 100).rounded() / 100)) }
        return MouthBox(x: round(x), y: round(y), width: round(width), height: round(height), score: score)
    }
}
