import ArgumentParser

@main struct Main: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "tavse-eval", abstract: "To be written.")
}
