import Foundation
import TAVSEBase
import TAVSEData
import TAVSESignal

/// Draws the same mouth as a thermal camera sees it: temperatures, not colours.
///
/// The open mouth is warm, breath warms the lips and nostrils going out and cools the nostrils going in, all seen
/// at half resolution with the sensor's drift, column pattern and noise. Rounding and teeth hardly show; air flow,
/// which the colour camera cannot see, does.
struct ThermalMouthRenderer {
    /// Temperatures shown as 0 and full scale of 8-bit frames, °C.
    static let range = 28.0...38.0

    let face: Face
    let scene: Scene
    let side: Int
    /// 8: ``range`` maps to 0…255. 16: hundredths of a kelvin, as radiometric cameras store it.
    let depth: Int
    /// Temperature of the resting face, and how far the nostrils' air reaches.
    private let resting: FacePlane
    private let nostrils: FacePlane

    init(face: Face, scene: Scene, side: Int, depth: Int) {
        self.face = face
        self.scene = scene
        self.side = side
        self.depth = depth
        resting = FacePlane { x, y in
            var t = face.skinTemperature + 0.14 * face.textureValue(0.12 * x, 0.12 * y)
            t -= 1.1 * (x / 48) * (x / 48)
            t -= 3.4 * Self.bell(x / 20, (y + 50) / 17)
            return t - 0.6 * Self.bell(x / 26, (y - 30) / 12)
        }
        nostrils = FacePlane { x, y in Self.bell((abs(x) - 8.5) / 6, (y + 37) / 5.5) }
    }

    /// Renders one frame.
    func render(_ pose: MouthPose, frame: Int, using generator: inout SplitMix64) -> Raster {
        let field = temperatures(pose, frame: frame, using: &generator)
        let half = Self.fieldSide
        var bytes = [UInt8](repeating: 0, count: side * side * depth / 8)
        let step = Double(half) / Double(side)
        for y in 0..<side {
            let py = min(max((Double(y) + 0.5) * step - 0.5, 0), Double(half - 1))
            let y0 = min(Int(py), half - 2)
            let fy = py - Double(y0)
            for x in 0..<side {
                let px = min(max((Double(x) + 0.5) * step - 0.5, 0), Double(half - 1))
                let x0 = min(Int(px), half - 2)
                let fx = px - Double(x0)
                let i = y0 * half + x0
                let top = field[i] + (field[i + 1] - field[i]) * fx
                let bottom = field[i + half] + (field[i + half + 1] - field[i + half]) * fx
                let celsius = top + (bottom - top) * fy
                let index = y * side + x
                if depth == 8 {
                    let share =
                        (celsius - Self.range.lowerBound) / (Self.range.upperBound - Self.range.lowerBound)
                    bytes[index] = UInt8(min(max(share * 255 + 0.5, 0), 255))
                } else {
                    let value = UInt16(min(max((celsius + 273.15) * 100 + 0.5, 0), 65535))
                    withUnsafeBytes(of: value) { parts in
                        bytes[2 * index] = parts[0]
                        bytes[2 * index + 1] = parts[1]
                    }
                }
            }
        }
        return Raster(width: side, height: side, channels: 1, depth: depth, bytes: bytes)
    }

    private static let fieldSide = 48

    private func temperatures(
        _ pose: MouthPose, frame: Int, using generator: inout SplitMix64
    ) -> [Double] {
        let half = Self.fieldSide
        let lips = LipShape(pose, face: face)
        let sway = scene.sway[min(frame, scene.sway.count - 1)]
        let drift = scene.drift[min(frame, scene.drift.count - 1)]
        let (sine, cosine) = (sin(scene.tilt), cos(scene.tilt))
        // Exhaled air is near body temperature, inhaled air is the room's.
        let nostrilChange = pose.nasalFlow > 0 ? 2.0 * pose.nasalFlow : 2.6 * pose.nasalFlow
        var field = [Double](repeating: 0, count: half * half)
        for y in 0..<half {
            for x in 0..<half {
                let px = (Double(x) + 0.5) * 2 - 48 - sway.x
                let py = (Double(y) + 0.5) * 2 - 46 - sway.y
                let fx = (cosine * px + sine * py) * scene.stretch.x
                let fy = (cosine * py - sine * px) * scene.stretch.y
                var t = resting.value(fx, fy) + nostrilChange * nostrils.value(fx, fy)
                t += 0.9 * pose.oralFlow * Self.bell(fx / 17, (fy - 3 - lips.lowerGap) / 13)
                let u = fx / (lips.halfWidth * 1.05)
                if abs(u) < 1 {
                    let edge = lips.edges(at: u)
                    let lip = Self.soft(fy - edge.outerUpper) * Self.soft(edge.outerLower - fy)
                    t += 0.55 * lip
                    let gap = edge.innerLower - edge.innerUpper
                    let inside =
                        Self.soft(fy - edge.innerUpper) * Self.soft(edge.innerLower - fy) * min(gap / 3, 1)
                    let warm = 36.4 - 0.9 * pose.teeth + 0.2 * pose.tongue
                    t += (warm - t) * inside
                }
                field[y * half + x] = t + drift + scene.columns[x] + 0.06 * generator.normal()
            }
        }
        return Self.blur(field)
    }

    /// The lens: 3 × 3 binomial blur.
    private static func blur(_ source: [Double]) -> [Double] {
        let half = fieldSide
        var across = source
        for y in 0..<half {
            for x in 1..<half - 1 {
                let i = y * half + x
                across[i] = 0.25 * source[i - 1] + 0.5 * source[i] + 0.25 * source[i + 1]
            }
        }
        var result = across
        for y in 1..<half - 1 {
            for x in 0..<half {
                let i = y * half + x
                result[i] = 0.25 * across[i - half] + 0.5 * across[i] + 0.25 * across[i + half]
            }
        }
        return result
    }

    private static func bell(_ x: Double, _ y: Double) -> Double {
        let q = 1 / (1 + x * x + y * y)
        return q * q
    }

    /// A blurred edge three pixels wide.
    private static func soft(_ distance: Double) -> Double { min(max(distance / 3 + 0.5, 0), 1) }
}
