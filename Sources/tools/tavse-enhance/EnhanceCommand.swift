import ArgumentParser
import ToolSupport

@main
struct EnhanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tavse-enhance", version: ToolVersion.current)
}
