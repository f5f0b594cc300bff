import ArgumentParser
import Foundation
import TAVSECorpus
import TAVSEData
import ToolSupport

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a data root: references, lengths, frames, sound, and leaks between splits.",
        discussion: "Exit code 0 when there is no error (warnings are allowed), 65 otherwise.")

    @Argument(help: "Data root that holds processed/.", completion: .directory) var directory: String
    @Option(help: "Frames decoded per utterance and camera.") var samples = 8
    @Option(help: "Findings shown per check.") var limit = 10
    @Flag(help: "Print everything found as JSON.") var json = false
    @OptionGroup var common: CommonOptions

    func run() throws {
        try Diagnostics.data.reportingErrors {
            var progress = ProgressLine(unit: "utterances", quiet: common.quiet)
            let report = try DataVerification(
                DataRoot(directory), samplesPerClip: samples, workers: common.workers
            ).run(progress: { progress.show(done: $0, total: $1) })
            progress.finish()
            if json {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                print(String(decoding: try encoder.encode(report), as: UTF8.self))
            } else {
                print(report.text(limit: limit))
            }
            if report.hasErrors { throw ExitStatus.badData.exitCode }
        }
    }
}
