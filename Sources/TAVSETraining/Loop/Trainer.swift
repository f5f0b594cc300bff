import Foundation
import TAVSEConfiguration
import TAVSEData
import TAVSEModel
import TAVSENN

/// How a training run ended.
public struct TrainingOutcome: Sendable, Equatable {
    /// Why it ended.
    public enum End: String, Sendable {
        /// All epochs are done.
        case finished
        /// `training.patience` epochs brought nothing better.
        case stoppedEarly = "stopped_early"
        /// It was asked to stop; the state is saved.
        case interrupted
    }

    /// Why it ended.
    public let end: End
    /// Finished epochs.
    public let epochs: Int
    /// Optimiser steps.
    public let steps: Int
    /// Steps skipped because loss or gradient was not finite.
    public let skippedSteps: Int
    /// The best epoch and its validation SI-SNR; nil when nothing was validated.
    public let best: RankedCheckpoint?
    /// The checkpoints kept, best first, by path.
    public let kept: [String]
    /// The best epoch's weights; nil when nothing was validated.
    public let bestPath: String?
    /// Everything a resume needs.
    public let statePath: String
}

/// Trains one experiment from start or saved state to its end.
///
/// Order, crops, mixes, dropout and left-out cameras are functions of (seed, epoch, utterance), so a run is a function
/// of configuration, data and thread count. Killed at any moment and resumed, it ends with the same bytes: weights,
/// ranking and logs.
public final class Trainer {
    /// What a run needs besides its configuration.
    public struct Options {
        /// Version written into states and checkpoints.
        public var toolVersion: String
        /// Resumes from the saved state instead of starting from scratch.
        public var resumes = false
        /// Where frames are when not in the data root, as `FrameStaging` says.
        public var frameStores: [Camera: String] = [:]
        /// Asked after every step and between validation batches; true saves the state and ends the run.
        public var isStopping: () -> Bool = { false }

        /// A fresh start.
        public init(toolVersion: String) { self.toolVersion = toolVersion }
    }

    private let configuration: Configuration
    private let options: Options
    private let observers: [any TrainingObserver]
    private let folder: ExperimentFolder
    private let network: Network
    private let optimizer: AdamW
    private let dataset: SpeechDataset
    private let validator: Validator
    private let plan: EpochPlan
    private let schedule: LearningRateSchedule
    private let stepSettings: StepSettings
    private let modalityDropout: ModalityDropout
    private let fingerprint: DataFingerprint
    private let dataNotices: [String]
    private var progress = TrainingProgress()
    private var clock = StepClock()
    /// Training utterances that could not be read since the start or the resume.
    private var badExamples: [String: String] = [:]

    /// Opens data and folder, makes the network, and takes the state when resuming.
    ///
    /// - Parameters:
    ///   - configuration: of the experiment.
    ///   - options: how to start and when to stop.
    ///   - observers: told what happens, in this order.
    /// - Throws: ``TrainingError`` when the experiment's folder does not fit the start asked for; `DataError`;
    ///   `ModelError`; what an observer throws.
    public init(
        _ configuration: Configuration, options: Options, observers: [any TrainingObserver] = []
    ) throws {
        self.configuration = configuration
        self.options = options
        self.observers = observers
        let training = configuration.training
        network = try Network(configuration.network, seed: training.seed)
        optimizer = AdamW(network.state.parameters, options: configuration.optimizerOptions)
        stepSettings = configuration.stepSettings
        let root = configuration.dataRoot
        try SplitCheck.require(root)
        dataset = try SpeechDataset(
            root: root, split: .train, settings: configuration.datasetSettings(.train),
            frameStores: options.frameStores)
        let fixed = try SpeechDataset(
            root: root, split: .val, settings: configuration.datasetSettings(.val),
            frameStores: options.frameStores)
        let capacity = Double(training.batchSize * DataRoot.sampleRate) * configuration.input.segmentSeconds
        validator = Validator(
            fixed, capacity: Int(capacity), workers: training.numWorkers, loss: stepSettings.loss)
        dataNotices = dataset.notices + fixed.notices
        fingerprint = try DataFingerprint(
            [(.train, dataset), (.val, fixed)], frameStores: options.frameStores)
        plan = EpochPlan(
            examples: dataset.count, batchSize: training.batchSize, accumulated: training.gradAccumSteps)
        schedule = LearningRateSchedule(
            peak: training.lr, floor: training.minLR, warmupSteps: training.warmupSteps,
            totalSteps: plan.steps * training.maxEpochs)
        modalityDropout = ModalityDropout(
            probability: configuration.input.modalityDropout, seed: training.seed)
        folder = try ExperimentFolder(configuration.checkpointFolder)
        try start()
    }

    private func start() throws {
        var warnings = dataNotices
        if options.resumes {
            try folder.requireState()
            let state = try loadState(&warnings)
            progress = state.progress
            folder.clean(keeping: progress.ranking)
            try open(positions: state.logPositions)
        } else {
            try folder.requireEmpty()
            try requireNoLogs()
            // Before the logs are made: a run killed from here on can be resumed.
            try save()
            folder.clean(keeping: [])
            try open(positions: nil)
        }
        let training = configuration.training
        if training.warmupSteps >= schedule.totalSteps {
            warnings.append(
                "training.warmup_steps is \(training.warmupSteps), but there are only \(schedule.totalSteps) steps: "
                    + "the learning rate never reaches \(training.lr)")
        }
        if training.batchSize > dataset.count {
            warnings.append(
                "training.batch_size is \(training.batchSize), but an epoch has only \(dataset.count) examples"
            )
        }
        for warning in warnings { try notify(.warning(warning)) }
    }

    private func open(positions: [String: Int]?) throws {
        let run = TrainingRun(
            experimentName: configuration.experimentName, specification: network.specification,
            logFolder: configuration.logFolder, parameterCount: network.state.parameterCount,
            trainExamples: dataset.count, validationExamples: validator.count, stepsPerEpoch: plan.steps,
            maxEpochs: configuration.training.maxEpochs, startStep: progress.step,
            isResumed: options.resumes)
        for observer in observers { try observer.open(run, positions: positions) }
    }

    private func requireNoLogs() throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: configuration.logFolder)) ?? []
        // Text logs of job scripts (train.log) are only appended to and begin before the training does.
        if let found = names.sorted().first(where: { !$0.hasPrefix(".") && !$0.hasSuffix(".log") }) {
            throw TrainingError.experimentExists(folder: configuration.logFolder, found: found)
        }
    }

    private func notify(_ event: TrainingEvent) throws {
        for observer in observers { try observer.observe(event) }
    }

    // MARK: - State

    private func loadState(_ warnings: inout [String]) throws -> TrainingState {
        let path = folder.statePath
        let today = configuration.text
        let state = try TrainingState.load(path, into: network.state, optimizer) { state in
            let changes = try ResumeCheck.changes(from: state.configuration, to: today)
            guard changes.isEmpty else {
                throw TrainingError.configurationChanged(path: path, changes: changes)
            }
            let data = fingerprint.compared(to: state)
            guard data.changes.isEmpty else {
                throw TrainingError.dataChanged(path: path, changes: data.changes)
            }
            if !data.repaired.isEmpty {
                let named = (state.progress.badData ?? [:]).keys.sorted().prefix(8).joined(separator: ", ")
                warnings.append(
                    "data changed where this run had named something wrong (\(named)): "
                        + "\(data.repaired.joined(separator: ", ")). It is taken as repaired; what follows is not what "
                        + "the run would have been with it from the start")
            }
            if !data.unknown.isEmpty {
                warnings.append(
                    "the state is of version \(state.toolVersion) and does not say what these were: "
                        + "\(data.unknown.joined(separator: ", ")); whether they changed since is not known")
            }
        }
        if state.threads != Parallel.threads {
            warnings.append(
                "the state was made with \(state.threads) threads, this run has \(Parallel.threads): sums may round "
                    + "differently from an uninterrupted run")
        }
        return state
    }

    private func save() throws {
        var positions: [String: Int] = [:]
        for observer in observers { positions.merge(try observer.positions()) { $1 } }
        let state = TrainingState(
            toolVersion: options.toolVersion, configuration: configuration.text,
            threads: Parallel.threads, dataHashes: fingerprint.hashes, frameCounts: fingerprint.frameCounts,
            progress: progress, logPositions: positions)
        try ExperimentFolder.write(try state.data(network.state, optimizer), to: folder.statePath)
    }

    private func saveState() throws {
        try save()
        try notify(.saved(step: progress.step, path: folder.statePath))
    }

    // MARK: - Loop

    private var isStalled: Bool {
        configuration.training.patience > 0
            && progress.epochsWithoutImprovement >= configuration.training.patience
    }

    /// Trains to the end, or until asked to stop.
    ///
    /// - Throws: ``TrainingError/diverged(step:inARow:last:statePath:)`` with the state saved; `DataError`;
    ///   `CheckpointError`; ``TrainingError/cannotWrite(path:reason:)``; what an observer throws.
    public func run() throws -> TrainingOutcome {
        while progress.epoch <= configuration.training.maxEpochs, !isStalled {
            clock.startEpoch()
            guard try trainEpoch() else { return try interrupted() }
            var validation: ValidationReport?
            if isValidated(progress.epoch) {
                validation = try validate()
                guard validation != nil else { return try interrupted() }
            }
            try finishEpoch(validation)
        }
        return outcome(isStalled ? .stoppedEarly : .finished)
    }

    private func isValidated(_ epoch: Int) -> Bool {
        epoch % configuration.training.valInterval == 0 || epoch == configuration.training.maxEpochs
    }

    private func interrupted() throws -> TrainingOutcome {
        try saveState()
        return outcome(.interrupted)
    }

    private func outcome(_ end: TrainingOutcome.End) -> TrainingOutcome {
        TrainingOutcome(
            end: end, epochs: progress.epoch - 1, steps: progress.step, skippedSteps: progress.skippedSteps,
            best: progress.best, kept: progress.ranking.map(folder.path(of:)),
            bestPath: progress.best.map { _ in folder.bestPath }, statePath: folder.statePath)
    }

    /// Trains the rest of the epoch; false when asked to stop.
    private func trainEpoch() throws -> Bool {
        guard progress.batch < plan.batches else { return !options.isStopping() }
        let training = configuration.training
        let order = dataset.shuffledOrder(epoch: progress.epoch)
        let loader = try BatchLoader(
            dataset, order: Array(order[(progress.batch * training.batchSize)...]), epoch: progress.epoch,
            batchSize: training.batchSize, workers: training.numWorkers, badExamples: .replace)
        while progress.batch < plan.batches {
            try step(loader)
            let isLast = progress.batch == plan.batches
            if progress.step % training.logInterval == 0 || isLast { try reportInterval() }
            if options.isStopping() { return false }
            if training.checkpointInterval > 0, progress.step % training.checkpointInterval == 0 {
                try saveState()
            }
        }
        return true
    }

    private func step(_ loader: BatchLoader) throws {
        let window = plan.window(from: progress.batch)
        let rate = schedule.rate(at: progress.step)
        let first = (progress.epoch - 1) * plan.batches
        var gradients = GradientWindow(network, stepSettings, examples: plan.examples(in: window))
        for batch in window {
            guard let examples = try clock.waiting({ try loader.next() }) else { break }
            for text in progress.note(examples) { try notify(.warning(text)) }
            try checkBadExamples(of: examples)
            try gradients.add(input(examples), number: first + batch)
        }
        let outcome = gradients.finish(optimizer, learningRate: rate)
        progress.batch = window.upperBound
        progress.step += 1
        if let norm = outcome.gradientNorm {
            progress.epochSums.add(outcome.sums, gradientNorm: norm)
            progress.intervalSums.add(outcome.sums, gradientNorm: norm)
            progress.skippedInARow = 0
        } else {
            progress.skippedSteps += 1
            progress.skippedInARow += 1
        }
        let timing = clock.step(examples: plan.examples(in: window))
        try notify(
            .step(
                StepReport(
                    step: progress.step, epoch: progress.epoch,
                    stepInEpoch: (progress.batch - 1) / training.gradAccumSteps + 1,
                    loss: outcome.gradientNorm == nil ? nil : outcome.sums.meanLoss,
                    gradientNorm: outcome.gradientNorm, learningRate: rate,
                    examples: plan.examples(in: window), skipped: outcome.problem, seconds: timing.seconds,
                    waitSeconds: timing.waiting)))
        if progress.skippedInARow >= configuration.training.maxNonFiniteSteps {
            try giveUp(outcome.problem ?? "unknown")
        }
    }

    private var training: TrainingSettings { configuration.training }

    private func input(_ batch: Batch) -> NetworkInput {
        let epoch = progress.epoch
        return NetworkInput(batch) { example, camera in
            modalityDropout.isDropped(utterance: example.entry.utterance, camera, epoch: epoch)
        }
    }

    /// Ends the run above the limit. The state on the disk is that before the step, with what is wrong noted.
    private func checkBadExamples(of batch: Batch) throws {
        let bad = batch.examples.compactMap(\.replaced)
        for example in bad { badExamples[example.utterance] = example.reason }
        let total = dataset.count
        let limit = max(1, Int(training.maxBadShare * Double(total)))
        guard badExamples.count > limit, let last = bad.last else { return }
        try saveState()
        throw TrainingError.badExamples(
            count: badExamples.count, of: total, limit: limit, last: last.reason, statePath: folder.statePath)
    }

    private func giveUp(_ problem: String) throws {
        let (step, count) = (progress.step, progress.skippedInARow)
        // A resume gets as many tries again.
        progress.skippedInARow = 0
        try saveState()
        throw TrainingError.diverged(step: step, inARow: count, last: problem, statePath: folder.statePath)
    }

    private func reportInterval() throws {
        let sums = progress.intervalSums
        let report = IntervalReport(
            step: progress.step, epoch: progress.epoch, loss: sums.meanLoss, siSNR: sums.meanSISNR,
            magnitudeError: sums.meanMagnitudeError, gradientNorm: sums.meanGradientNorm,
            learningRate: schedule.rate(at: progress.step - 1), skippedSteps: progress.skippedSteps,
            examplesPerSecond: clock.interval())
        progress.intervalSums = LossSums()
        try notify(.interval(report))
    }

    // MARK: - Epoch's end

    private func validate() throws -> ValidationReport? {
        try clock.validating {
            var index = 0
            return try validator.run(network, isStopping: options.isStopping) { done in
                try notify(.validating(done: done, total: validator.count))
            } sample: { example, signals in
                try notify(
                    .sample(
                        ValidationSample(
                            index: index, epoch: progress.epoch, step: progress.step,
                            utterance: example.entry.utterance, noise: example.choice?.noise,
                            snrDB: example.choice?.snrDB, sampleRate: DataRoot.sampleRate,
                            noisy: signals.noisy, clean: signals.clean, enhanced: signals.enhanced)))
                index += 1
            } leftOut: { bad in
                for text in progress.note(leftOut: bad) { try notify(.warning(text)) }
            }
        }
    }

    /// Ranks and writes the epoch's checkpoints, then the state, then removes what fell out of the ranking: at every
    /// moment the state on the disk names only checkpoints that are there.
    private func finishEpoch(_ validation: ValidationReport?) throws {
        let ranked = progress.rank(validation?.siSNR, keeping: training.keepTopK)
        let paths = [ranked.kept.map(folder.path(of:)), ranked.isBest ? folder.bestPath : nil]
        for path in paths.compactMap({ $0 }) + [folder.latestPath] {
            try Checkpoint.write(
                network.state, specification: network.specification,
                description: description(validation?.siSNR), to: path)
        }
        let sums = progress.epochSums
        let epoch = progress.epoch
        progress.finishEpoch()
        let times = clock.epoch()
        try notify(
            .epoch(
                EpochReport(
                    epoch: epoch, step: progress.step, trainLoss: sums.meanLoss, trainSISNR: sums.meanSISNR,
                    learningRate: schedule.rate(at: max(0, progress.step - 1)), validation: validation,
                    isBest: ranked.isBest, best: progress.best,
                    epochsWithoutImprovement: progress.epochsWithoutImprovement,
                    skippedSteps: progress.skippedSteps, seconds: times.seconds,
                    validationSeconds: times.validation)))
        try saveState()
        for dropped in ranked.dropped {
            try? FileManager.default.removeItem(atPath: folder.path(of: dropped))
        }
    }

    private func description(_ siSNR: Double?) -> CheckpointDescription {
        CheckpointDescription(
            configuration: configuration.text, toolVersion: options.toolVersion, epoch: progress.epoch,
            step: progress.step, validationSISNR: siSNR, dataHashes: fingerprint.hashes, seed: training.seed)
    }
}
