import TAVSEData

extension Raster {
    /// A smooth picture that no codec finds hard, different for every phase.
    package static func pattern(side: Int, channels: Int, depth: Int = 8, phase: Int = 0) -> Raster {
        var bytes: [UInt8] = []
        for y in 0..<side {
            for x in 0..<side {
                for c in 0..<channels {
                    let value = (x * (2 + c) + y * 3 + phase * 7) % 256
                    if depth == 16 { bytes.append(UInt8((x * 5 + y + phase) % 256)) }
                    bytes.append(UInt8(value))
                }
            }
        }
        return Raster(width: side, height: side, channels: channels, depth: depth, bytes: bytes)
    }

    /// A slow gradient, which JPEG keeps within a few grey levels.
    package static func gradient(side: Int) -> Raster {
        var bytes: [UInt8] = []
        for y in 0..<side {
            for x in 0..<side { bytes += [UInt8(40 + x), UInt8(60 + y), UInt8(90 + (x + y) / 4)] }
        }
        return Raster(width: side, height: side, channels: 3, depth: 8, bytes: bytes)
    }
}
