import TAVSEData

/// Cuts a square out of a picture and brings it to a given size.
enum MouthCrop {
    /// Means of `over × over` bilinear samples per output pixel; outside the picture its edge is repeated.
    static func cut(_ image: Raster, x: Double, y: Double, side: Double, to size: Int) -> Raster {
        let step = max(side, 1) / Double(size)
        // Shrinking averages what falls under a pixel, enlarging interpolates.
        let over = min(max(Int(step.rounded(.up)), 1), 4)
        let channels = image.channels
        var bytes = [UInt8](repeating: 0, count: size * size * channels)
        let left = x - side / 2
        let top = y - side / 2
        for row in 0..<size {
            for column in 0..<size {
                for c in 0..<channels {
                    var sum = 0.0
                    for v in 0..<over {
                        for u in 0..<over {
                            let px = left + (Double(column) + (Double(u) + 0.5) / Double(over)) * step - 0.5
                            let py = top + (Double(row) + (Double(v) + 0.5) / Double(over)) * step - 0.5
                            sum += bilinear(image, px, py, c)
                        }
                    }
                    bytes[(row * size + column) * channels + c] = UInt8(
                        (sum / Double(over * over)).rounded())
                }
            }
        }
        return Raster(width: size, height: size, channels: channels, depth: 8, bytes: bytes)
    }

    private static func bilinear(_ image: Raster, _ x: Double, _ y: Double, _ channel: Int) -> Double {
        let cx = min(max(x, 0), Double(image.width - 1))
        let cy = min(max(y, 0), Double(image.height - 1))
        let x0 = Int(cx)
        let y0 = Int(cy)
        let x1 = min(x0 + 1, image.width - 1)
        let y1 = min(y0 + 1, image.height - 1)
        func at(_ x: Int, _ y: Int) -> Double {
            Double(image.bytes[(y * image.width + x) * image.channels + channel])
        }
        let top = at(x0, y0) + (at(x1, y0) - at(x0, y0)) * (cx - Double(x0))
        let bottom = at(x0, y1) + (at(x1, y1) - at(x0, y1)) * (cx - Double(x0))
        return top + (bottom - top) * (cy - Double(y0))
    }
}
