import ArgumentParser
import TAVSECorpus
import TAVSEData
import ToolSupport

struct NoiseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "noise",
        abstract: "Bring a noise corpus to 16 kHz and split its environments between train, val and test.",
        discussion: """
            DEMAND's layout (NAME/ch01.wav … ch16.wav) is known. In other folders every file is an environment, and \
            the files of a subfolder are joined to one. Environments never stand in two splits. An offset (DC) is \
            removed, and what lies above full scale is scaled; that, the channel that was taken, clipping, digital \
            silence and recordings that are the same under two names are said. A stopped import changes nothing.
            """)

    @Option(help: "Folder of the noise corpus.", completion: .directory) var source: String
    @Option(help: "Data root; processed/noise/ is made inside it.", completion: .directory) var out: String
    @Option(help: "Environments for validation whatever the seed, comma-separated.") var val = ""
    @Option(help: "Environments for the test, comma-separated.") var test = ""
    @Option(help: "Environments for training, comma-separated.") var train = ""
    @Option(help: "Channel used, from 1.") var channel = 1
    @Option(help: "Seed of the split.") var seed: UInt64 = 42
    @OptionGroup var common: CommonOptions

    func run() throws {
        try Diagnostics.data.reportingErrors {
            var settings = NoisePreparation.Settings(source: source)
            settings.channel = channel
            settings.seed = seed
            for (split, names) in [(Split.train, train), (.val, val), (.test, test)] {
                for name in names.split(separator: ",") {
                    guard settings.overrides.updateValue(split, forKey: String(name)) == nil else {
                        throw DataError.setting("split", reason: "'\(name)' is given for two splits")
                    }
                }
            }
            var progress = ProgressLine(unit: "environments", quiet: common.quiet)
            let environments = try NoisePreparation(settings).run(
                into: DataRoot(out), workers: common.workers
            ) { done, total, environment in
                progress.show(done: done, total: total, note: environment)
            }
            progress.finish()
            for environment in environments {
                for note in environment.notes { Diagnostics.data.say("\(environment.name): \(note)") }
            }
            for environment in environments { print("\(environment.split.rawValue)  \(environment.name)") }
        }
    }
}
