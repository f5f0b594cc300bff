import TAVSEData

/// A picture under the pencil: pixels set by place, everything outside ignored.
struct Canvas {
    let width: Int
    let height: Int
    private(set) var bytes: [UInt8]

    /// A white sheet.
    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        bytes = [UInt8](repeating: 255, count: width * height * 3)
    }

    var raster: Raster { Raster(width: width, height: height, channels: 3, depth: 8, bytes: bytes) }

    mutating func set(_ x: Int, _ y: Int, _ color: (UInt8, UInt8, UInt8)) {
        guard x >= 0, x < width, y >= 0, y < height else { return }
        let index = (y * width + x) * 3
        bytes[index] = color.0
        bytes[index + 1] = color.1
        bytes[index + 2] = color.2
    }

    mutating func fill(x: Range<Int>, y: Range<Int>, _ color: (UInt8, UInt8, UInt8)) {
        for row in y { for column in x { set(column, row, color) } }
    }

    /// Draws a picture in a square; grey values are stretched between `low` and `high`.
    mutating func draw(_ image: Raster, x: Int, y: Int, side: Int, low: Double = 0, high: Double = 1) {
        let span = max(high - low, 1e-6)
        for row in 0..<side {
            for column in 0..<side {
                let sx = column * image.width / side
                let sy = row * image.height / side
                let values = (0..<3).map { c in
                    let value = image.value(x: sx, y: sy, channel: min(c, image.channels - 1))
                    return UInt8(min(max((value - low) / span, 0), 1) * 255)
                }
                set(x + column, y + row, (values[0], values[1], values[2]))
            }
        }
    }

    /// Writes digits and a point, 3 × 5 pixels each, twice as large.
    mutating func write(_ text: String, x: Int, y: Int) {
        var left = x
        for character in text {
            let rows = Self.glyphs[character] ?? [0, 0, 0, 0, 0]
            for (row, bits) in rows.enumerated() {
                for column in 0..<3 where bits >> (2 - column) & 1 == 1 {
                    fill(
                        x: left + 2 * column..<left + 2 * column + 2, y: y + 2 * row..<y + 2 * row + 2,
                        (40, 40, 40))
                }
            }
            left += 8
        }
    }

    private static let glyphs: [Character: [Int]] = [
        "0": [7, 5, 5, 5, 7], "1": [2, 6, 2, 2, 7], "2": [7, 1, 7, 4, 7], "3": [7, 1, 7, 1, 7],
        "4": [5, 5, 7, 1, 1],
        "5": [7, 4, 7, 1, 7], "6": [7, 4, 7, 5, 7], "7": [7, 1, 1, 1, 1], "8": [7, 5, 7, 5, 7],
        "9": [7, 5, 7, 1, 7],
        ".": [0, 0, 0, 0, 2],
    ]
}
