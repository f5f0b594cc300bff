import ArgumentParser

@main struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tavse-data",
        abstract: "Make, import, check and look at audio-visual speech data.",
        subcommands: [SynthCommand.self])
}
