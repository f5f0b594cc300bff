import Foundation
import TAVSESignal
import Testing

@testable import TAVSEReport

@Suite struct PNGWriterTests {
    /// Decodes fixed-code deflate, straight from RFC 1951: an independent reader for what the writer packs.
    private func inflate(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var position = bytes.startIndex * 8
        func bit() -> Int {
            defer { position += 1 }
            return Int(bytes[position / 8] >> UInt8(position % 8) & 1)
        }
        func bits(_ count: Int) -> Int { (0..<count).reduce(0) { $0 | bit() << $1 } }
        func symbol() -> Int {
            var code = (0..<7).reduce(0) { code, _ in code << 1 | bit() }
            if code < 24 { return 256 + code }
            code = code << 1 | bit()
            if (48..<192).contains(code) { return code - 48 }
            if (192..<200).contains(code) { return code - 192 + 280 }
            return (code << 1 | bit()) - 400 + 144
        }
        let base = [
            3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
            163, 195, 227, 258,
        ]
        let extra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
        var output: [UInt8] = []
        guard bits(3) == 0b011 else { return [] }
        while true {
            let next = symbol()
            if next == 256 { return output }
            if next < 256 {
                output.append(UInt8(next))
            } else {
                let length = base[next - 257] + bits(extra[next - 257])
                guard bits(5) == 0, let last = output.last else { return [] }
                output += [UInt8](repeating: last, count: length)
            }
        }
    }

    @Test(
        "packed rows unpack to the picture (reference: an independent inflate)", arguments: [1, 3, 64, 1000])
    func roundTrip(width: Int) {
        let height = 9
        var state: UInt32 = 1
        let pixels = (0..<width * height).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return state >> 29 > 1 ? UInt8(7) : UInt8(state >> 16 & 255)
        }
        let palette = (0..<256).map { (UInt8($0), UInt8($0), UInt8($0)) }
        let file = PNGWriter.encode(pixels: pixels, width: width, height: height, palette: palette)
        let start = 8 + 25 + 12 + 768
        #expect(Array(file[start + 4..<start + 8]) == Array("IDAT".utf8))
        let rows = inflate(file[(start + 10)...])
        #expect(rows.count == (width + 1) * height)
        for row in 0..<height {
            let place = row * (width + 1)
            guard place + width < rows.count else { continue }
            #expect(rows[place] == 0)
            #expect(Array(rows[place + 1...place + width]) == Array(pixels[row * width..<(row + 1) * width]))
        }
    }

    @Test("checksums match published values (closed form: CRC-32 of \"123456789\", the IEND chunk)")
    func checksum() {
        #expect(PNGWriter.crc(Array("123456789".utf8)) == 0xCBF4_3926)
        let file = PNGWriter.encode(pixels: [0], width: 1, height: 1, palette: [(0, 0, 0)])
        #expect(Array(file.suffix(4)) == [0xAE, 0x42, 0x60, 0x82])
    }

    @Test("a tone is brightest in the row of its frequency (closed form)")
    func spectrogram() throws {
        let samples = (0..<16000).map { Float(sin(2 * Double.pi * 2000 * Double($0) / 16000)) }
        let levels = Spectrogram.levels(of: Signal(samples: samples, sampleRate: 16000))
        let column = (0..<Spectrogram.height).map { levels[$0 * Spectrogram.width + Spectrogram.width / 2] }
        let brightest = try #require(column.indices.max { column[$0] < column[$1] })
        let frequency = (Double(Spectrogram.height - brightest) - 0.5) / Double(Spectrogram.height) * 8000
        #expect(abs(frequency - 2000) <= 63)
    }
}
