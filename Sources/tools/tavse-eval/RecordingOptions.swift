import ArgumentParser
import TAVSEBase
import TAVSEEvaluation

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
    @Option(help: "Channel to take, from 1; without it, several channels are an error.") var channel: Int?
    @Option(help: "SNR in dB of all recordings (without a manifest).") var snr: Double?
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
            list = try FolderPairing.pairs(clean: clean, enhanced: enhanced, noisy: noisy)
            list.pairs = try list.matched(
                allowUnmatched: allowUnmatched, place: "no recording of \(clean) is in \(enhanced)")
            for index in list.pairs.indices {
                list.pairs[index].snrDB = snr
                list.pairs[index].noiseType = noiseType
            }
        }
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
