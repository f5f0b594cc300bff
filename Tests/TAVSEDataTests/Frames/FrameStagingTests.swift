import Foundation
import TAVSEData
import Testing

@Suite("FrameStaging") struct FrameStagingTests {
    private func store(_ folder: TemporaryFolder) throws -> DataRoot {
        let root = DataRoot(folder.file("root"))
        let writer = try FrameStoreWriter(path: root.frames(.rgb), durable: false)
        try writer.write(
            (0..<30).map { .init(utterance: "u", frame: $0, bytes: [UInt8](repeating: 5, count: 2500)) })
        try writer.finish()
        return root
    }

    @Test("copies a store that reads the same, and removes it afterwards (round trip)")
    func copies() throws {
        let folder = try TemporaryFolder()
        let root = try store(folder)
        var staging: FrameStaging? = try FrameStaging(root, modalities: [.rgb], to: folder.file("local"))
        let path = try #require(staging?.stores[.rgb])
        #expect(FileManager.default.contentsEqual(atPath: path, andPath: root.frames(.rgb) + "/data.mdb"))
        #expect(try FrameStore(path: path).count == 30)
        staging = nil
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("local")).isEmpty)
    }

    @Test("names a missing store and leaves nothing behind")
    func missing() throws {
        let folder = try TemporaryFolder()
        let root = try store(folder)
        #expect(throws: DataError.missingInput(path: root.frames(.thermal))) {
            try FrameStaging(root, modalities: [.rgb, .thermal], to: folder.file("local"))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("local")).isEmpty)
    }
}
