import ArgumentParser
import ToolSupport

@main struct Main: ParsableCommand {
    /// Runs the tool; what it prints must arrive.
    static func main() {
        StandardOutput.checkAtExit()
        main(ToolArguments.prepared(for: Self.self))
    }

    static let configuration = CommandConfiguration(
        commandName: "tavse-data",
        abstract: "Make, import, check and look at audio-visual speech data.",
        version: ToolVersion.current,
        subcommands: [
            SynthCommand.self, IngestCommand.self, NoiseCommand.self, VerifyCommand.self, InspectCommand.self,
        ])
}
