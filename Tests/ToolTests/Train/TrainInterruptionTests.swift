import Foundation
import Testing

/// A training that is killed, stopped and resumed ends like one that was left alone.
@Suite("tavse-train, interrupted") struct TrainInterruptionTests {
    /// Property: byte for byte, at whatever moment the kills hit.
    @Test("killed again and again, it ends with the same checkpoints, state and metrics")
    func killed() throws {
        let whole = try TrainWorkspace()
        #expect(try whole.run("--quiet").exitCode == 0)
        let expected = try whole.results()
        #expect(expected.keys.contains("best.safetensors") && expected.count >= 6)
        let halted = try TrainWorkspace()
        var running = try halted.start("--quiet")
        halted.waitForState(of: running)
        for milliseconds in [5, 60, 130, 20, 200, 90, 40] {
            Thread.sleep(forTimeInterval: Double(milliseconds) / 1000)
            running.send(SIGKILL)
            _ = running.wait()
            running = try halted.start("--quiet", "--resume")
        }
        let end = running.wait()
        #expect(end.exitCode == 0, "\(end)")
        let found = try halted.results()
        #expect(Set(found.keys) == Set(expected.keys))
        for (name, bytes) in expected { #expect(found[name] == bytes, "\(name)") }
    }

    @Test(
        "a signal saves the state and sets the exit code",
        arguments: [SIGTERM, SIGUSR1, SIGINT])
    func signals(signal: Int32) throws {
        let code: Int32 = signal == SIGINT ? 130 : 75
        let workspace = try TrainWorkspace(epochs: 500)
        var steps = [0]
        for arguments in [[], ["--resume"]] {
            let before = try? modified(workspace.statePath)
            let running = try Tool(name: "tavse-train").start(
                ["--config", "tiny.yaml", "--json"] + arguments, in: workspace.folder.path)
            while running.isRunning, (try? modified(workspace.statePath)) == before {
                Thread.sleep(forTimeInterval: 0.002)
            }
            running.send(signal)
            let end = running.wait()
            #expect(end.exitCode == code, "\(end)")
            #expect(end.output.contains("\"end\": \"interrupted\""), "\(end)")
            let part = end.output.components(separatedBy: "\"steps\": ").last?.prefix { $0.isNumber }
            steps.append(try #require(part.flatMap { Int($0) }))
        }
        #expect(steps[2] > steps[1])
    }

    private func modified(_ path: String) throws -> Date? {
        try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    }
}
