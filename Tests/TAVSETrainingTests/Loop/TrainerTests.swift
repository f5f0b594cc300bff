import Foundation
import TAVSEModel
import TAVSENN
import Testing

@testable import TAVSETraining

@Suite("Trainer")
struct TrainerTests {
    /// Property.
    @Test("trains to the end and leaves best, latest, state and the kept epochs")
    func wholeRun() throws {
        let experiment = try TinyExperiment()
        let recorder = Recorder()
        let outcome = try experiment.run(observers: [recorder])
        #expect(outcome.end == .finished)
        #expect(outcome.epochs == 2 && outcome.steps == 8 && outcome.skippedSteps == 0)
        let files = try experiment.files()
        let best = try #require(outcome.best)
        #expect(
            Set(files.keys)
                == Set(
                    ["best.safetensors", "latest.safetensors", "state.safetensors"]
                        + outcome.kept.map { ($0 as NSString).lastPathComponent }))
        #expect(files["best.safetensors"] == files[best.fileName])
        #expect(recorder.steps.map(\.step) == Array(1...8))
        #expect(recorder.steps.map(\.learningRate) == (0..<8).map { schedule(experiment).rate(at: $0) })
        // Steps 3 and 6 by the interval, 4 and 8 by the end of an epoch.
        #expect(recorder.intervals.map(\.step) == [3, 4, 6, 8])
        #expect(recorder.epochs.map(\.epoch) == [1, 2])
        #expect(recorder.samples.map(\.index) == [0, 1, 2, 3, 0, 1, 2, 3])
        let validation = try #require(recorder.epochs.last?.validation)
        #expect(validation.examples == 4)
        #expect(Set(validation.gates.keys) == [.thermal])
    }

    private func schedule(_ experiment: TinyExperiment) -> LearningRateSchedule {
        let training = experiment.configuration.training
        return LearningRateSchedule(
            peak: training.lr, floor: training.minLR, warmupSteps: training.warmupSteps, totalSteps: 8)
    }

    /// Property.
    @Test("the same settings give the same bytes, whatever the number of workers")
    func determinism() throws {
        var first = try TinyExperiment([.audio, .rgb, .thermal])
        first.configuration.input.modalityDropout = 0.3
        var second = try first.elsewhere()
        second.configuration.training.numWorkers = 3
        try first.run()
        try second.run()
        let (one, two) = (try first.files(), try second.files())
        #expect(one.keys == two.keys)
        #expect(one["latest.safetensors"] != nil)
        for (name, bytes) in one where name.hasPrefix("ckpt") || name == "best.safetensors" {
            #expect(try weights(bytes) == weights(try #require(two[name])), "\(name)")
        }
    }

    private func weights(_ data: Data) throws -> [String: [Float]] {
        let file = try Safetensors(data)
        return try Dictionary(
            uniqueKeysWithValues: file.names.map { ($0, try file.tensor($0).values) })
    }

    /// Property: weights, moments, counters, ranking and every mean in the state.
    @Test(
        "stopped after any step and resumed, it ends with the same bytes", arguments: [1, 3, 4, 5, 7])
    func exactResume(after steps: Int) throws {
        var whole = try TinyExperiment()
        whole.configuration.training.gradAccumSteps = 1
        whole.configuration.input.modalityDropout = 0.3
        let halted = try whole.elsewhere()
        let (all, before, after) = (Recorder(), Recorder(), Recorder())
        try whole.run(observers: [all])
        let stopped = try halted.run(
            observers: [before], isStopping: { before.steps.count == steps })
        #expect(stopped.end == .interrupted && stopped.steps == steps)
        let resumed = try halted.run(resumes: true, observers: [after])
        #expect(resumed.end == .finished)
        try expectSame(whole, halted)
        // What the two runs said together is what one said, but for the clock.
        #expect((before.steps + after.steps).map(\.loss) == all.steps.map(\.loss))
        #expect((before.steps + after.steps).map(\.gradientNorm) == all.steps.map(\.gradientNorm))
        #expect((before.intervals + after.intervals).map(\.loss) == all.intervals.map(\.loss))
        #expect((before.epochs + after.epochs).map(\.validation) == all.epochs.map(\.validation))
        #expect((before.epochs + after.epochs).map(\.trainLoss) == all.epochs.map(\.trainLoss))
    }

    /// Property.
    @Test("stopped in a validation, it validates again and ends with the same bytes")
    func stoppedInValidation() throws {
        let whole = try TinyExperiment()
        let halted = try whole.elsewhere()
        try whole.run()
        var isStopping = false
        let recorder = Recorder()
        recorder.onEvent = { if case .validating(2, _) = $0 { isStopping = true } }
        #expect(try halted.run(observers: [recorder], isStopping: { isStopping }).epochs == 0)
        try halted.run(resumes: true)
        try expectSame(whole, halted)
    }

    private func expectSame(_ one: TinyExperiment, _ two: TinyExperiment) throws {
        let (first, second) = (try one.files(), try two.files())
        #expect(Set(first.keys) == Set(second.keys))
        for (name, bytes) in first where name != "state.safetensors" {
            #expect(try weights(bytes) == weights(try #require(second[name])), "\(name)")
        }
        let (a, b) = (
            try Safetensors(try #require(first["state.safetensors"])),
            try Safetensors(try #require(second["state.safetensors"]))
        )
        #expect(a.names == b.names)
        for name in a.names { #expect(try a.tensor(name).values == b.tensor(name).values, "\(name)") }
        #expect(try progress(a) == progress(b))
    }

    private func progress(_ file: Safetensors) throws -> TrainingProgress {
        let text = try #require(file.metadata["tavse_training_state"])
        return try JSONDecoder().decode(TrainingState.self, from: Data(text.utf8)).progress
    }

    /// Property.
    @Test("stops when patience runs out, and a finished run resumes to its end at once")
    func earlyStopping() throws {
        var experiment = try TinyExperiment([.audio])
        experiment.configuration.training.maxEpochs = 40
        experiment.configuration.training.patience = 1
        experiment.configuration.training.keepTopK = 2
        // Steps this large make everything worse.
        experiment.configuration.training.lr = 0.5
        experiment.configuration.training.warmupSteps = 0
        let recorder = Recorder()
        let outcome = try experiment.run(observers: [recorder])
        #expect(outcome.end == .stoppedEarly)
        #expect(outcome.epochs == (outcome.best?.epoch ?? 0) + 1)
        let scores = recorder.epochs.compactMap { $0.validation?.siSNR }
        #expect(outcome.best?.siSNR == scores.max())
        #expect(outcome.kept.count == min(2, scores.count))
        let again = try experiment.run(resumes: true)
        #expect(again == outcome)
    }

    @Test("a loss that is never finite skips every step and stops with the state saved")
    func divergence() throws {
        var experiment = try TinyExperiment([.audio])
        experiment.configuration.training.maxNonFiniteSteps = 3
        experiment.configuration.training.loss.magnitude = .infinity
        let recorder = Recorder()
        let trainer = try experiment.trainer(observers: [recorder])
        let fresh = try experiment.files()
        #expect {
            try trainer.run()
        } throws: { error in
            guard case TrainingError.diverged(step: 3, inARow: 3, _, let path) = error else { return false }
            return path == experiment.configuration.checkpointFolder + "/state.safetensors"
                && "\(error)".contains("TAVSE_TRACE_NAN=1")
        }
        #expect(recorder.steps.allSatisfy { $0.loss == nil && $0.skipped != nil })
        // Weights and moments are as before the first step.
        let name = "state.safetensors"
        let (before, after) = (
            try weights(try #require(fresh[name])), try weights(try #require(try experiment.files()[name]))
        )
        #expect(before == after)
    }

    @Test("refuses a fresh start over an experiment, and a resume without one")
    func starts() throws {
        let experiment = try TinyExperiment([.audio])
        let folder = experiment.configuration.checkpointFolder
        #expect(throws: TrainingError.nothingToResume(path: folder + "/state.safetensors")) {
            try experiment.trainer(resumes: true)
        }
        _ = try experiment.trainer()
        #expect(
            throws: TrainingError.experimentExists(folder: folder, found: "state.safetensors")
        ) { try experiment.trainer() }
        _ = try experiment.trainer(resumes: true)
    }

    @Test("one process trains an experiment at a time")
    func lock() throws {
        let experiment = try TinyExperiment([.audio])
        let first = try experiment.trainer()
        let owner = "process \(getpid())"
        #expect(
            throws: TrainingError.locked(folder: experiment.configuration.checkpointFolder, owner: owner)
        ) { try experiment.trainer(resumes: true) }
        withExtendedLifetime(first) {}
    }

    @Test("a resume under other settings names them; settings that change no result may change")
    func changedSettings() throws {
        let experiment = try TinyExperiment([.audio])
        _ = try experiment.trainer()
        var harmless = experiment
        harmless.configuration.training.numWorkers = 2
        harmless.configuration.training.patience += 5
        harmless.configuration.training.checkpointInterval = 1
        _ = try harmless.trainer(resumes: true)
        var changed = experiment
        changed.configuration.training.lr = 1e-4
        changed.configuration.training.maxEpochs = 7
        changed.configuration.network.channels[1] = 8
        #expect {
            try changed.trainer(resumes: true)
        } throws: { error in
            guard case TrainingError.configurationChanged(_, let changes) = error else { return false }
            return changes.map { $0.prefix { $0 != " " } } == [
                "model.channels", "training.lr", "training.max_epochs",
            ]
        }
    }
}
