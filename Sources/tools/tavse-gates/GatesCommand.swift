import ArgumentParser
import ToolSupport

@main
struct GatesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "tavse-gates", version: ToolVersion.current)
}
