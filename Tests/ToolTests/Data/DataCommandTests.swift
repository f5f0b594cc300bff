import Foundation
import TestSupport
import Testing

@Suite("tavse-data") struct DataCommandTests {
    private static let tool = Tool(name: "tavse-data")
    private static let small = ["--speakers", "3", "--utterances", "1", "--noise-seconds", "5", "--quiet"]

    private func run(_ arguments: [String]) throws -> Tool.Outcome { try Self.tool.run(arguments) }

    private func corpus(_ folder: TemporaryFolder) throws -> String {
        let root = folder.path + "/root"
        let outcome = try run(["synth", "--out", root] + Self.small)
        #expect(outcome.exitCode == 0, "\(outcome)")
        return root
    }

    @Test("makes a corpus, verifies it and draws a contact sheet")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let root = try corpus(folder)
        let verified = try run(["verify", root, "--quiet"])
        #expect(verified.exitCode == 0 && verified.output.hasSuffix("no errors, 0 warnings\n"), "\(verified)")
        let sheet = folder.path + "/sheet.png"
        #expect(try run(["inspect", root, "1_1_1_1", "--out", sheet]).exitCode == 0)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: sheet)).prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
        let again = try run(["synth", "--out", root] + Self.small)
        #expect(again.exitCode == 0 && again.output.contains("nothing to do"), "\(again)")
    }

    @Test("exits with 65 for damaged data and lists it as JSON")
    func damaged() throws {
        let folder = try TemporaryFolder()
        let root = try corpus(folder)
        try FileManager.default.removeItem(atPath: root + "/processed/audio_16k/1_1_1_1.wav")
        let outcome = try run(["verify", root, "--json", "--quiet"])
        #expect(outcome.exitCode == 65, "\(outcome)")
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let findings = try #require(report["findings"] as? [[String: Any]])
        #expect(findings.count == 1 && findings[0]["check"] as? String == "audio_missing")
    }

    @Test("exits with 64, 66 and 73 for a wrong setting, a missing input and an output in the way")
    func codes() throws {
        let folder = try TemporaryFolder()
        let setting = try run(["synth", "--out", folder.path + "/x", "--speakers", "2", "--quiet"])
        #expect(setting.exitCode == 64 && setting.errors.contains("expected 3 … 9999, found 2"), "\(setting)")
        #expect(try run(["verify", folder.path + "/none"]).exitCode == 66)
        #expect(try run(["inspect", folder.path + "/none", "u"]).exitCode == 66)
        let noise = ["noise", "--source", folder.path + "/none", "--out", folder.path + "/y"]
        #expect(try run(noise).exitCode == 66)
        #expect(try run(["synth"]).exitCode == 64)
        let root = try corpus(folder)
        let other = try run(["synth", "--out", root, "--seed", "7"] + Self.small)
        #expect(other.exitCode == 73 && other.errors.contains("--overwrite"), "\(other)")
    }

    /// Runs a shell script where mounting is allowed, with the tool as `$TOOL`; nil where the system forbids it.
    private func mounted(_ script: String, in folder: TemporaryFolder) throws -> Tool.Outcome? {
        let shell = { (text: String) in
            try RunningTool(
                path: "/usr/bin/unshare",
                arguments: ["--user", "--map-root-user", "--mount", "/bin/sh", "-c", text],
                folder: folder.path, environment: ["TOOL": Self.tool.path()]
            ).wait()
        }
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/unshare"),
            try shell("mkdir -p probe && mount -t tmpfs tmpfs probe").exitCode == 0
        else { return nil }
        return try shell(script)
    }

    @Test("says that the disk is full, exits with 73 and leaves nothing half made")
    func diskFull() throws {
        let folder = try TemporaryFolder()
        let arguments = Self.small.joined(separator: " ")
        let script = """
            mkdir full && mount -t tmpfs -o size=1m tmpfs full && "$TOOL" synth --out full/root \(arguments)
            code=$?; ls -A full/root; exit $code
            """
        guard let outcome = try mounted(script, in: folder) else { return }
        #expect(outcome.exitCode == 73, "\(outcome)")
        #expect(outcome.errors.lowercased().contains("no space left"), "\(outcome)")
        #expect(outcome.output.isEmpty, "\(outcome)")
    }

    @Test("verifies data on a read-only file system and refuses to write there with 73")
    func readOnly() throws {
        let folder = try TemporaryFolder()
        _ = try corpus(folder)
        let script = """
            mkdir still && mount --bind root still && mount -o remount,ro,bind still || exit 99
            "$TOOL" verify still --quiet || exit 1
            "$TOOL" synth --out still/new --quiet
            """
        guard let outcome = try mounted(script, in: folder), outcome.exitCode != 99 else { return }
        #expect(outcome.exitCode == 73, "\(outcome)")
        #expect(outcome.output.contains("no errors"), "\(outcome)")
        #expect(outcome.errors.contains("read only"), "\(outcome)")
    }
}
