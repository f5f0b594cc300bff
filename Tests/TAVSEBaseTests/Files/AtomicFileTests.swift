import Foundation
import TAVSEBase
import Testing

@Suite("Atomic file")
struct AtomicFileTests {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "tavse-atomic-\(UUID().uuidString)"
    ).path

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder) }

    private func write(_ text: String, _ file: AtomicFile) throws {
        try Array(text.utf8).withUnsafeBytes { try file.write($0) }
    }

    /// Property.
    @Test("the name holds the old content until the new one is complete", arguments: [false, true])
    func replaces(durable: Bool) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/a.txt"
        try Data("old".utf8).write(to: URL(fileURLWithPath: path))
        let file = try AtomicFile(path)
        try write("new ", file)
        try write("content", file)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        try file.commit(durable: durable)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "new content")
        #expect(try names() == ["a.txt"])
    }

    /// Property.
    @Test("without commit nothing is left behind")
    func abandoned() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func begin() throws { try write("half", try AtomicFile(folder + "/b.txt")) }
        try begin()
        #expect(try names().isEmpty)
    }

    @Test("a missing folder, a NUL in the name and a folder in the way are errors that name the file")
    func refusals() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let missing = folder + "/no/c.txt"
        #expect {
            _ = try AtomicFile(missing)
        } throws: { error in
            (error as? FileWriteError)?.path == missing && "\(error)".contains("No such file")
        }
        #expect(throws: FileWriteError.self) { _ = try AtomicFile("a\0b") }
        try FileManager.default.createDirectory(atPath: folder + "/d", withIntermediateDirectories: false)
        let file = try AtomicFile(folder + "/d")
        #expect(throws: FileWriteError.self) { try file.commit() }
        #expect(try names() == ["d"])
    }

    @Test("a full disk is told apart from other failures")
    func fullDisk() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
        let file = try AtomicFile(folder + "/e.txt")
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        // The temporary file's descriptor now leads to a device that is always full.
        try #require(dup2(full, file.descriptor) == file.descriptor)
        #expect {
            try write("x", file)
        } throws: { ($0 as? FileWriteError)?.isDiskFull == true }
    }
}
