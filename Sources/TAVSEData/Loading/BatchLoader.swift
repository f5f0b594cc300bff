import Foundation

/// Batches of a dataset in a given order, prepared ahead of their use by several threads.
///
/// At most `prefetch` batches are in the making or waiting at any time. What is in a batch, and the order, do not
/// depend on the number of threads. Iterate with ``next()``; releasing the loader stops its threads.
public final class BatchLoader {
    /// What becomes of an example that cannot be read.
    public enum BadExamples: Sendable {
        /// Its error ends the loading.
        case stop
        /// Another example stands in for it: the next one of the dataset, by number, that can be read. Which one that
        /// is depends on nothing but the data, so batches keep their size and a resumed run has the same.
        case replace
        /// Its row is left out; a batch without any row is skipped.
        case leaveOut
    }

    private let work: Work

    /// - Parameters:
    ///   - dataset: where examples come from.
    ///   - order: example numbers in the order wanted, e.g. ``SpeechDataset/shuffledOrder(epoch:)``.
    ///   - epoch: the epoch, which drawn mixes and crops depend on.
    ///   - batchSize: examples per batch, at least 1; the last batch may be smaller.
    ///   - dropLast: leave out a last batch that is not full.
    ///   - workers: threads, at least 1.
    ///   - prefetch: batches prepared ahead, at least 1.
    ///   - badExamples: what becomes of an example that cannot be read.
    public init(
        _ dataset: SpeechDataset, order: [Int], epoch: Int, batchSize: Int, dropLast: Bool = false,
        workers: Int,
        prefetch: Int = 2, badExamples: BadExamples = .stop
    ) throws(DataError) {
        guard batchSize >= 1 else {
            throw .setting("batch size", reason: "expected at least 1, found \(batchSize)")
        }
        guard (1...1024).contains(workers) else {
            throw .setting("workers", reason: "expected 1 … 1024, found \(workers)")
        }
        guard prefetch >= 1 else {
            throw .setting("prefetch", reason: "expected at least 1, found \(prefetch)")
        }
        for index in order where index < 0 || index >= dataset.count {
            throw .setting("order", reason: "example \(index) of a dataset of \(dataset.count)")
        }
        var parts: [Range<Int>] = []
        for start in stride(from: 0, to: order.count, by: batchSize) {
            let end = min(start + batchSize, order.count)
            if end - start == batchSize || !dropLast { parts.append(start..<end) }
        }
        work = Work(
            dataset: dataset, order: order, epoch: epoch, parts: parts, prefetch: prefetch,
            badExamples: badExamples)
        for number in 0..<workers {
            // Only the work is captured: a thread must not keep the loader alive.
            let work = work
            let thread = Thread { work.run() }
            thread.name = "tavse-loader-\(number)"
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    deinit { work.cancel() }

    /// The examples left out so far, in order; only with ``BadExamples/leaveOut``.
    public var leftOut: [BadExample] { work.leftOut }

    /// Number of batches in all.
    public var count: Int { work.parts.count }

    /// The next batch, nil after the last.
    ///
    /// - Throws: the error of the first example of this batch that failed, again on every later call;
    ///   ``DataError/cancelled`` after ``cancel()``.
    public func next() throws(DataError) -> Batch? { try work.take() }

    /// Stops the threads; a batch in the making is dropped.
    public func cancel() { work.cancel() }
}

/// The state loader threads share.
private final class Work: @unchecked Sendable {
    /// A batch in the making.
    private struct Slot {
        var batch: Batch
        var started = 0
        var finished = 0
        var examples: [ExampleDescription?]
        var bad: [Int: BadExample] = [:]
        var failure: (row: Int, error: DataError)?
    }

    let dataset: SpeechDataset
    let order: [Int]
    let epoch: Int
    let parts: [Range<Int>]
    let prefetch: Int
    let badExamples: BatchLoader.BadExamples

    /// Room for the blocks of every batch ahead and of one in use.
    private let pool: FloatStoragePool
    private let condition = NSCondition()
    private var slots: [Int: Slot] = [:]
    private var opened = 0
    private var taken = 0
    private var failure: DataError?
    private var isCancelled = false
    private var allLeftOut: [BadExample] = []

    init(
        dataset: SpeechDataset, order: [Int], epoch: Int, parts: [Range<Int>], prefetch: Int,
        badExamples: BatchLoader.BadExamples
    ) {
        self.dataset = dataset
        self.order = order
        self.epoch = epoch
        self.parts = parts
        self.prefetch = prefetch
        self.badExamples = badExamples
        pool = FloatStoragePool(limit: (prefetch + 1) * (2 + dataset.settings.modalities.count))
    }

    func run() {
        var decoders: [Camera: FrameDecoder] = [:]
        var ready: DataError?
        do throws(DataError) { decoders = try dataset.decoders() } catch { ready = error }
        while let job = claim() {
            let result: Result<ExampleDescription, DataError>
            if let ready {
                result = .failure(ready)
            } else {
                result = make(order[parts[job.batch].lowerBound + job.row], job.row, of: job.target, decoders)
            }
            finish(job.batch, job.row, result)
        }
    }

    /// Makes an example, or one that stands in for it.
    private func make(
        _ index: Int, _ row: Int, of batch: Batch, _ decoders: [Camera: FrameDecoder]
    ) -> Result<ExampleDescription, DataError> {
        func fill(_ index: Int) -> Result<ExampleDescription, DataError> {
            Result { () throws(DataError) in
                try dataset.fill(index, epoch: epoch, row: row, of: batch, decoders: decoders)
            }
        }
        let first = fill(index)
        guard case .failure(let error) = first, badExamples == .replace else { return first }
        for step in 1..<max(2, min(dataset.count, Self.longestSearch)) {
            if case .success(var example) = fill((index + step) % dataset.count) {
                example.replaced = BadExample(utterance: dataset.entry(index).utterance, error: error)
                return .success(example)
            }
        }
        return first
    }

    /// Examples that are tried in place of one that cannot be read.
    private static let longestSearch = 64

    var leftOut: [BadExample] {
        condition.lock()
        defer { condition.unlock() }
        return allLeftOut
    }

    func take() throws(DataError) -> Batch? {
        condition.lock()
        defer { condition.unlock() }
        if let failure { throw failure }
        while !isCancelled {
            guard taken < parts.count else { return nil }
            if let slot = slots[taken], slot.finished == parts[taken].count {
                if let failed = slot.failure {
                    failure = failed.error
                    isCancelled = true
                    slots.removeAll()
                    condition.broadcast()
                    throw failed.error
                }
                slots[taken] = nil
                taken += 1
                condition.broadcast()
                var batch = slot.batch
                allLeftOut += slot.bad.sorted { $0.key < $1.key }.map(\.value)
                let rows = slot.examples.indices.filter { slot.examples[$0] != nil }
                if rows.isEmpty { continue }
                guard rows.count < slot.examples.count else {
                    batch.examples = slot.examples.compactMap { $0 }
                    return batch
                }
                return batch.keeping(rows, of: slot.examples, pool: pool)
            }
            condition.wait()
        }
        throw .cancelled
    }

    func cancel() {
        condition.lock()
        isCancelled = true
        slots.removeAll()
        condition.broadcast()
        condition.unlock()
    }

    /// The next example to make, in order; waits while enough batches are ahead. nil ends the thread.
    private func claim() -> (batch: Int, row: Int, target: Batch)? {
        condition.lock()
        defer { condition.unlock() }
        while !isCancelled {
            let current = opened - 1
            if current >= 0, let slot = slots[current], slot.started < parts[current].count {
                slots[current]?.started += 1
                return (current, slot.started, slot.batch)
            }
            if opened >= parts.count { return nil }
            if opened < taken + prefetch {
                let part = parts[opened]
                let batch = Batch(
                    shape: dataset.shape(of: order[part]), modalities: dataset.settings.modalities, pool: pool
                )
                slots[opened] = Slot(
                    batch: batch, examples: [ExampleDescription?](repeating: nil, count: part.count))
                opened += 1
                continue
            }
            condition.wait()
        }
        return nil
    }

    private func finish(_ batch: Int, _ row: Int, _ result: Result<ExampleDescription, DataError>) {
        condition.lock()
        defer { condition.unlock() }
        guard var slot = slots[batch] else { return }
        // Taken out while it changes, so that its arrays are not copied.
        slots[batch] = nil
        switch result {
        case .success(let example): slot.examples[row] = example
        case .failure(let error) where badExamples == .leaveOut:
            let entry = dataset.entry(order[parts[batch].lowerBound + row])
            slot.bad[row] = BadExample(utterance: entry.utterance, error: error)
        case .failure(let error):
            // The first row's error is reported, whichever thread was faster.
            if row < slot.failure?.row ?? .max { slot.failure = (row, error) }
        }
        slot.finished += 1
        slots[batch] = slot
        if slot.finished == parts[batch].count { condition.broadcast() }
    }
}
