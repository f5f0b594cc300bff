import Foundation
import Testing

@testable import TAVSEEvaluation

@Suite struct RecordingManifestTests {
    private func read(
        _ text: String, clean: String? = nil, enhanced: String? = nil
    ) throws(EvaluationError) -> RecordingList {
        let path = NSTemporaryDirectory() + "tavse-manifest-\(UUID().uuidString).csv"
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
        return try RecordingManifest.pairs(path: path, clean: clean, enhanced: enhanced)
    }

    @Test("reads conditions, leaves unknown ones unknown, and passes over further columns (closed form)")
    func reads() throws {
        let list = try read(
            "room,utterance,clean,enhanced,snr_db,speaker,noisy\n1,a,/c/a.wav,/e/a.wav,-2.5,s1,/n/a.wav\n2,b,/c/b.wav,/e/b.wav,,,\n"
        )
        #expect(
            list.pairs == [
                RecordingPair(
                    utterance: "a", speaker: "s1", snrDB: -2.5, clean: "/c/a.wav", noisy: "/n/a.wav",
                    enhanced: "/e/a.wav"),
                RecordingPair(utterance: "b", clean: "/c/b.wav", enhanced: "/e/b.wav"),
            ])
        #expect(list.manifestHash?.count == 64)
    }

    @Test("starts relative paths at the manifest's folder or at the folders given (closed form)")
    func paths() throws {
        let home = (NSTemporaryDirectory() as NSString).standardizingPath
        let own = try read("utterance,clean,enhanced\na,c/a.wav,e/a.wav\n").pairs[0]
        #expect((own.clean as NSString).standardizingPath == home + "/c/a.wav")
        let given = try read("utterance,clean\na,s/a.wav\n", clean: "/data", enhanced: "/out").pairs[0]
        #expect(given.clean == "/data/s/a.wav" && given.enhanced == "/out/s/a.wav")
    }

    @Test("tells one utterance in two conditions from the same row twice (closed form)")
    func duplicates() throws {
        let heading = "utterance,clean,enhanced,snr_db\n"
        #expect(try read(heading + "a,c,e,0\na,c,e,5\n").pairs.count == 2)
        do {
            _ = try read(heading + "a,c,e,0\nb,c,e,0\na,c,e,0.0\n")
            Issue.record("a repeated row was accepted")
        } catch {
            guard case .manifest(_, let line, let column, _) = error else { throw error }
            #expect(line == 4 && column == "utterance")
        }
    }
}
