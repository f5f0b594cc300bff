import TAVSEModel

/// Writes what happens in a run to its ``TrainingLog``.
public final class TrainingLogWriter: TrainingObserver {
    private let notice: (String) -> Void
    private var log: TrainingLog?
    private var media: [ValidationMedia] = []

    /// - Parameter notice: told what was found missing or damaged when resuming.
    public init(notice: @escaping (String) -> Void = { _ in }) { self.notice = notice }

    /// Starts the log in the run's log folder, or cuts it back to where the state was saved.
    public func open(_ run: TrainingRun, positions: [String: Int]?) throws {
        if let positions {
            let log = try TrainingLog(resuming: run.logFolder, at: LogPosition(positions))
            for text in log.notices { notice(text) }
            self.log = log
        } else {
            log = try TrainingLog(folder: run.logFolder)
        }
    }

    /// Where the log is, once the disk has it.
    public func positions() throws -> [String: Int] { try log?.savePoint().positions ?? [:] }

    /// Writes intervals, validations and their samples.
    public func observe(_ event: TrainingEvent) throws {
        switch event {
        case .interval(let report): try record(Self.values(of: report), report.epoch, report.step)
        case .sample(let sample): media.append(ValidationMedia(sample))
        case .epoch(let report):
            try record(Self.values(of: report), report.epoch, report.step)
            try log?.record(media, step: report.step)
            media = []
        case .step, .validating, .saved, .warning: break
        }
    }

    private func record(_ values: [(LogTag, Double?)], _ epoch: Int, _ step: Int) throws {
        let finite = values.compactMap { tag, value in value.map { (tag: tag, value: $0) } }
        try log?.record(finite.filter { $0.value.isFinite }, epoch: epoch, step: step)
    }

    private static func values(of report: IntervalReport) -> [(LogTag, Double?)] {
        [
            (.trainLoss, report.loss), (.trainSISNR, report.siSNR),
            (LogTag("train/magnitude_error"), report.magnitudeError), (.gradientNorm, report.gradientNorm),
            (.learningRate, report.learningRate),
            (LogTag("train/skipped_steps"), Double(report.skippedSteps)),
            (.examplesPerSecond, report.examplesPerSecond),
        ]
    }

    private static func values(of report: EpochReport) -> [(LogTag, Double?)] {
        var values: [(LogTag, Double?)] = [
            (LogTag("epoch/train_loss"), report.trainLoss), (LogTag("epoch/train_si_snr"), report.trainSISNR),
        ]
        if let validation = report.validation {
            values += [
                (.validationLoss, validation.loss), (.validationSISNR, validation.siSNR),
                (.validationSISNRImprovement, validation.siSNRImprovement),
            ]
            if let train = report.trainLoss, let other = validation.loss {
                values.append((LogTag("gap/loss"), train - other))
            }
            if let train = report.trainSISNR, let other = validation.siSNR {
                values.append((.gapSISNR, train - other))
            }
            for modality in Modality.allCases {
                values.append((.gate(modality.rawValue), validation.gates[modality]))
                values.append(
                    (LogTag("val/contribution_\(modality.rawValue)"), validation.contributions[modality]))
            }
            values.append((.validationSeconds, report.validationSeconds))
        }
        return values
    }
}

extension ValidationMedia {
    init(_ sample: ValidationSample) {
        var name = sample.utterance
        if let noise = sample.noise, let snr = sample.snrDB { name += "_\(noise)_\(snr)dB" }
        self.init(
            item: name, noisy: sample.noisy, enhanced: sample.enhanced, clean: sample.clean,
            sampleRate: sample.sampleRate)
    }
}

extension LogPosition {
    /// As the training state keeps it.
    fileprivate var positions: [String: Int] {
        [
            "step": step, "events": events, "metric_rows": metricRows, "timing_rows": timingRows,
            "holds_sources": holdsSources ? 1 : 0,
        ]
    }

    fileprivate init(_ positions: [String: Int]) {
        self.init()
        step = positions["step"] ?? 0
        events = positions["events"] ?? 0
        metricRows = positions["metric_rows"] ?? 0
        timingRows = positions["timing_rows"] ?? 0
        holdsSources = positions["holds_sources"] == 1
    }
}
