import TAVSECorpus
import TAVSEData
import TestSupport
import Testing

@Suite("ContactSheet") struct ContactSheetTests {
    @Test("draws frames above the sound and names an unknown utterance (property)")
    func draws() throws {
        let folder = try TemporaryFolder()
        var settings = SyntheticCorpusSettings()
        settings.speakers = 3
        settings.utterances = 1
        settings.noiseSeconds = 5
        let root = DataRoot(folder.file("root"))
        try SyntheticCorpus(settings, workers: 2).write(to: root)
        let entry = try #require(try Manifest(path: root.manifest(.val)).entries.first)
        let sheet = try ContactSheet(root).draw(entry.utterance)
        #expect(sheet.width == 24 * 72 && sheet.channels == 3)
        // The first colour frame is skin, not paper.
        #expect(sheet.value(x: 30, y: 55, channel: 2) < 0.95)
        #expect(throws: DataError.self) { try ContactSheet(root).draw("nobody") }
    }
}
