import Foundation
import Testing

@testable import TAVSETraining

@Suite struct TrainingLogTests {
    /// Writes what a loop writes at steps `from … to`: scalars at each, media and validation at every fifth.
    static func write(_ log: TrainingLog, _ steps: ClosedRange<Int>) throws {
        for step in steps {
            try log.record(
                [
                    (.trainLoss, 1 / Double(step)), (.learningRate, 3e-4 * Double(step) / 500),
                    (.examplesPerSecond, Double.random(in: 1...100)),
                ], epoch: step / 5, step: step)
            if step % 5 == 0 { try validate(log, step: step) }
        }
    }

    static func validate(_ log: TrainingLog, step: Int) throws {
        try log.record(
            [(.validationSISNR, 0.1 * Double(step)), (.gate("rgb"), 0.3)], epoch: step / 5, step: step)
        try log.record([LogFolder.media("item/1")], step: step)
    }

    /// Steps of all whole summary events, in TensorBoard's order.
    static func eventSteps(_ folder: String) throws -> [Int] {
        try EventFiles.names(in: folder).flatMap { name in
            let bytes = try AppendingFile.contents(folder + "/" + name) ?? []
            var steps: [Int] = []
            var offset = 0
            while let data = EventRecord.data(in: bytes, at: offset) {
                let header = SummaryEvent.header(bytes[data])
                if header.holdsSummary { steps.append(header.step) }
                offset += EventRecord.overhead + data.count
            }
            #expect(offset == bytes.count)
            return steps
        }
    }

    static func metrics(_ folder: String) throws -> String {
        try String(contentsOfFile: folder + "/metrics.csv", encoding: .utf8)
    }

    @Test("tables are long, numbers the shortest that read back, clock values apart (pin)")
    func tables() throws {
        let folder = try LogFolder()
        let log = try TrainingLog(folder: folder.path + "/new/deep")
        try log.record(
            [(.trainLoss, 0.1), (.examplesPerSecond, 12.5), (.learningRate, 3e-7)], epoch: 0, step: 50)
        try log.record(.validationLoss, -1.0 / 3, epoch: 0, step: 60)
        try log.finish()
        #expect(
            try Self.metrics(log.folder) == """
                epoch,step,tag,value
                0,50,train/loss,0.1
                0,50,train/learning_rate,3e-07
                0,60,val/loss,-0.3333333333333333

                """)
        let timing = try String(contentsOfFile: log.folder + "/timing.csv", encoding: .utf8)
        #expect(timing == "epoch,step,tag,value\n0,50,throughput/examples_per_second,12.5\n")
    }

    @Test("a resumed log is the uninterrupted one, wherever it was cut off (property)", arguments: 1...12)
    func resume(savedAt: Int) throws {
        let whole = try LogFolder()
        let log = try TrainingLog(folder: whole.path)
        try Self.write(log, 1...12)
        let end = try log.savePoint()
        try log.finish()

        let cut = try LogFolder()
        let first = try TrainingLog(folder: cut.path)
        try Self.write(first, 1...savedAt)
        let saved = try first.savePoint()
        if savedAt < 12 { try Self.write(first, savedAt + 1...12) }
        // No finish: the process was killed.
        let position = try JSONDecoder().decode(LogPosition.self, from: JSONEncoder().encode(saved))
        let second = try TrainingLog(resuming: cut.path, at: position)
        #expect(second.notices.isEmpty)
        if savedAt < 12 { try Self.write(second, savedAt + 1...12) }
        #expect(try second.savePoint() == end)
        try second.finish()

        #expect(try Self.metrics(cut.path) == Self.metrics(whole.path))
        #expect(try Self.eventSteps(cut.path) == Self.eventSteps(whole.path))
    }

    @Test("a state saved between two records of one step loses and doubles neither (property)")
    func resumeWithinStep() throws {
        let folder = try LogFolder()
        let log = try TrainingLog(folder: folder.path)
        try Self.write(log, 1...4)
        try log.record(.trainLoss, 0.5, epoch: 1, step: 5)
        let saved = try log.savePoint()
        try Self.validate(log, step: 5)
        let before = try (Self.metrics(folder.path), Self.eventSteps(folder.path))
        let resumed = try TrainingLog(resuming: folder.path, at: saved)
        try Self.validate(resumed, step: 5)
        try #expect(Self.metrics(folder.path) == before.0)
        try #expect(Self.eventSteps(folder.path) == before.1)
    }

    @Test("torn ends of a crash are dropped and said, nothing else is lost (bad input)")
    func torn() throws {
        let folder = try LogFolder()
        let log = try TrainingLog(folder: folder.path)
        try Self.write(log, 1...4)
        let saved = try log.savePoint()
        try log.finish()
        let name = try #require(try EventFiles.names(in: folder.path).first)
        for (file, tail) in [(name, [UInt8](repeating: 3, count: 11)), ("metrics.csv", Array("1,4,tr".utf8))]
        {
            try AppendingFile(path: folder.path + "/" + file, isNew: false).append(tail)
        }
        let resumed = try TrainingLog(resuming: folder.path, at: saved)
        #expect(resumed.notices.count == 1 && resumed.notices[0].contains(name))
        #expect(try Self.eventSteps(folder.path) == [1, 2, 3, 4])
        #expect(try Self.metrics(folder.path).hasSuffix("\n"))
        #expect(try !Self.metrics(folder.path).contains("tr\n"))
    }

    @Test("missing files are begun anew and said (bad input)")
    func missing() throws {
        let folder = try LogFolder()
        var position = LogPosition()
        position.step = .max
        position.events = 2
        position.metricRows = 1
        let log = try TrainingLog(resuming: folder.path + "/gone", at: position)
        #expect(log.notices.count == 3)
        #expect(try Self.metrics(log.folder) == "epoch,step,tag,value\n")
    }

    @Test("a new log over an old one, a foreign table and a folder that cannot be are errors (bad input)")
    func refusals() throws {
        let folder = try LogFolder()
        try TrainingLog(folder: folder.path).finish()
        #expect(throws: TrainingLogError.self) { try TrainingLog(folder: folder.path) }
        try Data("epoch,step,tag,value\n0,one,train/loss,1\n".utf8).write(
            to: URL(fileURLWithPath: folder.path + "/metrics.csv"))
        #expect(
            throws: TrainingLogError.foreignTable(
                path: folder.path + "/metrics.csv", line: 2, reason: "expected epoch, step, tag and value")
        ) { try TrainingLog(resuming: folder.path, at: LogPosition()) }
        #expect(throws: TrainingLogError.self) { try TrainingLog(folder: folder.path + "/metrics.csv/x") }
    }

    @Test("a full disk is an error that leaves whole records (bad input)")
    func fullDisk() throws {
        let file = try AppendingFile(path: "/dev/full", isNew: false)
        #expect(throws: TrainingLogError.cannotAccess(path: "/dev/full", reason: "No space left on device")) {
            try file.append([1, 2, 3])
        }
    }

    @Test("signals that cannot be drawn are errors, not crashes (bad input)")
    func badMedia() throws {
        let folder = try LogFolder()
        let log = try TrainingLog(folder: folder.path)
        let wave = [Float](repeating: 0.1, count: 400)
        for enhanced in [[Float.nan] + wave, []] {
            let media = ValidationMedia(
                item: "x", noisy: wave, enhanced: enhanced, clean: wave, sampleRate: 16000)
            #expect(throws: TrainingLogError.self) { try log.record([media], step: 1) }
        }
    }
}
