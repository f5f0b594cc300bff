import Foundation
import TAVSEBase
import TAVSEConfiguration
import TAVSECorpus
import TAVSEData
import TAVSEModel
import TAVSESignal
import TAVSEStore

@testable import TAVSEEvaluation

/// A corpus of three speakers and a network of a few thousand parameters with random weights.
enum TinyExperiment {
    /// Made once per process and removed at its end.
    static let corpus: Result<String, any Error> = Result {
        let path = NSTemporaryDirectory() + "tavse-corpus-\(ProcessInfo.processInfo.processIdentifier)"
        var settings = SyntheticCorpusSettings()
        settings.speakers = 3
        settings.utterances = 2
        settings.noiseSeconds = 5
        try SyntheticCorpus(settings, workers: 2).write(to: DataRoot(path))
        atexit {
            let path = NSTemporaryDirectory() + "tavse-corpus-\(ProcessInfo.processInfo.processIdentifier)"
            try? FileManager.default.removeItem(atPath: path)
        }
        return path
    }

    /// Two utterances at two SNRs in one environment each: four items.
    static func configuration(_ modalities: [Modality] = [.audio, .rgb], root: String? = nil) throws
        -> Configuration
    {
        var configuration = Configuration(experimentName: ModelRun.variant(modalities))
        configuration.network.modalities = modalities
        configuration.network.channels = [1, 4, 8, 8, 8, 8]
        configuration.network.ffnDim = 8
        configuration.network.heads = 2
        configuration.network.visualWidth = 4
        configuration.network.gruHidden = 4
        configuration.network.fusionDim = 8
        configuration.network.fusionHeads = 2
        configuration.network.gateGroups = 2
        configuration.data.root = try root ?? corpus.get()
        configuration.data.testSNRLevels = [-5, 5]
        configuration.data.testNoisesPerUtterance = 1
        return configuration
    }

    static func network(_ configuration: Configuration, seed: UInt64 = 3) throws -> EvaluatedNetwork {
        EvaluatedNetwork(
            try Network(configuration.network, seed: seed), checkpointHash: "hash-\(seed)")
    }

    /// Evaluates into a store and gives what was found.
    static func evaluate(
        _ configuration: Configuration, _ network: EvaluatedNetwork? = nil, store: ResultsStore,
        modalities: [Modality]? = nil, control: VisualControl? = nil, shard: Shard? = nil,
        stop: StopFlag = StopFlag(),
        change: (inout EvaluationOptions) -> Void = { _ in }
    ) throws -> EvaluationOutcome {
        let network = try network ?? self.network(configuration)
        let used = try ModelRun.modalities(modalities, of: network.network.specification)
        let items = try ModelItems(configuration, split: .test, modalities: used, control: control)
        let run = try ModelRun(
            configuration, network, items: items, modalities: modalities, toolVersion: "test")
        var options = EvaluationOptions()
        options.metrics = [.siSNR, .stoi]
        options.jobs = 2
        change(&options)
        return try ModelEvaluation(network, items: items, run: run, shard: shard, options: options).run(
            store: store, stop: stop)
    }

    /// Every score of a run as text, in a fixed order, without times.
    static func scores(_ store: ResultsStore) throws -> [String] {
        var lines: [String] = []
        try store.exportScores {
            let value = $0.outcome.value.map { "\($0)" } ?? $0.outcome.status
            lines.append("\($0.system) \($0.itemKey) \($0.signal.name) \($0.metric) \(value)")
        }
        return lines.sorted()
    }
}
