import ArgumentParser
import Foundation
import TAVSEBase

/// What people type, brought into the form that the argument parser takes, or refused with a hint.
public enum ToolArguments {
    /// Prepares the arguments of this process.
    ///
    /// - A negative number after an option is its value: `--snr -5` means `--snr=-5`.
    /// - A name that begins with a dash is refused with a hint; it would otherwise be read as several short options,
    ///   and `-dash.wav` would print the help.
    /// - Subcommands are recognised whatever their case, and an unknown one is answered with the nearest.
    /// - A configuration file that stands by itself is answered with `--config`.
    ///
    /// - Parameters:
    ///   - type: the tool's command.
    ///   - takesFiles: whether the tool itself, not a subcommand, takes names of files.
    /// - Returns: the arguments, without the tool's name.
    public static func prepared(for type: any ParsableCommand.Type, takesFiles: Bool = false) -> [String] {
        let tool = type.configuration.commandName ?? "tavse"
        let commands = type.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
        switch prepare(
            Array(CommandLine.arguments.dropFirst()), commands: commands, takesFiles: takesFiles)
        {
        case .success(let arguments): return arguments
        case .failure(let problem):
            Diagnostics(tool: tool).say("error: \(problem.text)")
            exit(ExitStatus.usage.rawValue)
        }
    }

    /// What is wrong with the arguments, and what to do.
    public struct Problem: Error, Equatable {
        /// One line.
        public let text: String
    }

    /// As ``prepared(for:takesFiles:)``, for any arguments.
    public static func prepare(
        _ arguments: [String], commands: [String], takesFiles: Bool
    ) -> Result<[String], Problem> {
        var result: [String] = []
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            if argument == "--" { return .success(result + arguments[index...]) }
            let next = index + 1 < arguments.count ? arguments[index + 1] : nil
            if argument.hasPrefix("--"), !argument.contains("="), let next, isNegativeNumber(next) {
                result.append("\(argument)=\(next)")
                index += 2
                continue
            }
            if isDashedName(argument) {
                let isValue = index > 0 && arguments[index - 1].hasPrefix("--")
                if !isValue || FileManager.default.fileExists(atPath: argument) {
                    return .failure(
                        Problem(
                            text:
                                "'\(argument)' begins with a dash and is read as an option; write ./\(argument), "
                                + "or put names like that behind --"))
                }
            }
            result.append(argument)
            index += 1
        }
        guard let first = result.first, !first.hasPrefix("-") else { return .success(result) }
        let hasCommands = commands.count > 1
        if hasCommands {
            if let command = commands.first(where: { $0 == first.lowercased() }) {
                result[0] = command
                return .success(result)
            }
            if let hint = configurationHint(first) { return .failure(hint) }
            let nearest = NearestName.of(first, among: commands)
            return .failure(
                Problem(
                    text: "no command '\(first)'; " + (nearest.map { "did you mean \($0)?" } ?? "there are ")
                        + (nearest == nil ? commands.joined(separator: ", ") : "")))
        }
        if !takesFiles, let hint = configurationHint(first) { return .failure(hint) }
        return .success(result)
    }

    private static func configurationHint(_ argument: String) -> Problem? {
        guard ["yaml", "yml"].contains((argument as NSString).pathExtension.lowercased()) else { return nil }
        return Problem(text: "'\(argument)' stands by itself; did you mean --config \(argument)?")
    }

    /// A number, or a list of numbers that begins with one, below zero.
    private static func isNegativeNumber(_ text: String) -> Bool {
        guard text.hasPrefix("-"), let first = text.split(separator: ",").first else { return false }
        return Double(first) != nil && first.dropFirst().first?.isLetter == false
    }

    /// Begins with one dash and is no short option and no number.
    private static func isDashedName(_ text: String) -> Bool {
        text.hasPrefix("-") && !text.hasPrefix("--") && text.count > 2 && !isNegativeNumber(text)
    }
}
