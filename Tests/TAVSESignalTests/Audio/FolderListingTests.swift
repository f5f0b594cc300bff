import Foundation
import TAVSEBase
import TestSupport
import Testing

@testable import TAVSESignal

@Suite("FolderListing")
struct FolderListingTests {
    private func touch(_ name: String, in folder: TemporaryFolder) throws {
        let path = folder.file(name)
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data("x".utf8).write(to: URL(fileURLWithPath: path))
    }

    @Test("follows links to folders, ends loops, skips hidden files, knows every extension (case 01)")
    func links() throws {
        let folder = try TemporaryFolder()
        for name in [
            "in/a.wav", "in/.hidden.wav", "in/._a.wav", "in/.git/b.wav", "disk/c.WAVE", "disk/deep/d.opus",
            "in/e.oga", "in/notes.txt",
        ] {
            try touch(name, in: folder)
        }
        let files = FileManager.default
        try files.createSymbolicLink(atPath: folder.file("in/p2"), withDestinationPath: folder.file("disk"))
        try files.createSymbolicLink(atPath: folder.file("disk/up"), withDestinationPath: folder.file("in"))
        try files.createSymbolicLink(
            atPath: folder.file("in/f.flac"), withDestinationPath: folder.file("in/a.wav"))
        let expected = ["a.wav", "e.oga", "f.flac", "p2/c.WAVE", "p2/deep/d.opus"]
        #expect(try FolderListing.audioFiles(in: folder.file("in")) == expected)
        try files.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: folder.file("in"))
        #expect(try FolderListing.audioFiles(in: folder.file("link")) == expected)
        #expect(
            try FolderListing.audioFiles(in: folder.file("in"), leavingOut: [folder.file("disk/deep")])
                == expected.filter { !$0.contains("deep") })
        try files.createSymbolicLink(atPath: folder.file("in/gone"), withDestinationPath: "/nowhere/at/all")
        #expect(throws: FolderListing.Problem.self) { try FolderListing.audioFiles(in: folder.file("in")) }
        #expect(throws: FolderListing.Problem.missing(path: folder.file("no"))) {
            try FolderListing.names(in: folder.file("no"))
        }
        #expect(throws: FolderListing.Problem.notAFolder(path: folder.file("in/a.wav"))) {
            try FolderListing.names(in: folder.file("in/a.wav"))
        }
    }

    @Test("numbers in names are compared as numbers (case 11)")
    func naturalOrder() {
        let names = [
            "frame10.jpg", "frame2.jpg", "frame1.jpg", "frame001.jpg", "frame", "a12b3", "a12b20", "a2b100",
        ]
        #expect(
            names.sorted(by: NaturalOrder.precedes)
                == [
                    "a2b100", "a12b3", "a12b20", "frame", "frame001.jpg", "frame1.jpg", "frame2.jpg",
                    "frame10.jpg",
                ])
        #expect(!NaturalOrder.precedes("a", "a"))
        let long = String(repeating: "9", count: 400)
        #expect(NaturalOrder.precedes(long, "1" + long) && !NaturalOrder.precedes("1" + long, long))
    }

    @Test("offset and silence of a signal (closed form)")
    func offset() {
        let tone = (0..<1600).map { Float(0.1 * sin(2 * Double.pi * Double($0) / 160)) }
        let plain = Signal(samples: tone, sampleRate: 16_000)
        #expect(plain.offset == 0 && plain.withoutOffset() == plain)
        let shifted = Signal(samples: tone.map { $0 + 0.25 }, sampleRate: 16_000)
        #expect(abs(shifted.offset - 0.25) < 1e-6)
        #expect(zip(shifted.withoutOffset().samples, tone).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(Signal.isSilent([Float](repeating: 0.3, count: 100)))
        #expect(!Signal.isSilent(tone))
    }

    @Test("the SNR is of powers without offset (closed form)")
    func mixedOffset() throws {
        let tone = Signal(samples: (0..<1600).map { Float(0.1 * sin(Double($0) / 4)) }, sampleRate: 16_000)
        let noise = Signal(samples: (0..<1600).map { $0 % 2 == 0 ? 0.1 : -0.1 }, sampleRate: 16_000)
        var biased = noise
        for index in biased.samples.indices { biased.samples[index] += 0.5 }
        let mixer = NoiseMixer()
        let gain = try mixer.noiseGain(speech: tone, noise: noise, snrDB: 3)
        #expect(abs(try mixer.noiseGain(speech: tone, noise: biased, snrDB: 3) / gain - 1) < 1e-6)
        var broken = tone
        broken.samples[7] = .nan
        #expect(throws: MixingError.nonFiniteSpeech(sample: 7)) {
            try mixer.noiseGain(speech: broken, noise: noise, snrDB: 3)
        }
    }
}
