import Foundation
import Testing

@Suite struct ToolTests {
    @Test("finds the built binaries and reads their help", arguments: [Tool.eval, Tool.report])
    func help(tool: Tool) throws {
        let outcome = try tool.run(["--help"])
        #expect(outcome.exitCode == 0, "\(outcome)")
        #expect(outcome.output.contains("USAGE: \(tool.name)"))
    }

    @Test("calls a wrong option a usage error", arguments: [Tool.eval, Tool.report])
    func usage(tool: Tool) throws {
        #expect(try tool.run(["--no-such-option"]).exitCode == 64)
    }
}
