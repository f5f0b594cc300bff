import Foundation
import GRDB
import TAVSEBase
import TAVSESignal
import TAVSEStore
import Testing

/// Ends the tool in the middle of its work, in every way a machine can.
@Suite(.serialized) struct InterruptionTests {
    private let space: Workspace
    private let arguments: [String]

    init() throws {
        space = try Workspace()
        try space.recordings((0..<60).map { "u\($0)" })
        arguments =
            ["wavs", "--system", "A", "--jobs", "1", "--metrics", "pesq,stoi,si_snr,sdr"]
            + space.folders + ["--noisy", space.file("noisy")]
    }

    /// Starts the tool, waits until it has begun its run in the store, and then for some time.
    private func startAndWait(_ store: String, seconds: Double) throws -> RunningTool {
        let tool = try Tool.eval.start(arguments + ["--db", store, "--quiet"])
        while tool.isRunning && (try? ResultsStore(path: store, access: .readOnly).runs().isEmpty) != false {
            Thread.sleep(forTimeInterval: 0.01)
        }
        Thread.sleep(forTimeInterval: seconds)
        return tool
    }

    private func expectWhole(_ store: String) throws {
        let check = try DatabaseQueue(path: store).inDatabase {
            try String.fetchAll($0, sql: "PRAGMA integrity_check")
                + String.fetchAll($0, sql: "SELECT \"table\" FROM pragma_foreign_key_check")
        }
        #expect(check == ["ok"])
    }

    private func uninterrupted() throws -> [String] {
        let outcome = try Tool.eval.run(arguments + ["--db", space.file("whole.sqlite"), "--quiet"])
        #expect(outcome.exitCode == 0, "\(outcome)")
        return try space.scores(store: space.file("whole.sqlite"))
    }

    @Test(
        "stops at Ctrl-C and at termination with what is done stored, and resumes to the same scores (property)",
        arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(75))])
    func stops(signal: Int32, exitCode: Int32) throws {
        let tool = try startAndWait(space.store, seconds: 0.5)
        tool.send(signal)
        let outcome = tool.wait()
        // A fast machine may have been done before.
        #expect(outcome.exitCode == exitCode || outcome.exitCode == 0, "\(outcome)")
        if outcome.exitCode == exitCode {
            #expect(outcome.errors.contains("--resume"))
            #expect(try ResultsStore(path: space.store, access: .readOnly).runs()[0].status == .stopped)
        }
        try expectWhole(space.store)
        let rest = try Tool.eval.run(arguments + ["--db", space.store, "--quiet", "--resume"])
        #expect(rest.exitCode == 0, "\(rest)")
        #expect(try space.scores() == uninterrupted())
    }

    @Test("survives SIGKILL at any moment, again and again, and ends with the same scores (property)")
    func killed() throws {
        var generator = SplitMix64(seed: 7)
        for _ in 0..<6 {
            let tool = try startAndWait(space.store, seconds: Double(generator.next() % 700) / 1000)
            tool.send(SIGKILL)
            _ = tool.wait()
            if FileManager.default.fileExists(atPath: space.store) { try expectWhole(space.store) }
        }
        let rest = try Tool.eval.run(arguments + ["--db", space.store, "--quiet"])
        #expect(rest.exitCode == 0, "\(rest)")
        #expect(try space.scores() == uninterrupted())
    }

    @Test("lets two processes write one store at the same time, from the first moment on (property)")
    func together() throws {
        let other = arguments.map { $0 == "A" ? "B" : $0 }
        let first = try Tool.eval.start(arguments + ["--db", space.store, "--quiet"])
        let second = try Tool.eval.start(other + ["--db", space.store, "--quiet"])
        for outcome in [first.wait(), second.wait()] { #expect(outcome.exitCode == 0, "\(outcome)") }
        try expectWhole(space.store)
        let expected = try uninterrupted()
        #expect(try space.scores(system: "A") == expected)
        #expect(try space.scores(system: "B") == expected)
    }
}
