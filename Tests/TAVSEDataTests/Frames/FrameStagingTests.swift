import Foundation
import TAVSEData
import TestSupport
import Testing

@Suite("FrameStaging") struct FrameStagingTests {
    private let folder: TemporaryFolder
    private let root: DataRoot
    private var local: String { folder.file("local") }
    private var source: String { root.frames(.rgb) + "/data.mdb" }

    init() throws {
        folder = try TemporaryFolder()
        root = DataRoot(folder.file("root"))
        let writer = try FrameStoreWriter(path: root.frames(.rgb), durable: false)
        try writer.write(
            (0..<30).map { .init(utterance: "u", frame: $0, bytes: [UInt8](repeating: 5, count: 2500)) })
        try writer.finish()
    }

    private func stage(_ cameras: [Camera] = [.rgb]) throws(DataError) -> FrameStaging {
        try FrameStaging(root, modalities: cameras, to: local)
    }

    private func inode(_ path: String) throws -> Int {
        let number = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? NSNumber
        return try #require(number?.intValue)
    }

    private func isLikeSource(_ path: String) -> Bool {
        FileManager.default.contentsEqual(atPath: path, andPath: source)
    }

    private var isEmpty: Bool {
        get throws { try FileManager.default.contentsOfDirectory(atPath: local).isEmpty }
    }

    @Test("copies a store that reads the same, and removes it afterwards (round trip)")
    func copies() throws {
        var staging: FrameStaging? = try stage()
        let path = try #require(staging?.stores[.rgb])
        #expect(staging?.copied == [.rgb])
        #expect(isLikeSource(path))
        #expect(try FrameStore(path: path).count == 30)
        staging = nil
        #expect(try isEmpty)
    }

    @Test("a second run uses the copy of the first, and the last one removes it, whichever that is")
    func shared() throws {
        let first = try stage()
        let path = try #require(first.stores[.rgb])
        let number = try inode(path)
        var second: FrameStaging? = try stage()
        #expect(second?.stores == first.stores && second?.copied == [])
        #expect(try inode(path) == number)
        first.remove()
        #expect(isLikeSource(path))
        second = nil
        #expect(try isEmpty)
    }

    @Test(
        "a copy that is cut short, altered, or was never finished is made again",
        arguments: ["cut", "altered", "unfinished", "empty"])
    func untrusted(damage: String) throws {
        let first = try stage()
        let path = try #require(first.stores[.rgb])
        let check = (path as NSString).deletingPathExtension + ".check"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        switch damage {
        case "cut": try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: path))
        case "altered":
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: URL(fileURLWithPath: path))
        // As after a kill: the copy may have any length, and its check is written last.
        case "unfinished": try FileManager.default.removeItem(atPath: check)
        default: try Data().write(to: URL(fileURLWithPath: check))
        }
        let second = try stage()
        #expect(second.copied == [.rgb])
        #expect(second.stores == first.stores && isLikeSource(path))
        first.remove()
        #expect(isLikeSource(path))
        second.remove()
        #expect(try isEmpty)
    }

    @Test("a store that has changed has a copy of its own")
    func changedSource() throws {
        let first = try stage()
        let writer = try FrameStoreWriter(path: root.frames(.rgb), durable: false)
        try writer.write([.init(utterance: "v", frame: 0, bytes: [1])])
        try writer.finish()
        let second = try stage()
        #expect(second.copied == [.rgb])
        #expect(try FrameStore(path: try #require(first.stores[.rgb])).count == 30)
        #expect(try FrameStore(path: try #require(second.stores[.rgb])).count == 31)
    }

    @Test("names a missing store and leaves nothing behind")
    func missing() throws {
        #expect(throws: DataError.missingInput(path: root.frames(.thermal))) {
            try stage([.rgb, .thermal])
        }
        #expect(try isEmpty)
    }

    @Test("says how much room is needed and free, makes room of what nobody uses, and leaves nothing behind")
    func noRoom() throws {
        // Left by a killed run: nobody holds its locks.
        var left: FrameStaging? = try stage()
        let stale = try #require(left?.stores[.rgb] as NSString?).deletingLastPathComponent
        try FileManager.default.copyItem(atPath: stale, toPath: folder.file("kept"))
        left = nil
        try FileManager.default.copyItem(atPath: folder.file("kept"), toPath: stale)
        // A store with a hole as large as all that is free takes no room itself.
        let free = try FileManager.default.attributesOfFileSystem(forPath: folder.path)[.systemFreeSize]
        let size = try #require(free as? NSNumber).uint64Value + 1 << 40
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: source))
        try file.truncate(atOffset: size)
        try file.close()
        let error = #expect(throws: DataError.self) { try stage() }
        guard case .cannotWrite(local, let reason) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(reason.hasPrefix("no room: the frames need \(size) bytes, "), "\(reason)")
        #expect(reason.contains("data.stage_to"))
        #expect(try isEmpty)
    }

    @Test("names a place that cannot be a folder")
    func notAFolder() throws {
        _ = try folder.write("a file", to: "local")
        let error = #expect(throws: DataError.self) { try stage() }
        guard case .cannotWrite(local, _) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
    }

    @Test("a copy that cannot be written to its end is an error, and leaves nothing behind")
    func writeFails() async {
        await #expect(processExitsWith: .success) {
            let test = try FrameStagingTests()
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 50_000, rlim_max: 50_000)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            do throws(DataError) {
                _ = try test.stage()
                preconditionFailure("staged")
            } catch {
                guard case .cannotWrite(let path, let reason) = error else {
                    preconditionFailure("\(error)")
                }
                precondition(path.hasSuffix("rgb_mouth.mdb") && reason.contains("large"), "\(error)")
            }
            let isEmpty = try test.isEmpty
            precondition(isEmpty)
        }
    }
}
