import Foundation

/// What a training run writes down for people: `metrics.csv`, `timing.csv` and TensorBoard's event files.
///
/// `metrics.csv` holds what depends on data, settings and seed alone; two equal runs, interrupted or not, write the
/// same bytes. Whatever depends on the clock stands in `timing.csv`. TensorBoard's files hold both, and the media.
/// Each call's rows and events are handed to the system before it returns, so a killed process loses none of them.
public final class TrainingLog {
    /// Folder of the three.
    public let folder: String
    /// What resuming found missing or damaged, one line each.
    public let notices: [String]

    private let metrics: ScalarTable
    private let timing: ScalarTable
    private let events: AppendingFile
    private let clock: () -> Double
    private var position: LogPosition

    /// Starts a log.
    ///
    /// - Parameters:
    ///   - folder: made when missing; it must not hold a log.
    ///   - clock: seconds since 1970.
    /// - Throws: ``TrainingLogError``.
    public convenience init(
        folder: String, clock: @escaping () -> Double = { Date().timeIntervalSince1970 }
    ) throws(TrainingLogError) {
        try Self.makeFolder(folder)
        if let name = try EventFiles.names(in: folder).first {
            throw .alreadyExists(path: folder + "/" + name)
        }
        let metrics = try ScalarTable(new: folder + "/metrics.csv")
        let timing = try ScalarTable(new: folder + "/timing.csv")
        let events = try EventFiles.create(in: folder, wallTime: clock())
        self.init(
            folder: folder, notices: [], metrics: metrics, timing: timing, events: events, clock: clock,
            position: LogPosition())
    }

    /// Continues a log at a saved position; what was written after it is dropped.
    ///
    /// - Parameters:
    ///   - folder: of the log.
    ///   - position: saved with the training state that is resumed.
    ///   - clock: seconds since 1970.
    /// - Throws: ``TrainingLogError``. Missing or damaged files are no error: see ``notices``.
    public convenience init(
        resuming folder: String, at position: LogPosition,
        clock: @escaping () -> Double = { Date().timeIntervalSince1970 }
    ) throws(TrainingLogError) {
        try Self.makeFolder(folder)
        var notices: [String] = []
        let metrics = try ScalarTable(
            path: folder + "/metrics.csv", step: position.step, rows: position.metricRows, notices: &notices)
        let timing = try ScalarTable(
            path: folder + "/timing.csv", step: position.step, rows: position.timingRows, notices: &notices)
        try EventFiles.cut(in: folder, step: position.step, events: position.events, notices: &notices)
        let events = try EventFiles.create(in: folder, wallTime: clock())
        let start = SummaryEvent.sessionStart(wallTime: clock(), step: max(position.step, position.step &+ 1))
        try events.append(EventRecord.framed(start))
        self.init(
            folder: folder, notices: notices, metrics: metrics, timing: timing, events: events, clock: clock,
            position: position)
    }

    private init(
        folder: String, notices: [String], metrics: ScalarTable, timing: ScalarTable, events: AppendingFile,
        clock: @escaping () -> Double, position: LogPosition
    ) {
        self.folder = folder
        self.notices = notices
        self.metrics = metrics
        self.timing = timing
        self.events = events
        self.clock = clock
        self.position = position
    }

    /// Writes scalars of a step, in their order.
    ///
    /// - Parameters:
    ///   - values: curves and values.
    ///   - epoch: for the tables.
    ///   - step: optimiser steps done; never less than in an earlier call.
    /// - Throws: ``TrainingLogError``, e.g. when the disk is full.
    public func record(
        _ values: [(tag: LogTag, value: Double)], epoch: Int, step: Int
    ) throws(TrainingLogError) {
        guard !values.isEmpty else { return }
        advance(to: step)
        let steady = values.filter { !$0.tag.isTiming }
        let timed = values.filter { $0.tag.isTiming }
        if !steady.isEmpty {
            try metrics.append(steady, epoch: epoch, step: step)
            position.metricRows += steady.count
        }
        if !timed.isEmpty {
            try timing.append(timed, epoch: epoch, step: step)
            position.timingRows += timed.count
        }
        try append(values.map { (tag: $0.tag.name, value: .scalar($0.value)) }, step: step)
    }

    /// Writes one scalar.
    public func record(_ tag: LogTag, _ value: Double, epoch: Int, step: Int) throws(TrainingLogError) {
        try record([(tag, value)], epoch: epoch, step: step)
    }

    /// Writes validation items to TensorBoard: spectrograms and enhanced speech; the first time noisy and clean
    /// speech, too.
    ///
    /// - Parameters:
    ///   - media: the same items each time.
    ///   - step: optimiser steps done.
    /// - Throws: ``TrainingLogError``; `.media` for an item too short or not finite.
    public func record(_ media: [ValidationMedia], step: Int) throws(TrainingLogError) {
        guard !media.isEmpty else { return }
        advance(to: step)
        for item in media {
            try append(item.values(withSources: !position.holdsSources), step: step)
        }
        position.holdsSources = true
    }

    /// The log's state, once the disk has everything up to it: save it with the training state.
    public func savePoint() throws(TrainingLogError) -> LogPosition {
        try metrics.synchronize()
        try timing.synchronize()
        try events.synchronize()
        return position
    }

    /// Closes the files; further records are errors.
    public func finish() throws(TrainingLogError) {
        try metrics.finish()
        try timing.finish()
        try events.finish()
    }

    private func append(
        _ values: [(tag: String, value: SummaryEvent.Value)], step: Int
    ) throws(TrainingLogError) {
        let event = SummaryEvent.summary(wallTime: clock(), step: step, values: values)
        try events.append(EventRecord.framed(event))
        position.events += 1
    }

    private func advance(to step: Int) {
        precondition(
            step >= position.step, "steps of a log never fall: step \(step) came after \(position.step)")
        guard step > position.step else { return }
        position.step = step
        position.events = 0
        position.metricRows = 0
        position.timingRows = 0
    }

    private static func makeFolder(_ path: String) throws(TrainingLogError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch { throw .cannotAccess(path: path, reason: error.localizedDescription) }
    }
}
