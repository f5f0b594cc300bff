import ArgumentParser
import ToolSupport

@main struct EvaluateCommand: ParsableCommand {
    /// Runs the tool; what it prints must arrive.
    static func main() {
        StandardOutput.checkAtExit()
        main(ToolArguments.prepared(for: Self.self))
    }

    static let configuration = CommandConfiguration(
        commandName: "tavse-eval", abstract: "Score enhanced speech, one stored row per score.",
        discussion: """
            Exit codes: 0 done, 3 more failed items than allowed, 64 usage, 65 bad data, 66 missing input, 73 cannot \
            write, 75 stopped by a signal with everything saved, 130 interrupted.
            """,
        version: ToolVersion.current,
        subcommands: [CheckpointCommand.self, WavsCommand.self, PairCommand.self, MetricsCommand.self],
        defaultSubcommand: CheckpointCommand.self)

    static let diagnostics = Diagnostics(tool: "tavse-eval")
}
