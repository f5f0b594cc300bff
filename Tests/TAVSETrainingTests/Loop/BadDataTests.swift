import Foundation
import TAVSEData
import TAVSESignal
import Testing

@testable import TAVSETraining

/// No single bad example ends a run for good.
@Suite("Training on bad data")
struct BadDataTests {
    /// An experiment on a copy of the corpus that may be damaged.
    private func experiment() throws -> (TinyExperiment, DataRoot) {
        var experiment = try TinyExperiment([.audio])
        let copy = experiment.folder.path + "/data"
        try FileManager.default.copyItem(atPath: TinyCorpus.root(), toPath: copy)
        experiment.configuration.data.root = copy
        return (experiment, DataRoot(copy))
    }

    private func firstNoise(_ root: DataRoot) throws -> String {
        let name = try #require(try NoiseLibrary.environments(in: root.noise(.train)).first)
        return root.noise(.train) + "/\(name).wav"
    }

    @Test("21-noise-with-silent-stretch: another stretch is taken, and a repaired file may be resumed with")
    func silentStretch() throws {
        var (experiment, root) = try experiment()
        experiment.configuration.training.maxEpochs = 6
        var wholes: [String: Signal] = [:]
        for name in try NoiseLibrary.environments(in: root.noise(.train)) {
            let path = root.noise(.train) + "/\(name).wav"
            let whole = try AudioFile.read(path)
            wholes[path] = whole
            let start = whole.count / 8
            try AudioFile.write(
                Signal(
                    samples: whole.samples.enumerated().map { $0.offset < start ? $0.element : 0 },
                    sampleRate: whole.sampleRate), to: path)
        }
        let recorder = Recorder()
        var steps = 0
        let stopped = try experiment.run(observers: [recorder]) {
            steps += 1
            return steps == 18
        }
        #expect(stopped.end == .interrupted)
        #expect(recorder.warnings.contains { $0.contains("is silent in part") })
        for (path, whole) in wholes { try AudioFile.write(whole, to: path) }
        let resumed = Recorder()
        #expect(try experiment.run(resumes: true, observers: [resumed]).end == .finished)
        #expect(resumed.warnings.contains { $0.contains("taken as repaired") })
    }

    @Test(
        "a damaged recording is skipped and named; above the limit the run stops, and resumes when repaired")
    func damagedRecording() throws {
        let (original, root) = try experiment()
        var experiment = original
        let entries = try Manifest(path: root.manifest(.train)).entries
        let paths = entries.prefix(2).map { root.processed + "/" + $0.audio }
        let whole = try paths.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
        try Data("no audio".utf8).write(to: URL(fileURLWithPath: paths[0]))
        let recorder = Recorder()
        let outcome = try experiment.run(observers: [recorder])
        #expect(outcome.end == .finished && outcome.steps == 8)
        let named = recorder.warnings.filter { $0.contains(entries[0].utterance) }
        #expect(named.count == 1 && named.first?.contains("stands in for it") == true, "\(recorder.warnings)")

        experiment = try experiment.elsewhere()
        experiment.configuration.data.root = root.path
        var signal = try AudioFile.read(paths[1])
        signal.samples[5] = .nan
        try AudioFile.write(signal, to: paths[1], encoding: .float32)
        #expect {
            try experiment.run()
        } throws: { error in
            guard case TrainingError.badExamples(2, 4, 1, _, _) = error else { return false }
            return true
        }
        for (path, data) in zip(paths, whole) { try data.write(to: URL(fileURLWithPath: path)) }
        #expect(try experiment.run(resumes: true).end == .finished)
    }

    @Test("a validation skips a damaged recording, and says so")
    func damagedValidation() throws {
        let (experiment, root) = try experiment()
        let entry = try #require(try Manifest(path: root.manifest(.val)).entries.first)
        try Data("no audio".utf8).write(to: URL(fileURLWithPath: root.processed + "/" + entry.audio))
        let recorder = Recorder()
        #expect(try experiment.run(observers: [recorder]).end == .finished)
        #expect(recorder.epochs.last?.validation?.examples == 3)
        #expect(recorder.warnings.contains { $0.contains("validation without utterance \(entry.utterance)") })
    }

    @Test("32-training-on-a-leak: names in two splits are refused before anything is trained")
    func leak() throws {
        let (experiment, root) = try experiment()
        var manifest = try Manifest(path: root.manifest(.val))
        manifest.entries += try Manifest(path: root.manifest(.train)).entries.prefix(1)
        try manifest.write(to: root.manifest(.val))
        #expect {
            try experiment.trainer()
        } throws: { error in
            switch error {
            case DataError.leak, DataError.leaks: true
            default: false
            }
        }
    }
}
