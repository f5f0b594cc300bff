import Foundation
import Testing

/// Training from frames that were copied to a local folder first.
@Suite("tavse-train, data.stage_to") struct StagingTests {
    private let workspace: TrainWorkspace
    private var local: String { workspace.folder.path + "/local" }
    private static let staged = ["--set", "data.stage_to=local"]

    init() throws { workspace = try TrainWorkspace() }

    private func copies() throws -> [String] {
        guard FileManager.default.fileExists(atPath: local) else { return [] }
        return try FileManager.default.subpathsOfDirectory(atPath: local).filter { $0.hasSuffix(".check") }
    }

    private func start(_ arguments: String...) throws -> RunningTool {
        try Tool(name: "tavse-train").start(
            ["--config", "tiny.yaml"] + Self.staged + arguments, in: workspace.folder.path)
    }

    /// Property.
    @Test("the metrics are those of the frames where they are, and the copy goes with the run")
    func sameResult() throws {
        let plain = try TrainWorkspace()
        #expect(try plain.run("--quiet").exitCode == 0)
        let outcome = try start().wait()
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.errors.contains("frames are read from local, copied: thermal"), "\(outcome)")
        #expect(try workspace.results()["metrics.csv"] == plain.results()["metrics.csv"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: local).isEmpty)
    }

    @Test("a killed run leaves its copy, the resumed one uses and removes it")
    func reuse() throws {
        let running = try start("--quiet")
        workspace.waitForState(of: running)
        running.send(SIGKILL)
        _ = running.wait()
        #expect(try copies().count == 1)
        let resumed = try start("--resume").wait()
        #expect(resumed.exitCode == 0, "\(resumed)")
        #expect(resumed.errors.contains("frames are read from local, there already: thermal"), "\(resumed)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: local).isEmpty)
    }

    @Test("what a run killed while it copied has left is not trusted")
    func halfCopied() throws {
        let running = try start("--quiet")
        workspace.waitForState(of: running)
        running.send(SIGKILL)
        _ = running.wait()
        let check = local + "/" + (try #require(try copies().first))
        try FileManager.default.removeItem(atPath: check)
        let copy = URL(fileURLWithPath: (check as NSString).deletingPathExtension + ".mdb")
        try Data(contentsOf: copy).prefix(10_000).write(to: copy)
        let resumed = try start("--resume").wait()
        #expect(resumed.exitCode == 0, "\(resumed)")
        #expect(resumed.errors.contains("frames are read from local, copied: thermal"), "\(resumed)")
    }

    @Test("a folder that cannot be made is named, and nothing is begun")
    func unwritable() throws {
        _ = try workspace.folder.write("a file", to: "local")
        let outcome = try start().wait()
        #expect(outcome.exitCode == 73 && outcome.errors.contains("local: cannot be written"), "\(outcome)")
        #expect(!FileManager.default.fileExists(atPath: workspace.folder.path + "/checkpoints"))
    }
}
