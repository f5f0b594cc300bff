import ArgumentParser
import TAVSEBase
import TAVSEEvaluation
import TAVSESignal

/// Which recordings belong together, and how they are read.
struct RecordingOptions: ParsableArguments {
    @Option(help: "Folder of clean recordings.", completion: .directory) var clean: String?
    @Option(help: "Folder of the system's outputs.", completion: .directory) var enhanced: String?
    @Option(help: "Folder of noisy recordings; adds their scores and improvements.", completion: .directory)
    var noisy: String?
    @Option(
        help:
            "Manifest (CSV); its relative paths start at its own folder, or at the folders given beside it.",
        completion: .file(extensions: ["csv"])) var items: String?
    @Flag(help: "Score what matches when some recordings have no counterpart.") var allowUnmatched = false
    @Flag(help: "Cut recordings of unequal length to the shortest of their set.") var trim = false
    @Option(
        help: ArgumentHelp(
            "How the system's outputs are named, e.g. '{utterance}_enhanced.wav'; * stands for anything.",
            valueName: "name"))
    var pattern: String?
    @Option(help: ArgumentHelp("The same for the clean recordings.", valueName: "name"))
    var cleanPattern: String?
    @Option(help: ArgumentHelp("The same for the noisy recordings.", valueName: "name"))
    var noisyPattern: String?
    @Option(
        help: ArgumentHelp(
            "Regular expression; its first group, found in a recording's name, is the speaker.",
            valueName: "regex")) var speakerPattern: String?
    @Option(
        help:
            "Conditions of the recordings: lines 'name noise snr', or a CSV file with a heading.",
        completion: .file()) var conditions: String?
    @Option(
        help:
            "Resample all recordings to this rate in Hz before they are scored; part of the metrics' signatures."
    )
    var resample: Int?
    @Option(help: "Channel to take, from 1; without it, several channels are an error.") var channel: Int?
    @Option(help: "SNR in dB of all recordings (without a manifest), e.g. -5.") var snr: Double?
    @Option(help: "Kind of noise of all recordings (without a manifest).") var noiseType: String?
    @Option(help: "Data split to note with the recordings.") var split: String?
    @Option(
        help:
            "Every N-th recording from the K-th on, for job arrays; join the stores with tavse-report merge.")
    var shard: Shard?

    func validate() throws {
        if items == nil {
            guard clean != nil, enhanced != nil else {
                throw ValidationError("give --clean and --enhanced folders, or --items MANIFEST")
            }
        } else if snr != nil || noiseType != nil {
            throw ValidationError("--snr and --noise-type are columns of the manifest")
        }
        for (name, text) in [
            ("--pattern", pattern), ("--clean-pattern", cleanPattern), ("--noisy-pattern", noisyPattern),
        ] {
            guard let text else { continue }
            guard items == nil else { throw ValidationError("\(name): a manifest names its files") }
            if NamePattern(text) == nil {
                throw ValidationError("\(name) \(text): expected {utterance} in it, once")
            }
        }
        if let speakerPattern, SpeakerPattern(speakerPattern) == nil {
            throw ValidationError(
                "--speaker-pattern \(speakerPattern): expected a regular expression with a group, e.g. '^(p[0-9]+)_'"
            )
        }
        if let resample, !ResampledReading.rates.contains(resample) {
            throw ValidationError(
                "--resample \(resample): expected a rate in Hz, \(ResampledReading.rates.lowerBound) to "
                    + "\(ResampledReading.rates.upperBound)")
        }
        if let channel, channel < 1 { throw ValidationError("--channel \(channel): channels count from 1") }
        if let snr, !(abs(snr) <= 1e6) { throw ValidationError("--snr \(snr): expected a number of dB") }
    }

    /// The pairs to score.
    func list() throws(EvaluationError) -> RecordingList {
        var list: RecordingList
        if let items {
            list = try RecordingManifest.pairs(path: items, clean: clean, enhanced: enhanced, noisy: noisy)
            list.pairs = try list.matched(allowUnmatched: allowUnmatched, place: items)
        } else {
            let (clean, enhanced) = (clean ?? ".", enhanced ?? ".")
            list = try FolderPairing.pairs(
                clean: .init(clean, pattern: cleanPattern.flatMap(NamePattern.init)),
                enhanced: .init(enhanced, pattern: pattern.flatMap(NamePattern.init)),
                noisy: noisy.map { .init($0, pattern: noisyPattern.flatMap(NamePattern.init)) })
            list.pairs = try list.matched(
                allowUnmatched: allowUnmatched, place: "no recording of \(clean) is in \(enhanced)")
            for index in list.pairs.indices {
                list.pairs[index].snrDB = snr
                list.pairs[index].noiseType = noiseType
            }
        }
        if let conditions {
            try list.add(ConditionFile(path: conditions), allowMissing: allowUnmatched)
        }
        if let pattern = speakerPattern.flatMap(SpeakerPattern.init) { try list.add(pattern) }
        if let shard {
            list.pairs = shard.indices(of: list.pairs.indices).map { list.pairs[$0] }
            guard !list.pairs.isEmpty else { throw .noPairs(where: "shard \(shard) is empty") }
        }
        return list
    }
}

extension Shard: ExpressibleByArgument {
    /// - Parameter argument: `K/N`.
    public init?(argument: String) { self.init(argument) }
}
