import TAVSEData

/// An 8-bit grey picture and what detection does with it: halving, shrinking, summing.
///
/// All arithmetic is whole-numbered, so that every machine finds the same.
struct GreyImage: Sendable, Equatable {
    let width: Int
    let height: Int
    var pixels: [UInt8]

    init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(pixels.count == width * height, "\(pixels.count) pixels are not \(width)x\(height)")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// The luma of an 8-bit picture (ITU-R BT.601 weights), or its only channel.
    init(_ picture: Raster) {
        precondition(picture.depth == 8, "detection needs 8-bit pictures, got \(picture.depth) bits")
        self.init(
            width: picture.width, height: picture.height,
            pixels: picture.channels == 1 ? picture.bytes : IronPalette.grey(picture.bytes, by: .luma))
    }

    /// Half the size: means of 2 × 2 pixels; an odd last row or column is left out.
    func halved() -> GreyImage {
        let (w, h) = (width / 2, height / 2)
        var result = [UInt8](repeating: 0, count: w * h)
        for y in 0..<h {
            for x in 0..<w {
                let at = 2 * y * width + 2 * x
                let sum =
                    Int(pixels[at]) + Int(pixels[at + 1]) + Int(pixels[at + width])
                    + Int(pixels[at + width + 1])
                result[y * w + x] = UInt8((sum + 2) >> 2)
            }
        }
        return GreyImage(width: w, height: h, pixels: result)
    }

    /// Another size by bilinear interpolation between pixel centres, weights in 256ths.
    func resized(width w: Int, height h: Int) -> GreyImage {
        if w == width, h == height { return self }
        let columns = Self.taps(from: width, to: w)
        let rows = Self.taps(from: height, to: h)
        var result = [UInt8](repeating: 0, count: w * h)
        for (y, row) in rows.enumerated() {
            let top = row.first * width
            let bottom = row.second * width
            for (x, column) in columns.enumerated() {
                let a =
                    Int(pixels[top + column.first]) * (256 - column.weight)
                    + Int(pixels[top + column.second]) * column.weight
                let b =
                    Int(pixels[bottom + column.first]) * (256 - column.weight)
                    + Int(pixels[bottom + column.second]) * column.weight
                result[y * w + x] = UInt8((a * (256 - row.weight) + b * row.weight + 1 << 15) >> 16)
            }
        }
        return GreyImage(width: w, height: h, pixels: result)
    }

    private static func taps(from: Int, to: Int) -> [(first: Int, second: Int, weight: Int)] {
        (0..<to).map { n in
            // (n + 1/2)·from/to − 1/2 in 256ths, kept inside the picture.
            let place = min(max(((2 * n + 1) * from * 256 / to - 256) / 2, 0), (from - 1) * 256)
            return (place >> 8, min((place >> 8) + 1, from - 1), place & 255)
        }
    }

    /// Sums of all pixels above and to the left, `[H + 1, W + 1]`, modulo 2³².
    ///
    /// > Source: Viola, Jones 2001, section 2.1.
    func integral() -> [UInt32] {
        var table = [UInt32](repeating: 0, count: (width + 1) * (height + 1))
        for y in 0..<height {
            var row: UInt32 = 0
            for x in 0..<width {
                row &+= UInt32(pixels[y * width + x])
                table[(y + 1) * (width + 1) + x + 1] = table[y * (width + 1) + x + 1] &+ row
            }
        }
        return table
    }
}
