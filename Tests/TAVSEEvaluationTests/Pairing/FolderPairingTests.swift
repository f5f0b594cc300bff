import Foundation
import TAVSEEvaluation
import Testing

@Suite("Pairing of folders")
struct FolderPairingTests {
    private let folder = NSTemporaryDirectory() + "tavse-pairing-\(UUID().uuidString)"

    private func touch(_ names: String...) throws {
        for name in names {
            let path = folder + "/" + name
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try Data("x".utf8).write(to: URL(fileURLWithPath: path))
        }
    }

    private func write(_ text: String, _ name: String) throws -> String {
        try touch(name)
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
        return folder + "/" + name
    }

    @Test("names that differ in Unicode normalisation only are paired where that is unique (case 18)")
    func normalisation() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (composed, decomposed) = ("J\u{FC}rgen", "Ju\u{308}rgen")
        try touch(
            "clean/\(composed)_1.wav", "out/\(decomposed)_1.wav", "out2/\(composed)_1.wav",
            "out2/\(decomposed)_1.wav", "noisy/\(decomposed)_1.wav")
        let pairs = try FolderPairing.pairs(
            clean: .init(folder + "/clean"), enhanced: .init(folder + "/out"), noisy: .init(folder + "/noisy")
        )
        #expect(pairs.unmatched.isEmpty && pairs.pairs.count == 1)
        #expect(
            pairs.pairs.first?.enhanced.utf8.elementsEqual("\(folder)/out/\(decomposed)_1.wav".utf8) == true)
        // Two candidates: the one with equal bytes is taken, the other is left over.
        let two = try FolderPairing.pairs(clean: .init(folder + "/clean"), enhanced: .init(folder + "/out2"))
        #expect(two.pairs.count == 1 && two.unmatched.count == 1)
        #expect(two.pairs.first?.enhanced.utf8.elementsEqual("\(folder)/out2/\(composed)_1.wav".utf8) == true)
    }

    @Test("patterns name the utterance within a file's name")
    func patterns() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(NamePattern("{utterance}_enhanced.wav")?.utterance(of: "p1/u_1_enhanced.wav") == "p1/u_1")
        #expect(NamePattern("{utterance}_enhanced.wav")?.utterance(of: "u_1.wav") == nil)
        #expect(NamePattern("{utterance}_enhanced")?.utterance(of: "u_1_enhanced.flac") == "u_1")
        #expect(NamePattern("*_fileid_{utterance}.wav")?.utterance(of: "book_snr5_fileid_12.wav") == "12")
        #expect(NamePattern("p*/{utterance}_x.wav")?.utterance(of: "p12/a_x.wav") == "a")
        #expect(NamePattern("none") == nil && NamePattern("{utterance}{utterance}") == nil)
        try touch("scenes/S1_target.wav", "scenes/S1_mix.wav", "out/S1.wav", "scenes/S1_other.wav")
        let list = try FolderPairing.pairs(
            clean: .init(folder + "/scenes", pattern: NamePattern("{utterance}_target.wav")),
            enhanced: .init(folder + "/out"),
            noisy: .init(folder + "/scenes", pattern: NamePattern("{utterance}_mix.wav")))
        #expect(list.pairs.map(\.utterance) == ["S1"] && list.unmatched.isEmpty)
        #expect(list.pairs.first?.noisy == folder + "/scenes/S1_mix.wav")
        #expect(throws: EvaluationError.self) {
            try FolderPairing.pairs(
                clean: .init(folder + "/scenes", pattern: NamePattern("{utterance}_clean.wav")),
                enhanced: .init(folder + "/out"))
        }
    }

    @Test("the speaker is the first group of a pattern; names without one are an error")
    func speakers() throws {
        #expect(SpeakerPattern("(") == nil && SpeakerPattern("p[0-9]+") == nil)
        let pattern = try #require(SpeakerPattern("^(p[0-9]+)_|^([a-z]+)-"))
        var pairs = ["p232_001", "p232_002", "p257_001", "anna-1"].map {
            RecordingPair(utterance: $0, clean: "c", enhanced: "e")
        }
        let found = try pattern.apply(to: &pairs)
        #expect(found.map(\.speaker) == ["anna", "p232", "p257"] && found.map(\.count) == [1, 2, 1])
        #expect(pairs.map(\.speaker) == ["p232", "p232", "p257", "anna"])
        pairs.append(RecordingPair(utterance: "X", clean: "c", enhanced: "e"))
        #expect(
            throws: EvaluationError.noSpeaker(pattern: pattern.text, examples: ["X"], count: 1, total: 5)
        ) { try pattern.apply(to: &pairs) }
    }

    @Test("conditions come from lines 'name noise snr' or from a table, by the file's name")
    func conditions() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func pairs() -> [RecordingPair] {
            ["p232_001", "test/p232_002", "p232_003"].map {
                RecordingPair(utterance: $0, clean: "c", enhanced: "e")
            }
        }
        let log = try write("p232_001 bus 17.5\np232_002 cafe -2.5\n\n", "log.txt")
        var found = pairs()
        #expect(try ConditionFile(path: log).apply(to: &found).count == 1)
        #expect(found.map(\.snrDB) == [17.5, -2.5, nil] && found.map(\.noiseType) == ["bus", "cafe", nil])
        let table = try write(
            "Filename,SNR,Noise,Speaker\nnoisy/p232_001.wav,17.5 dB,bus,a\np232_002.wav,nan,,b\np232_003.wav,0,x,c\n",
            "t.csv")
        found = pairs()
        #expect(try ConditionFile(path: table).apply(to: &found).isEmpty)
        #expect(found.map(\.snrDB) == [17.5, nil, 0] && found.map(\.speaker) == ["a", "b", "c"])
        for text in ["p232_001 bus\n", "a b c\n", "u,x\n1,2\n", "name,snr\na,1\na,2\n", "", "a x 1\na x 2\n"]
        {
            let path = try write(text, "bad")
            #expect(throws: EvaluationError.self, "\(text)") { try ConditionFile(path: path) }
        }
    }
}
