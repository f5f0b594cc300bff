import Foundation
import TAVSEBase
import TAVSESignal

/// What a synthetic speaker looks like to the two cameras, and how the head moves during one clip.
struct Face: Sendable {
    /// Skin and lip colour, linear RGB 0…1.
    let skin: [Double]
    let lips: [Double]
    /// Half the width of the mouth at rest, and the thickness of the lips, in pixels of the 96 × 96 crop.
    let halfWidth: Double
    let upperLip: Double
    let lowerLip: Double
    /// Static skin texture, 64 × 64 values around 0 with wrap-around.
    let texture: [Double]
    /// Skin temperature around the mouth, °C.
    let skinTemperature: Double

    static let textureSide = 64

    init(using generator: inout SplitMix64) {
        // From dark to light along one line, with some hue of its own.
        let shade = generator.uniform()
        let dark = [0.32, 0.20, 0.14]
        let light = [0.88, 0.70, 0.60]
        let hue = generator.uniform(in: -0.03...0.03)
        skin = (0..<3).map { dark[$0] + (light[$0] - dark[$0]) * shade + (Double($0) - 1) * hue }
        let redness = generator.uniform(in: 0.62...0.8)
        lips = [skin[0] * 0.95, skin[1] * redness, skin[2] * (redness + 0.05)]
        halfWidth = generator.uniform(in: 21...25.5)
        upperLip = generator.uniform(in: 4.5...7)
        lowerLip = generator.uniform(in: 6...8.5)
        skinTemperature = generator.uniform(in: 33.6...34.8)
        var noise = (0..<Self.textureSide * Self.textureSide).map { _ in generator.normal() }
        Self.blur(&noise, passes: 2)
        texture = noise
    }

    /// A pixel's share of the texture at a place given in face pixels, bilinear with wrap-around.
    func textureValue(_ x: Double, _ y: Double) -> Double {
        let side = Self.textureSide
        let px = x + 1024
        let py = y + 1024
        let ix = Int(px)
        let iy = Int(py)
        let fx = px - Double(ix)
        let fy = py - Double(iy)
        let x0 = ix & (side - 1)
        let x1 = (ix + 1) & (side - 1)
        let y0 = (iy & (side - 1)) * side
        let y1 = ((iy + 1) & (side - 1)) * side
        let top = texture[y0 + x0] + (texture[y0 + x1] - texture[y0 + x0]) * fx
        let bottom = texture[y1 + x0] + (texture[y1 + x1] - texture[y1 + x0]) * fx
        return top + (bottom - top) * fy
    }

    /// 3 × 3 box blur with wrap-around.
    private static func blur(_ values: inout [Double], passes: Int) {
        for _ in 0..<passes {
            let source = values
            for y in 0..<textureSide {
                for x in 0..<textureSide {
                    var sum = 0.0
                    for dy in 0..<3 {
                        for dx in 0..<3 {
                            let row = (y + dy + textureSide - 1) & (textureSide - 1)
                            let column = (x + dx + textureSide - 1) & (textureSide - 1)
                            sum += source[row * textureSide + column]
                        }
                    }
                    values[y * textureSide + x] = sum / 4.5
                }
            }
        }
    }
}

/// Lighting, head pose and its slow movement in one clip.
struct Scene: Sendable {
    /// Brightness, and its slope across the face.
    let brightness: Double
    let slope: (x: Double, y: Double)
    /// Gain of each colour channel.
    let whiteBalance: [Double]
    /// Standard deviation of the camera's noise, share of full scale.
    let noise: Double
    /// Head turned (foreshortens across) and nodded (down), as factors.
    let stretch: (x: Double, y: Double)
    let tilt: Double
    /// Movement of the head per video frame, pixels.
    let sway: [(x: Double, y: Double)]
    /// Offset of the thermal camera per video frame, °C, and of its columns.
    let drift: [Double]
    let columns: [Double]

    /// - Parameter position: head position 1…9, a 3 × 3 grid of poses as in SpeakingFaces.
    init(position: Int, frameCount: Int, using generator: inout SplitMix64) {
        let column = Double((position - 1) % 3 - 1)
        let row = Double((position - 1) / 3 - 1)
        brightness = generator.uniform(in: 0.8...1.12)
        slope = (generator.uniform(in: -0.25...0.25), generator.uniform(in: -0.15...0.05))
        whiteBalance = (0..<3).map { _ in generator.uniform(in: 0.95...1.05) }
        noise = generator.uniform(in: 0.008...0.02)
        stretch = (1 + 0.12 * abs(column) + generator.uniform(in: -0.03...0.05), 1 + 0.06 * row)
        tilt = generator.uniform(in: -0.06...0.06) + 0.03 * column
        var state = (x: 0.0, y: 0.0)
        var velocity = (x: 0.0, y: 0.0)
        let start = (x: generator.uniform(in: -1.5...1.5), y: generator.uniform(in: -1.5...1.5))
        var warmth = generator.uniform(in: -0.25...0.25)
        var movement: [(x: Double, y: Double)] = []
        var offsets: [Double] = []
        for _ in 0..<frameCount {
            velocity.x = 0.9 * velocity.x - 0.02 * state.x + 0.06 * generator.normal()
            velocity.y = 0.9 * velocity.y - 0.02 * state.y + 0.05 * generator.normal()
            state.x += velocity.x
            state.y += velocity.y
            movement.append((start.x + state.x, start.y + state.y))
            warmth += 0.008 * generator.normal()
            offsets.append(warmth)
        }
        sway = movement
        drift = offsets
        columns = (0..<48).map { _ in 0.05 * generator.normal() }
    }
}
