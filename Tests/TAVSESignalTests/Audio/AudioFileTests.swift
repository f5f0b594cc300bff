import Foundation
import TAVSEBase
import TestSupport
import Testing

@testable import TAVSESignal

@Suite("AudioFile")
struct AudioFileTests {
    static func ramp(_ count: Int, rate: Int = 16_000) -> Signal {
        Signal(samples: (0..<count).map { Float($0 % 200 - 100) / 128 }, sampleRate: rate)
    }

    static func little(_ value: Int, _ bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(value >> (8 * $0) & 0xFF) }
    }

    /// A WAV by hand, so that reading is checked against the format and not against our writer.
    static func wav(
        data: [UInt8], channels: Int = 1, bits: Int = 16, rate: Int = 16_000, format: Int = 1,
        announced: Int? = nil
    ) -> [UInt8] {
        let size = announced ?? data.count
        let align = channels * bits / 8
        return Array("RIFF".utf8) + little(36 + size, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
            + little(format, 2) + little(channels, 2) + little(rate, 4) + little(rate * align, 4)
            + little(align, 2) + little(bits, 2) + Array("data".utf8) + little(size, 4) + data
    }

    @Test("reads 16-, 24- and 32-bit integers and floats as value over full scale (closed form)")
    func encodings() throws {
        let folder = try TemporaryFolder()
        let values = [0, 1, -1, 12_345, -32_768, 32_767]
        for bits in [16, 24, 32] {
            let data = values.flatMap { Self.little($0 << (bits - 16), bits / 8) }
            let path = try folder.write(Self.wav(data: data, bits: bits, rate: 11_025), to: "\(bits).wav")
            let signal = try AudioFile.read(path)
            #expect(signal.samples == values.map { Float($0) / 32_768 })
            #expect(signal.sampleRate == 11_025)
        }
        let floats: [Float] = [0.25, -1.5, .nan, .infinity]
        let data = floats.flatMap { Self.little(Int($0.bitPattern), 4) }
        let signal = try AudioFile.read(
            try folder.write(Self.wav(data: data, bits: 32, format: 3), to: "f.wav"))
        #expect(signal.samples.map(\.bitPattern) == floats.map(\.bitPattern))
    }

    @Test(
        "writes what it reads back bit for bit (property)",
        arguments: [
            ("a.wav", AudioEncoding.pcm16), ("a.wav", .pcm24), ("a.wav", .float32), ("a.flac", .pcm16),
            ("a.flac", .pcm24), ("ü 'quoted' \"name\"\n.wav", .pcm16), ("UPPER.WAV", .pcm16),
        ])
    func roundTrip(name: String, encoding: AudioEncoding) throws {
        let folder = try TemporaryFolder()
        let signal = Self.ramp(70_000, rate: 44_100)
        #expect(try AudioFile.write(signal, to: folder.file(name), encoding: encoding) == 0)
        #expect(try AudioFile.read(folder.file(name)) == signal)
        let info = try AudioFile.info(folder.file(name))
        #expect(info.sampleRate == 44_100 && info.channels == 1 && info.sampleCount == 70_000)
        #expect(info.container == (name.hasSuffix("flac") ? "FLAC" : "WAV"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [name])
    }

    @Test("gives the same bytes for the same samples (property)", arguments: AudioEncoding.allCases)
    func deterministic(encoding: AudioEncoding) throws {
        let folder = try TemporaryFolder()
        for name in ["a.wav", "b.wav"] {
            try AudioFile.write(Self.ramp(1000), to: folder.file(name), encoding: encoding)
        }
        #expect(
            FileManager.default.contentsEqual(atPath: folder.file("a.wav"), andPath: folder.file("b.wav")))
    }

    @Test("cuts to full scale and counts it; refuses NaN in PCM")
    func clipping() throws {
        let folder = try TemporaryFolder()
        let loud = Signal(samples: [2, -2, 1, 0.5], sampleRate: 16_000)
        #expect(try AudioFile.write(loud, to: folder.file("a.wav")) == 3)
        #expect(
            try AudioFile.read(folder.file("a.wav")).samples == [32_767 / 32_768, -1, 32_767 / 32_768, 0.5])
        #expect(throws: AudioError.nonFinite(path: folder.file("b.wav"), index: 1)) {
            try AudioFile.write(Signal(samples: [0, .nan], sampleRate: 8000), to: folder.file("b.wav"))
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file("b.wav")))
    }

    @Test("asks for a channel when there are several, and takes the one chosen")
    func channels() throws {
        let folder = try TemporaryFolder()
        let data = [100, -7, 200, -8, 300, -9].flatMap { Self.little($0, 2) }
        let path = try folder.write(Self.wav(data: data, channels: 2), to: "stereo.wav")
        #expect(throws: AudioError.multichannel(path: path, channels: 2)) { try AudioFile.read(path) }
        #expect(AudioError.multichannel(path: path, channels: 2).description.contains("--channel"))
        #expect(try AudioFile.read(path, channel: 1).samples == [100, 200, 300].map { $0 / 32_768 })
        #expect(try AudioFile.read(path, channel: 2).samples == [-7, -8, -9].map { $0 / 32_768 })
        for channel in [0, 3, -1, .max] {
            #expect(throws: AudioError.noSuchChannel(path: path, channel: channel, channels: 2)) {
                try AudioFile.read(path, channel: channel)
            }
        }
    }

    @Test("says what is wrong with files that hold no sound")
    func badFiles() throws {
        let folder = try TemporaryFolder()
        #expect(throws: AudioError.missing(path: folder.file("none.wav"))) {
            try AudioFile.read(folder.file("none.wav"))
        }
        #expect(throws: AudioError.unreadable(path: folder.path, reason: "it is a folder")) {
            try AudioFile.read(folder.path)
        }
        #expect(throws: AudioError.unreadable(path: "/dev/null", reason: "it is not a regular file")) {
            try AudioFile.read("/dev/null")
        }
        let empty = try folder.write([], to: "empty.wav")
        #expect(throws: AudioError.empty(path: empty)) { try AudioFile.read(empty) }
        let noSamples = try folder.write(Self.wav(data: []), to: "zero.wav")
        #expect(throws: AudioError.noSamples(path: noSamples)) { try AudioFile.read(noSamples) }
        for (name, bytes) in [
            ("text.wav", Array("This is no audio at all, but some text.\n".utf8)), ("one.flac", [0x66]),
            ("noise.ogg", (0..<4096).map { UInt8($0 * 31 % 251) }),
            ("raw.gsm", [UInt8](repeating: 7, count: 99)),
        ] {
            let path = try folder.write(bytes, to: name)
            let error = #expect(throws: AudioError.self) { try AudioFile.read(path) }
            #expect(error?.code == "not_audio")
            #expect(error?.path == path)
        }
    }

    @Test("notices a WAV and a FLAC that end early, at every point of the header and of the samples")
    func truncated() throws {
        let folder = try TemporaryFolder()
        let whole = Self.wav(data: [UInt8](repeating: 1, count: 1000))
        let cut = try folder.write(Array(whole[..<500]), to: "cut.wav")
        #expect(throws: AudioError.truncated(path: cut, expected: 1000, found: 456, unit: "bytes of samples"))
        {
            try AudioFile.read(cut)
        }
        #expect(throws: AudioError.self) { try AudioFile.info(cut) }
        for length in stride(from: 1, to: whole.count, by: 7) {
            let path = try folder.write(Array(whole[..<length]), to: "part.wav")
            #expect(throws: AudioError.self, "\(length) bytes") { try AudioFile.read(path) }
        }
        var generator = SplitMix64(seed: 1)
        let noise = Signal(
            samples: (0..<20_000).map { _ in Float.random(in: -1...1, using: &generator) }, sampleRate: 16_000
        )
        try AudioFile.write(noise, to: folder.file("whole.flac"))
        let flac = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("whole.flac"))))
        for length in stride(from: 1, to: flac.count - 1, by: 613) {
            let path = try folder.write(Array(flac[..<length]), to: "part.flac")
            #expect(throws: AudioError.self, "\(length) bytes") { try AudioFile.read(path) }
        }
    }

    @Test("notices an Ogg file that ends early, at every byte, and reads a whole one")
    func truncatedOgg() throws {
        let folder = try TemporaryFolder()
        let path = Reference.fixture("audio", "tones.ogg")
        let whole = [UInt8](try Data(contentsOf: path))
        let signal = try AudioFile.read(path.path)
        #expect(signal.count == 4000 && signal.sampleRate == 16_000)
        #expect(try AudioFile.info(path.path).container == "OGG")
        // Lossy: 20 dB tell the tones from anything else.
        var (error, energy) = (0.0, 0.0)
        for (n, sample) in signal.samples.enumerated() {
            let phase = 2 * Double.pi * Double(n) / 16_000
            let tone: Double = 0.3 * sin(440 * phase) + 0.05 * sin(1234 * phase)
            error += (Double(sample) - tone) * (Double(sample) - tone)
            energy += tone * tone
        }
        #expect(error < energy / 100)
        for length in 1..<whole.count {
            let part = try folder.write(Array(whole[..<length]), to: "part.ogg")
            let error = #expect(throws: AudioError.self, "\(length) bytes") { try AudioFile.read(part) }
            // Up to the end of the headers it is no recording at all.
            #expect(length < 3446 || error == .unfinished(path: part), "\(length) bytes")
            #expect(throws: AudioError.self, "\(length) bytes") { try AudioFile.info(part) }
        }
        // Bytes behind the last page, as taggers leave them, and two recordings in one file.
        for rest in [[UInt8](repeating: 0, count: 128), whole] {
            _ = try AudioFile.read(try folder.write(whole + rest, to: "more.ogg"))
        }
    }

    @Test("notices an AIFF that ends early, and accepts one whose size was left open")
    func truncatedAIFF() throws {
        let folder = try TemporaryFolder()
        func big(_ value: Int, _ bytes: Int) -> [UInt8] { Self.little(value, bytes).reversed() }
        let rate: [UInt8] = [0x40, 0x0C, 0xFA, 0, 0, 0, 0, 0, 0, 0]
        let samples: [UInt8] = (0..<500).flatMap { big($0 * 7, 2) }
        func file(size: Int?) -> [UInt8] {
            var common = Array("COMM".utf8)
            for part in [big(18, 4), big(1, 2), big(500, 4), big(16, 2), rate] { common += part }
            var sound = Array("SSND".utf8)
            for part in [big(8 + samples.count, 4), big(0, 8), samples] { sound += part }
            var form = Array("FORM".utf8)
            for part in [big(size ?? 4 + common.count + sound.count, 4), Array("AIFF".utf8), common, sound] {
                form += part
            }
            return form
        }
        let whole = file(size: nil)
        let path = try folder.write(whole, to: "whole.aiff")
        let expected: [Float] = (0..<500).map { Float($0 * 7) / 32_768 }
        #expect(try AudioFile.read(path).samples == expected)
        let cut = try folder.write(Array(whole[..<600]), to: "cut.aiff")
        #expect(
            throws: AudioError.truncated(path: cut, expected: whole.count, found: 600, unit: "bytes")
        ) { try AudioFile.read(cut) }
        #expect(try AudioFile.read(try folder.write(file(size: 0xFFFF_FFFF), to: "open.aiff")).count == 500)
    }

    @Test("accepts a WAV whose size was left open by a recorder that streams")
    func openSize() throws {
        let folder = try TemporaryFolder()
        let data = [1, 2, 3].flatMap { Self.little($0, 2) }
        let path = try folder.write(Self.wav(data: data, announced: 0xFFFF_FFFF - 36), to: "stream.wav")
        #expect(try AudioFile.read(path).samples == [1, 2, 3].map { $0 / 32_768 })
    }

    @Test("never crashes on a header with flipped bytes (property)")
    func hostileHeaders() throws {
        let folder = try TemporaryFolder()
        let wav = Self.wav(data: [UInt8](repeating: 3, count: 64))
        try AudioFile.write(Self.ramp(500), to: folder.file("a.flac"))
        let flac = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("a.flac"))))
        for (original, name) in [(wav, "x.wav"), (flac, "x.flac")] {
            for index in 0..<min(60, original.count) {
                for value: UInt8 in [0, 0x7F, 0x80, 0xFF] {
                    var bytes = original
                    bytes[index] = value
                    let path = try folder.write(bytes, to: name)
                    if let signal = try? AudioFile.read(path, maximumCount: 1 << 20) {
                        #expect(signal.count > 0 && signal.sampleRate > 0)
                    }
                }
            }
        }
    }

    @Test("bounds the memory it takes")
    func limit() throws {
        let folder = try TemporaryFolder()
        try AudioFile.write(Self.ramp(1000), to: folder.file("a.wav"))
        #expect(throws: AudioError.tooLong(path: folder.file("a.wav"), samples: 1000, maximum: 999)) {
            try AudioFile.read(folder.file("a.wav"), maximumCount: 999)
        }
    }

    @Test("leaves nothing behind when it cannot write")
    func writeErrors() throws {
        let folder = try TemporaryFolder()
        let signal = Self.ramp(10)
        let missing = #expect(throws: AudioError.self) {
            try AudioFile.write(signal, to: folder.file("no/such/folder.wav"))
        }
        #expect(missing?.code == "cannot_write")
        for name in ["a.mp3", "noextension", "a.flac.d/b"] {
            let error = #expect(throws: AudioError.self) {
                try AudioFile.write(signal, to: folder.file(name))
            }
            #expect(error?.code == "unsupported_output")
        }
        #expect(throws: AudioError.self) {
            try AudioFile.write(signal, to: folder.file("a.flac"), encoding: .float32)
        }
        #expect(throws: AudioError.noSamples(path: folder.file("a.wav"))) {
            try AudioFile.write(Signal(samples: [], sampleRate: 8000), to: folder.file("a.wav"))
        }
        let full = #expect(throws: AudioError.self) { try AudioFile.write(signal, to: "/proc/a.wav") }
        #expect(full?.code == "cannot_write")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}
