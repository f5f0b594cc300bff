import Foundation
import TAVSEBase
import TAVSEData
import TAVSESignal

/// Draws the mouth region as a colour camera sees it: skin, lips, teeth, tongue, lighting, noise.
struct RGBMouthRenderer {
    let face: Face
    let scene: Scene
    let side: Int
    /// Shade of the skin but for the shadow under the lower lip, which moves with it.
    private let shade: FacePlane

    init(face: Face, scene: Scene, side: Int) {
        self.face = face
        self.scene = scene
        self.side = side
        shade = FacePlane { x, y in Self.shade(of: face, x, y) }
    }

    /// Renders one frame.
    func render(_ pose: MouthPose, frame: Int, using generator: inout SplitMix64) -> Raster {
        let lips = LipShape(pose, face: face)
        let sway = scene.sway[min(frame, scene.sway.count - 1)]
        let scale = 96 / Double(side)
        let (sine, cosine) = (sin(scene.tilt), cos(scene.tilt))
        let chin = lips.lowerGap + lips.lowerLip
        var bytes = [UInt8](repeating: 0, count: side * side * 3)
        bytes.withUnsafeMutableBufferPointer { out in
            for y in 0..<side {
                for x in 0..<side {
                    let px = (Double(x) + 0.5) * scale - 48 - sway.x
                    let py = (Double(y) + 0.5) * scale - 46 - sway.y
                    let fx = (cosine * px + sine * py) * scene.stretch.x
                    let fy = (cosine * py - sine * px) * scene.stretch.y
                    var color = skin(fx, fy, chin: chin)
                    paint(&color, fx, fy, lips: lips, pose: pose)
                    let light = scene.brightness * (1 + (scene.slope.x * fx + scene.slope.y * fy) / 48)
                    let bits = generator.next()
                    let index = (y * side + x) * 3
                    for c in 0..<3 {
                        // Three 7-bit numbers summed: nearly normal, standard deviation 64.
                        let field = bits >> UInt64(21 * c)
                        let sum = (field & 127) + (field >> 7 & 127) + (field >> 14 & 127)
                        let noise = (Double(sum) - 190.5) / 64 * scene.noise
                        let value = color[c] * light * scene.whiteBalance[c] + noise
                        out[index + c] = UInt8(min(max(value * 255 + 0.5, 0), 255))
                    }
                }
            }
        }
        return Raster(width: side, height: side, channels: 3, depth: 8, bytes: bytes)
    }

    private func skin(_ x: Double, _ y: Double, chin: Double) -> SIMD3<Double> {
        let under = 1 - 0.2 * Self.bump(x / 20, (y - chin - 6) / 4.5)
        return SIMD3(face.skin[0], face.skin[1], face.skin[2]) * (shade.value(x, y) * under)
    }

    /// Texture, nose shadow and nostrils, and smile folds.
    private static func shade(of face: Face, _ x: Double, _ y: Double) -> Double {
        var shade = 1 + 0.03 * face.textureValue(x, y)
        let nose = Self.bump(x / 13, (y + 44) / 12)
        shade *= 1 + 0.08 * nose
        shade *= 1 - 0.10 * Self.bump(x / 4, (y + 22) / 10)
        let fold = abs(x) - 30 - 0.35 * y
        shade *= 1 - 0.12 * Self.bump(fold / 4, (y + 10) / 30)
        let nostril = Self.bump((abs(x) - 8.5) / 4, (y + 37) / 2.6)
        shade *= 1 - 0.7 * min(nostril * 1.4, 1)
        return shade
    }

    /// Lips over the skin, then what shows between them.
    private func paint(
        _ color: inout SIMD3<Double>, _ x: Double, _ y: Double, lips: LipShape, pose: MouthPose
    ) {
        let u = x / lips.halfWidth
        guard abs(u) < 1 else { return }
        let edge = lips.edges(at: u)
        let lip = Self.coverage(y - edge.outerUpper) * Self.coverage(edge.outerLower - y)
        guard lip > 0 else { return }
        let isUpper = y < (edge.innerUpper + edge.innerLower) / 2
        let thickness = isUpper ? edge.innerUpper - edge.outerUpper : edge.outerLower - edge.innerLower
        let depth = isUpper ? (y - edge.outerUpper) : (y - edge.innerLower)
        let place = thickness > 0.1 ? depth / thickness : 0
        let gloss = isUpper ? 0.88 - 0.12 * place : 1.0 + 0.16 * Self.bump((place - 0.4) / 0.3, u / 0.6)
        var lipColor = SIMD3(face.lips[0], face.lips[1], face.lips[2]) * gloss
        lipColor *= 1 + 0.04 * face.textureValue(3 * x, 0.4 * y)
        color += (lipColor - color) * lip

        let gap = edge.innerLower - edge.innerUpper
        let inside = Self.coverage(y - edge.innerUpper) * Self.coverage(edge.innerLower - y) * min(gap, 1)
        // Closed lips still meet in a dark line.
        let seam = Self.bump((y - edge.innerUpper) / 1.1, 0) * max(1 - gap, 0)
        color *= 1 - 0.55 * seam
        guard inside > 0 else { return }
        var hollow = SIMD3(0.17, 0.06, 0.06) * (1 - 0.4 * Self.bump(u / 0.5, (y - 4) / 8))
        let tongueTop = edge.innerLower - gap * (0.25 + 0.45 * pose.tongue)
        let tongue = Self.coverage(y - tongueTop) * min(pose.tongue * 1.5, 1) * (1 - u * u)
        hollow += (SIMD3(0.62, 0.28, 0.28) - hollow) * tongue
        let teethEnd = edge.innerUpper + min(8, max(gap * 0.7, 1.6)) * pose.teeth
        let ridge = 1 - 0.15 * Self.bump(((abs(x) * 0.19).truncatingRemainder(dividingBy: 1) - 0.5) / 0.12, 0)
        let teeth = Self.coverage(teethEnd - y) * min(pose.teeth * 2, 1) * (abs(u) < 0.82 ? 1 : 0)
        hollow += (SIMD3(0.86, 0.83, 0.74) * ridge * (1 - 0.35 * u * u) - hollow) * teeth
        color += (hollow - color) * inside
    }

    /// 1/(1 + r²)² : a cheap bell.
    private static func bump(_ x: Double, _ y: Double) -> Double {
        let q = 1 / (1 + x * x + y * y)
        return q * q
    }

    /// Share of a pixel on the positive side of an edge.
    private static func coverage(_ distance: Double) -> Double { min(max(distance + 0.5, 0), 1) }
}
