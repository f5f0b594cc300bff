import Foundation
import TAVSEConfiguration
import TAVSECorpus
import TAVSEData
import TAVSEModel

@testable import TAVSETraining

/// A folder that is gone when the test is.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "tavse-training-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Every file below the folder with its bytes, but for locks and half written files.
    static func contents(of folder: String) throws -> [String: Data] {
        var result: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            var isFolder: ObjCBool = false
            let path = folder + "/" + name
            guard !(name as NSString).lastPathComponent.hasPrefix(".") else { continue }
            if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
                result[name] = try Data(contentsOf: URL(fileURLWithPath: path))
            }
        }
        return result
    }
}

/// A corpus of a few seconds, made once for all tests: four training utterances, four for validation.
enum TinyCorpus {
    private static let folder = Result { () throws -> TemporaryFolder in
        let folder = try TemporaryFolder()
        var settings = SyntheticCorpusSettings()
        settings.speakers = 3
        settings.utterances = 4
        settings.noiseSeconds = 5
        try SyntheticCorpus(settings, workers: 2).write(to: DataRoot(folder.path))
        return folder
    }

    static func root() throws -> String { try folder.get().path }
}

/// An experiment with a network of a few thousand parameters.
struct TinyExperiment {
    let folder: TemporaryFolder
    var configuration: Configuration

    init(_ modalities: [Modality] = [.audio, .thermal]) throws {
        folder = try TemporaryFolder()
        configuration = Configuration(experimentName: "tiny")
        configuration.network.modalities = modalities
        configuration.network.channels = [1, 4, 4, 4, 4, 8]
        configuration.network.ffnDim = 8
        configuration.network.heads = 2
        configuration.network.visualWidth = 2
        configuration.network.gruHidden = 4
        configuration.network.fusionDim = 8
        configuration.network.fusionHeads = 2
        configuration.network.gateGroups = 2
        configuration.input.segmentSeconds = 0.4
        configuration.data.root = try TinyCorpus.root()
        configuration.data.valSNRLevels = [0]
        // One speaker per split: nobody to interfere.
        configuration.data.talkerShare = 0
        configuration.data.valTalkerSNRLevels = []
        configuration.training.batchSize = 1
        configuration.training.gradAccumSteps = 1
        configuration.training.lr = 3e-3
        configuration.training.warmupSteps = 2
        configuration.training.maxEpochs = 2
        configuration.training.logInterval = 3
        configuration.training.numWorkers = 1
        configuration.training.checkpointDir = folder.path + "/checkpoints"
        configuration.training.logDir = folder.path + "/logs"
    }

    /// The same settings in another folder.
    func elsewhere() throws -> TinyExperiment {
        var other = try TinyExperiment()
        let (checkpoints, logs) = (
            other.configuration.training.checkpointDir, other.configuration.training.logDir
        )
        other.configuration = configuration
        other.configuration.training.checkpointDir = checkpoints
        other.configuration.training.logDir = logs
        return other
    }

    func trainer(
        resumes: Bool = false, observers: [any TrainingObserver] = [],
        isStopping: @escaping () -> Bool = { false }
    ) throws -> Trainer {
        var options = Trainer.Options(toolVersion: "test")
        options.resumes = resumes
        options.isStopping = isStopping
        return try Trainer(configuration, options: options, observers: observers)
    }

    @discardableResult
    func run(
        resumes: Bool = false, observers: [any TrainingObserver] = [],
        isStopping: @escaping () -> Bool = { false }
    ) throws -> TrainingOutcome {
        try trainer(resumes: resumes, observers: observers, isStopping: isStopping).run()
    }

    /// Every file of the experiment with its bytes.
    func files() throws -> [String: Data] {
        try TemporaryFolder.contents(of: configuration.checkpointFolder)
    }
}

/// Keeps what a run says.
final class Recorder: TrainingObserver {
    var events: [TrainingEvent] = []
    var onEvent: (TrainingEvent) -> Void = { _ in }

    func observe(_ event: TrainingEvent) {
        events.append(event)
        onEvent(event)
    }

    var steps: [StepReport] { events.compactMap { if case .step(let report) = $0 { report } else { nil } } }
    var epochs: [EpochReport] {
        events.compactMap { if case .epoch(let report) = $0 { report } else { nil } }
    }
    var intervals: [IntervalReport] {
        events.compactMap { if case .interval(let report) = $0 { report } else { nil } }
    }
    var samples: [ValidationSample] {
        events.compactMap { if case .sample(let sample) = $0 { sample } else { nil } }
    }
    var warnings: [String] {
        events.compactMap { if case .warning(let text) = $0 { text } else { nil } }
    }
}
