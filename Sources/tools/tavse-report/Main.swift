import ArgumentParser
import ToolSupport

@main struct Main: ParsableCommand {
    /// Runs the tool; what it prints must arrive.
    static func main() {
        StandardOutput.checkAtExit()
        main(ToolArguments.prepared(for: Self.self))
    }

    static let configuration = CommandConfiguration(
        commandName: "tavse-report",
        abstract:
            "Compare the systems of a results store: which is better, by how much, with what certainty.",
        version: ToolVersion.current,
        subcommands: [
            ReportCommand.self, CompareCommand.self, ListCommand.self, ImportCommand.self, ExportCommand.self,
            MergeCommand.self, RemoveCommand.self, CheckCommand.self, MetricCommand.self,
        ], defaultSubcommand: ReportCommand.self)
}

/// Says what goes wrong, under the tool's name.
let diagnostics = Diagnostics(tool: "tavse-report")
