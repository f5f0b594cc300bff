import ArgumentParser
import ToolSupport

@main
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "tavse-train", version: ToolVersion.current)
}
