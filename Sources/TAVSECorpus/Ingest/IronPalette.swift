import Foundation

/// How colours of the thermal pictures become grey values.
public enum ThermalGrey: String, Sendable, CaseIterable, Codable {
    /// The place along the iron palette, 0…255: linear in what the camera showed.
    case palette
    /// 0.299 R + 0.587 G + 0.114 B: no assumption about the palette, not linear.
    case luma
}

/// The iron palette as a curve through colour space, and its inverse.
///
/// The pictures hold colours, not temperatures, and the camera scales every recording to its own range; the place
/// along the palette is the most that can be had back. The stops are the customary ones of "iron"; a colour is
/// mapped to the nearest point of the curve, so that compression and small differences of the palette do little.
enum IronPalette {
    private static let stops: [(Double, Double, Double)] = [
        (0, 0, 10), (20, 0, 90), (75, 0, 145), (130, 0, 155), (175, 10, 145), (210, 45, 85), (230, 80, 20),
        (243, 122, 0), (252, 170, 5), (255, 215, 55), (255, 242, 150), (255, 255, 246),
    ]

    /// The colour at 0…1 of the palette.
    static func color(_ share: Double) -> (UInt8, UInt8, UInt8) {
        let place = min(max(share, 0), 1) * Double(stops.count - 1)
        let index = min(Int(place), stops.count - 2)
        let mix = place - Double(index)
        let (a, b) = (stops[index], stops[index + 1])
        func value(_ x: Double, _ y: Double) -> UInt8 { UInt8((x + (y - x) * mix).rounded()) }
        return (value(a.0, b.0), value(a.1, b.1), value(a.2, b.2))
    }

    /// Grey 0…255 of a colour picture `[H, W, 3]`.
    static func grey(_ pixels: [UInt8], by method: ThermalGrey) -> [UInt8] {
        (0..<pixels.count / 3).map { n -> UInt8 in
            let red = Int(pixels[3 * n])
            let green = Int(pixels[3 * n + 1])
            let blue = Int(pixels[3 * n + 2])
            switch method {
            case .palette: return table[(red >> 2) << 12 | (green >> 2) << 6 | blue >> 2]
            case .luma:
                // Weights in thousandths, rounded.
                return UInt8((299 * red + 587 * green + 114 * blue + 500) / 1000)
            }
        }
    }

    /// The inverse for 6 bits of each colour.
    private static let table: [UInt8] = (0..<1 << 18).map { index in
        let r = Double(index >> 12) * 4 + 2
        let g = Double(index >> 6 & 63) * 4 + 2
        let b = Double(index & 63) * 4 + 2
        return UInt8((inverse(r, g, b) * 255).rounded())
    }

    /// The place of the curve's nearest point, 0…1.
    private static func inverse(_ r: Double, _ g: Double, _ b: Double) -> Double {
        var best = (distance: Double.infinity, place: 0.0)
        for k in 0..<stops.count - 1 {
            let (p, q) = (stops[k], stops[k + 1])
            let d = (q.0 - p.0, q.1 - p.1, q.2 - p.2)
            let length = d.0 * d.0 + d.1 * d.1 + d.2 * d.2
            let along = ((r - p.0) * d.0 + (g - p.1) * d.1 + (b - p.2) * d.2) / length
            let t = min(max(along, 0), 1)
            let e = (p.0 + t * d.0 - r, p.1 + t * d.1 - g, p.2 + t * d.2 - b)
            let distance = e.0 * e.0 + e.1 * e.1 + e.2 * e.2
            if distance < best.distance { best = (distance, (Double(k) + t) / Double(stops.count - 1)) }
        }
        return best.place
    }
}
