import Foundation
import TAVSEBase
import TestSupport
import Testing

@testable import TAVSESignal

/// Headers of recorders that write into a pipe, and files that are cut.
@Suite("Audio files of open length")
struct OpenLengthTests {
    private let data = (0..<300).flatMap { AudioFileTests.little($0, 2) }
    private let expected: [Float] = (0..<300).map { Float($0) / 32_768 }

    private func four(_ value: Int, bigEndian: Bool = false) -> [UInt8] {
        let bytes = AudioFileTests.little(value, 4)
        return bigEndian ? bytes.reversed() : bytes
    }

    /// A WAV by hand with sizes of choice.
    private func wav(
        riff: Int, data size: Int, before: [UInt8] = [], after: [UInt8] = [], extensible: Bool = false
    ) -> [UInt8] {
        func two(_ value: Int) -> [UInt8] { AudioFileTests.little(value, 2) }
        var format = two(extensible ? 0xFFFE : 1) + two(1) + four(16_000) + four(32_000) + two(2) + two(16)
        if extensible {
            format += two(22) + two(16) + four(4)
            format += [1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
        }
        var bytes = Array("RIFF".utf8) + four(riff) + Array("WAVE".utf8) + before
        bytes += Array("fmt ".utf8) + four(format.count) + format
        return bytes + Array("data".utf8) + four(size) + data + after
    }

    @Test(
        "sizes that mean 'not known' are read to the end of the file: sox, arecord, ffmpeg, recorders (case 08)",
        arguments: [
            (0x7FFF_F024, 0x7FFF_F000), (0x7FFF_FFFF, 0x7FFF_FFFF), (0x8000_0024, 0x8000_0000),
            (0xFFFF_FFFF, 0xFFFF_FFFF), (0, 0), (36, 0), (0xFFFF_FFFF, 0xFFFF_FFFE),
            (0x7FFF_FFFF, 0x7FFF_FFDB), (0x7FFF_F024, 0x7FFF_EFFE), (0xFFFF_FFFF, 0xFFFF_FFDB), (0, 600),
            (0xFFFF_FFFF, 600),
        ])
    func placeholders(riff: Int, size: Int) throws {
        let folder = try TemporaryFolder()
        let list = Array("LIST".utf8) + four(14) + Array("INFOISFT".utf8) + four(2) + [0x61, 0]
        for extensible in [false, true] {
            for before in [[], list] {
                let bytes = wav(riff: riff, data: size, before: before, extensible: extensible)
                let path = try folder.write(bytes, to: "a.wav")
                #expect(try AudioFile.read(path).samples == expected)
                #expect(try AudioFile.info(path).sampleCount == 300)
            }
        }
    }

    @Test("a size of 0 before other chunks, and a truly cut file, are what they were")
    func notOpen() throws {
        let folder = try TemporaryFolder()
        let list = Array("LIST".utf8) + four(4) + Array("INFO".utf8)
        let head = Array(wav(riff: 48, data: 0).dropLast(data.count))
        let empty = try folder.write(head + list, to: "empty.wav")
        #expect(throws: AudioError.noSamples(path: empty)) { try AudioFile.read(empty) }
        for size in [601, 700, 100_000_000, 0x7FFF_0000] {
            let cut = try folder.write(wav(riff: size + 36, data: size), to: "cut.wav")
            #expect(
                throws: AudioError.truncated(path: cut, expected: size, found: 600, unit: "bytes of samples")
            ) { try AudioFile.read(cut) }
        }
    }

    @Test("RF64 with and without its length", arguments: [600, 0, -1, Int.max])
    func rf64(size: Int) throws {
        let folder = try TemporaryFolder()
        func eight(_ value: Int) -> [UInt8] {
            withUnsafeBytes(of: UInt64(bitPattern: Int64(value)).littleEndian) { Array($0) }
        }
        let sizes = Array("ds64".utf8) + four(28) + eight(0) + eight(size) + eight(300) + four(0)
        var bytes = wav(riff: 0xFFFF_FFFF, data: 0xFFFF_FFFF, before: sizes)
        bytes.replaceSubrange(0..<4, with: Array("RF64".utf8))
        #expect(try AudioFile.read(try folder.write(bytes, to: "a.wav")).samples == expected)
        let cut = try folder.write(Array(bytes.dropLast(100)), to: "cut.wav")
        if size == 600 {
            #expect(
                throws: AudioError.truncated(path: cut, expected: 600, found: 500, unit: "bytes of samples")
            ) { try AudioFile.read(cut) }
        } else {
            #expect(try AudioFile.read(cut).count == 250)
        }
    }

    @Test("RIFX: whole, cut and of open length (case 16)")
    func rifx() throws {
        let folder = try TemporaryFolder()
        func two(_ value: Int) -> [UInt8] { AudioFileTests.little(value, 2).reversed() }
        func file(_ size: Int) -> [UInt8] {
            var bytes = Array("RIFX".utf8) + four(size + 36, bigEndian: true) + Array("WAVEfmt ".utf8)
            bytes += four(16, bigEndian: true) + two(1) + two(1) + four(16_000, bigEndian: true)
            bytes += four(32_000, bigEndian: true) + two(2) + two(16)
            return bytes + Array("data".utf8) + four(size, bigEndian: true) + (0..<300).flatMap { two($0) }
        }
        for size in [600, 0, 0x7FFF_F000, 0xFFFF_FFFF] {
            #expect(try AudioFile.read(try folder.write(file(size), to: "a.wav")).samples == expected)
        }
        let cut = try folder.write(Array(file(600).dropLast(200)), to: "cut.wav")
        let error = #expect(throws: AudioError.self) { try AudioFile.read(cut) }
        #expect(error?.code == "truncated_file")
    }

    @Test("all links of a chained Ogg file are read; a cut link is noticed (case 16)")
    func chainedOgg() throws {
        let folder = try TemporaryFolder()
        let whole = [UInt8](try Data(contentsOf: Reference.fixture("audio", "tones.ogg")))
        let one = try AudioFile.read(Reference.fixture("audio", "tones.ogg").path).samples
        let chain = try folder.write(whole + whole + whole, to: "chain.ogg")
        #expect(try AudioFile.read(chain).samples == one + one + one)
        #expect(try AudioFile.info(chain).sampleCount == 12_000)
        let short = Array(whole[..<(whole.count - 50)])
        for bytes in [whole + short, short + whole] {
            let cut = try folder.write(bytes, to: "cut.ogg")
            #expect(throws: AudioError.unfinished(path: cut)) { try AudioFile.read(cut) }
        }
    }

    @Test("a FLAC that does not say its length is read whole, and noticed when cut (case 16)")
    func unknownFLAC() throws {
        let folder = try TemporaryFolder()
        var generator = SplitMix64(seed: 5)
        let noise = Signal(
            samples: (0..<30_000).map { _ in Float.random(in: -0.5...0.5, using: &generator) },
            sampleRate: 16_000)
        try AudioFile.write(noise, to: folder.file("a.flac"), encoding: .pcm16)
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("a.flac"))))
        bytes[21] &= 0xF0
        bytes.replaceSubrange(22..<26, with: [0, 0, 0, 0])
        let open = try folder.write(bytes, to: "open.flac")
        #expect(try AudioFile.read(open).samples == AudioFile.read(folder.file("a.flac")).samples)
        for length in stride(from: bytes.count / 4, to: bytes.count - 1, by: 2311) {
            let cut = try folder.write(Array(bytes[..<length]), to: "cut.flac")
            let error = #expect(throws: AudioError.self, "\(length) bytes") { try AudioFile.read(cut) }
            #expect(error?.code == "truncated_file" || length < 5000, "\(length) bytes: \(error?.code ?? "")")
        }
    }

    @Test("a comment is written into WAV and FLAC and read back")
    func comment() throws {
        let folder = try TemporaryFolder()
        for name in ["a.wav", "a.flac"] {
            try AudioFile.write(AudioFileTests.ramp(500), to: folder.file(name), comment: "made by x=1")
            #expect(try AudioFile.info(folder.file(name)).comment == "made by x=1")
            #expect(try AudioFile.read(folder.file(name)) == AudioFileTests.ramp(500))
        }
        try AudioFile.write(AudioFileTests.ramp(500), to: folder.file("b.wav"))
        #expect(try AudioFile.info(folder.file("b.wav")).comment == nil)
    }
}
