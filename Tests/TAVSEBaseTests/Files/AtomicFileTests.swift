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

    /// Property. A writer that is killed cannot clean up; the next one of the same file does.
    @Test("what a killed writer left is written over by the next one of that file")
    func leftover() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/f.txt"
        try Data("a longer leftover".utf8).write(to: URL(fileURLWithPath: folder + "/.tavse-f.txt.part"))
        try AtomicFile.write(Data("whole".utf8), to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "whole")
        #expect(try names() == ["f.txt"])
    }

    /// Property.
    @Test("two writers of one file do not mix: the one that commits last wins, whole")
    func twoWriters() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/g.txt"
        let (first, second) = (try AtomicFile(path), try AtomicFile(path))
        try write("first", first)
        try write("second", second)
        try second.commit()
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "second")
        let third = try AtomicFile(path)
        try write("third", third)
        try first.commit()
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "first")
        try third.commit()
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "third")
        #expect(try names() == ["g.txt"])
    }

    /// Property. The longest name a file system takes leaves no room for a longer temporary one.
    @Test("a file may have the longest name there is")
    func longName() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let name = String(repeating: "n", count: 255)
        try AtomicFile.write(Data("x".utf8), to: folder + "/" + name)
        #expect(try names() == [name])
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
