import TAVSEData
import TestSupport
import Testing

@Suite("Manifest") struct ManifestTests {
    private static let header = "utterance,speaker,audio,frames,fps,duration_s,rgb,thermal"
    private static let good = "1_1_1_7,1,audio_16k/1_1_1_7.wav,70,28,2.5,1,0"

    private func read(_ text: String) throws(DataError) -> Manifest {
        try Manifest(CSVTable(text: text, file: "m.csv"))
    }

    @Test("reads typed columns in any order and keeps the others (by hand)")
    func columns() throws {
        let manifest = try read(
            "note,thermal,rgb,duration_s,fps,frames,audio,speaker,utterance\n"
                + "x,no,TRUE,2.5,28,70,audio_16k/u.wav,9,u\n")
        let entry = try #require(manifest.entries.first)
        #expect(entry.utterance == "u" && entry.speaker == "9" && entry.frames == 70 && entry.fps == 28)
        #expect(entry.rgb && !entry.thermal && entry.durationSeconds == 2.5)
        #expect(entry.extra == ["note": "x"])
        #expect(entry.has(.rgb) && !entry.has(.thermal))
    }

    @Test("writes what it reads back, further columns included (round trip)")
    func roundTrip() throws {
        let text = Self.header + ",text\n" + Self.good + ",\"hello, you\"\n"
        let manifest = try read(text)
        #expect(manifest.text == text)
        let folder = try TemporaryFolder()
        try manifest.write(to: folder.file("m.csv"))
        #expect(try Manifest(path: folder.file("m.csv")) == manifest)
    }

    @Test(
        "names the column of a wrong field",
        arguments: [
            ("frames", "1,1,a.wav,-1,28,2.5,1,0"), ("frames", "1,1,a.wav,7.5,28,2.5,1,0"),
            ("frames", "1,1,a.wav,99999999999999999999,28,2.5,1,0"), ("fps", "1,1,a.wav,70,0,2.5,1,0"),
            ("fps", "1,1,a.wav,70,nan,2.5,1,0"), ("duration_s", "1,1,a.wav,70,28,inf,1,0"),
            ("rgb", "1,1,a.wav,70,28,2.5,maybe,0"), ("thermal", "1,1,a.wav,70,28,2.5,1,"),
            ("utterance", ",1,a.wav,70,28,2.5,1,0"), ("utterance", "a/b,1,a.wav,70,28,2.5,1,0"),
            ("speaker", "1,,a.wav,70,28,2.5,1,0"), ("audio", "1,1,/etc/passwd,70,28,2.5,1,0"),
            ("audio", "1,1,../x.wav,70,28,2.5,1,0"),
        ])
    func wrongField(column: String, row: String) {
        do throws(DataError) {
            _ = try read(Self.header + "\n" + Self.good + "\n" + row + "\n")
            Issue.record("accepted \(row)")
        } catch {
            guard case .table("m.csv", 3, column, _) = error else {
                Issue.record("another error: \(error)")
                return
            }
        }
    }

    @Test("rejects a repeated utterance, naming both lines")
    func repeated() {
        let expected = DataError.table(
            file: "m.csv", line: 3, column: "utterance", reason: "'1_1_1_7' stands on line 2 already")
        #expect(throws: expected) { try read(Self.header + "\n" + Self.good + "\n" + Self.good + "\n") }
    }

    @Test("names a missing column")
    func missingColumn() {
        do throws(DataError) {
            _ = try read("utterance,speaker\n")
            Issue.record("accepted")
        } catch {
            guard case .table("m.csv", 1, "audio", _) = error else {
                Issue.record("another error: \(error)")
                return
            }
        }
    }
}

@Suite("SplitCheck") struct SplitCheckTests {
    private func manifest(_ utterances: [(String, String)]) -> Manifest {
        Manifest(
            entries: utterances.map {
                ManifestEntry(
                    utterance: $0.0, speaker: $0.1, audio: "a.wav", frames: 1, fps: 28, durationSeconds: 1,
                    rgb: true,
                    thermal: true)
            })
    }

    @Test("finds speakers, utterances and noise environments in two splits (by hand)")
    func leaks() {
        let manifests: [Split: Manifest] = [
            .train: manifest([("a", "1"), ("b", "2")]), .val: manifest([("c", "2")]),
            .test: manifest([("a", "3")]),
        ]
        let noise: [Split: [String]] = [.train: ["bus", "car"], .val: [], .test: ["bus"]]
        #expect(
            SplitCheck.leaks(manifests: manifests, noise: noise) == [
                .leak(kind: "speaker", name: "2", splits: ["train", "val"]),
                .leak(kind: "utterance", name: "a", splits: ["train", "test"]),
                .leak(kind: "noise environment", name: "bus", splits: ["train", "test"]),
            ])
        #expect(throws: DataError.leak(kind: "speaker", name: "2", splits: ["train", "val"])) {
            try SplitCheck.require(manifests: manifests)
        }
    }

    @Test("accepts disjoint splits (by hand)")
    func clean() throws {
        try SplitCheck.require(
            manifests: [.train: manifest([("a", "1"), ("b", "1")]), .test: manifest([("c", "3")])],
            noise: [.train: ["x"], .test: ["y"]])
    }
}
