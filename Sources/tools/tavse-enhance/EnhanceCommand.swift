import ArgumentParser
import Foundation
import TAVSEConfiguration
import TAVSEModel
import TAVSENN
import TAVSESignal
import ToolSupport

@main
struct EnhanceCommand: ParsableCommand {
    /// Runs the tool; what it prints must arrive.
    static func main() {
        StandardOutput.checkAtExit()
        main(ToolArguments.prepared(for: Self.self, takesFiles: true))
    }

    static let configuration = CommandConfiguration(
        commandName: "tavse-enhance", abstract: "Enhance recordings of any length, with or without video.",
        discussion: """
            The network is a checkpoint file, or the best or latest of an experiment, which --config or \
            --checkpoint-dir names. Recordings at other rates than the network's are resampled, and come out at the network's rate. Video of a \
            recording is looked for under its name without extension; pictures are taken in the order of their numbers. \
            An output that was made from the same checkpoint, recording and video is skipped, so that the same command \
            continues where it stopped; one that was made from others is made again. Folders are searched with their \
            subfolders and links; the output folder is left out. Exit codes: 0 done, 3 some recordings failed, 64 usage, 65 bad data, \
            66 missing input, 73 cannot write, 75 stopped by a signal, 130 interrupted.
            """,
        version: ToolVersion.current)

    static let diagnostics = Diagnostics(tool: "tavse-enhance")

    /// Containers that are written.
    enum Format: String, ExpressibleByArgument, CaseIterable { case wav, flac }

    @Argument(help: "Recordings, or folders of them (WAV, FLAC, OGG, Opus, AIFF).") var inputs: [String]
    @OptionGroup(title: "Configuration") var settings: OptionalConfigurationOptions
    @Option(
        help: "Checkpoint file; or best or latest of --config or --checkpoint-dir. (default there: best)")
    var checkpoint: String?
    @Option(help: "Folder of an experiment's checkpoints, instead of --config.", completion: .directory)
    var checkpointDir: String?
    @Option(help: "Colour mouth frames: a frame store (LMDB) or a folder of pictures.") var rgb: String?
    @Option(help: "Thermal mouth frames: a frame store (LMDB) or a folder of pictures.") var thermal: String?
    @Option(name: .customLong("out"), help: "Folder for the enhanced recordings.") var outputFolder: String
    @Option(help: "What to use of what the network knows, e.g. audio,rgb; all by default.") var modalities:
        String?
    @Option(help: "Channel of recordings that have several, counted from 1.") var channel: Int?
    @Option(help: "Threads; all processors by default.") var threads: Int?
    @Option(help: "Container of the outputs: wav or flac, 16 bits.") var format = Format.wav
    @Flag(help: "Enhance again whatever is there.") var force = false
    @Flag(help: "Print a summary as JSON.") var json = false
    @Flag(help: "No progress; warnings about the data stay.") var quiet = false

    func validate() throws {
        if settings.config != nil, checkpointDir != nil {
            throw ValidationError(
                "--config and --checkpoint-dir both say where the checkpoints are; give one")
        }
        if checkpoint == nil, settings.config == nil, checkpointDir == nil {
            throw ValidationError("give --checkpoint FILE, --config FILE or --checkpoint-dir FOLDER")
        }
        if inputs.isEmpty { throw ValidationError("name at least one recording or folder") }
        if let threads, !(1...256).contains(threads) {
            throw ValidationError("--threads \(threads): expected 1 to 256")
        }
        if let channel, channel < 1 { throw ValidationError("--channel \(channel): expected 1 or more") }
    }

    func run() throws {
        try Self.diagnostics.reportingErrors {
            if let threads { Parallel.use(threads: threads) }
            let configuration = try settings.config.map { path throws(ConfigurationErrors) in
                try Configuration(
                    path: path, overrides: settings.overrides, settings: settings.settings,
                    notice: Self.diagnostics.note)
            }
            let locator =
                configuration.map(CheckpointLocator.init) ?? CheckpointLocator(folder: checkpointDir)
            let file = try Checkpoint(path: locator.path(of: checkpoint ?? "best"))
            let network = try file.network()
            let cameras = try cameras(network.specification)
            let jobs = try RecordingList.jobs(
                inputs: inputs, outputFolder: outputFolder, fileExtension: format.rawValue)
            try OutputFolder.make(outputFolder)
            let batch = EnhanceBatch(
                enhancer: try Enhancer(network), checkpointHash: file.contentHash, cameras: cameras,
                channel: channel, force: force)
            let watch = SignalWatch {
                Self.diagnostics.say("stopping after the recording at hand; once more to stop at once")
                batch.cancel()
            }
            var line = ProgressLine(unit: "recordings", quiet: quiet)
            let results = batch.run(jobs) { done, failed in
                line.show(done: done, total: jobs.count, failed: failed)
            }
            line.finish()
            try report(results, of: jobs.count, stopped: watch.exitStatus)
        }
    }

    /// Frames of the cameras that are given, known and asked for.
    private func cameras(_ specification: NetworkSpecification) throws -> [Modality: MouthVideo] {
        let known = specification.modalities.map(\.rawValue)
        let asked = modalities.map { $0.split(separator: ",").map(String.init) } ?? known
        for name in asked where !known.contains(name) {
            throw ValidationError(
                "--modalities \(name): the network knows \(known.joined(separator: ", "))")
        }
        guard asked.contains(Modality.audio.rawValue) else {
            throw ValidationError("--modalities: audio is always there; name it first")
        }
        var cameras: [Modality: MouthVideo] = [:]
        for (modality, path) in [(Modality.rgb, rgb), (.thermal, thermal)] {
            let isAsked = asked.contains(modality.rawValue)
            if let path {
                guard isAsked else {
                    throw ValidationError("--\(modality.rawValue): not among the modalities to use")
                }
                cameras[modality] = try MouthVideo(path: path, modality: modality)
            } else if isAsked {
                Self.diagnostics.say("no --\(modality.rawValue): every recording is enhanced without it")
            }
        }
        return cameras
    }

    private func report(_ results: [EnhanceResult], of total: Int, stopped: ExitStatus?) throws {
        let failed = results.filter { $0.failure != nil }
        for result in failed { Self.diagnostics.say("failed: \(result.failure ?? "")") }
        let summary = EnhanceSummary(results)
        for note in summary.notes { Self.diagnostics.say(note) }
        print(json ? summary.json : summary.text)
        if results.count < total {
            Self.diagnostics.say(
                "stopped after \(results.count) of \(total) recordings; the same command continues")
            throw (stopped ?? .stopped).exitCode
        }
        if !failed.isEmpty { throw ExitStatus.tooManyFailures.exitCode }
    }
}
