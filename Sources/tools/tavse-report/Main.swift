import ArgumentParser

@main struct Main: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "tavse-report", abstract: "To be written.")
}
