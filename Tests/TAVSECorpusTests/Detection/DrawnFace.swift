import Foundation

@testable import TAVSECorpus
@testable import TAVSEData

/// The files of fixtures/detector and the face that they draw.
enum DrawnFace {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("fixtures/detector")
        .path
    static let cascadePath = folder + "/drawn_face_cascade.xml"

    /// What the oracle found.
    struct Expected: Decodable {
        struct Drawn: Decodable {
            let face: [Double]
            let windows: [[Int]]
            let merged: [[Double]]
        }
        let portrait: [[Double]]
        let smallPortrait: [[Int]]
        let drawn: [Drawn]
    }

    static func expected() throws -> Expected {
        try JSONDecoder().decode(
            Expected.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/expected.json")))
    }

    static func detector() throws -> FaceDetector {
        let (path, bytes) = try CascadeFile.read(cascadePath)
        return FaceDetector(cascade: try LBPCascade(xml: bytes, path: path))
    }

    static func picture(_ name: String) throws -> GreyImage {
        GreyImage(try PNGCodec.decode([UInt8](Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))))
    }

    /// Five ellipses on grey 110: centre and radii in sides of the face, grey.
    static func draw(width: Int, height: Int, x: Double, y: Double, side: Double) -> GreyImage {
        let ellipses: [(x: Double, y: Double, rx: Double, ry: Double, grey: UInt8)] = [
            (0.50, 0.50, 0.46, 0.62, 190), (0.28, 0.32, 0.12, 0.07, 50), (0.72, 0.32, 0.12, 0.07, 50),
            (0.50, 0.55, 0.07, 0.14, 225), (0.50, 0.80, 0.22, 0.07, 70),
        ]
        var image = GreyImage(
            width: width, height: height, pixels: [UInt8](repeating: 110, count: width * height))
        for row in 0..<height {
            for column in 0..<width {
                for e in ellipses {
                    let u = (Double(column) + 0.5 - x - e.x * side) / (e.rx * side)
                    let v = (Double(row) + 0.5 - y - e.y * side) / (e.ry * side)
                    if u * u + v * v <= 1 { image.pixels[row * width + column] = e.grey }
                }
            }
        }
        return image
    }
}
