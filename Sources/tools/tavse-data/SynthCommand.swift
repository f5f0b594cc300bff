import ArgumentParser
import Foundation
import TAVSECorpus
import TAVSEData
import ToolSupport

struct SynthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synth",
        abstract: "Make an audio-visual corpus from nothing: the same seed gives the same corpus.",
        discussion: """
            Synthetic speakers with voices and mouths of their own, seen by a colour and a thermal camera, and noise \
            of several characters, in the layout the other tools read. Nothing is downloaded.
            """)

    @Option(help: "Data root; processed/ is made inside it.", completion: .directory) var out: String
    @Option(help: "Number of speakers, at least 3 (split 60/15/25 %).") var speakers = 148
    @Option(help: "Utterances per speaker.") var utterances = 6
    @Option(help: "Seed of everything random.") var seed: UInt64 = 42
    @Option(help: "Video frames per second.") var fps = 28.0
    @Option(help: "Length of each noise file, seconds.") var noiseSeconds = 20.0
    @Option(help: "Bits of thermal frames: 8 or 16.") var thermalBits = 8
    @Option(help: "Share of video frames lost in each camera, 0…0.5.") var missingFrames = 0.0
    @Flag(help: "Replace a processed/ that holds something else.") var overwrite = false
    @OptionGroup var common: CommonOptions

    func run() throws {
        try Diagnostics.data.reportingErrors {
            var settings = SyntheticCorpusSettings()
            settings.speakers = speakers
            settings.utterances = utterances
            settings.seed = seed
            settings.fps = fps
            settings.noiseSeconds = noiseSeconds
            settings.thermalBits = thermalBits
            settings.missingFrames = missingFrames
            var progress = ProgressLine(unit: "utterances", quiet: common.quiet)
            let summary = try SyntheticCorpus(settings, workers: common.workers)
                .write(
                    to: DataRoot(out), overwrite: overwrite, progress: { progress.show(done: $0, total: $1) })
            progress.finish()
            if summary.wasPresent {
                print("\(out)/processed already holds this corpus; nothing to do")
            } else {
                print(
                    "\(out)/processed: \(summary.utterances) utterances, "
                        + String(format: "%.0f s of speech, ", summary.seconds)
                        + "\(summary.frames) frames, \(summary.environments) noise environments")
            }
        }
    }
}
