import TAVSESignal

/// One metric's outcome for one pair.
public struct MetricScore: Sendable, Equatable {
    /// Which metric.
    public let metric: MetricName
    /// A finite number, or the reason why there is none.
    public let result: Result<Double, MetricError>
    /// Time taken, milliseconds. Work that several metrics share counts for the first that needs it.
    public let milliseconds: Double
}

/// A set of metrics scored together, sharing what they have in common.
///
/// Resampling and envelopes serve both STOI and ESTOI, one PESQ run serves the narrow-band and the raw score (one
/// wide-band run that score and the composites), and frames, predictions and band spectra serve all of Loizou's
/// measures. A suite holds no state: any number of threads may score with one at the same time.
public struct MetricSuite: Sendable {
    /// The metrics, each once, in the order asked for.
    public let metrics: [MetricName]

    /// - Parameter metrics: names; repetitions are dropped.
    public init(metrics: [MetricName] = MetricName.allCases) {
        var seen: Set<MetricName> = []
        self.metrics = metrics.filter { seen.insert($0).inserted }
    }

    /// What the numbers mean, in the order of ``metrics``.
    public var descriptors: [MetricDescriptor] { metrics.map(MetricCatalog.descriptor(for:)) }

    /// Scores one pair.
    ///
    /// - Parameters:
    ///   - estimate: processed speech, `[N]`.
    ///   - reference: clean speech, `[N]`, same sample rate.
    ///   - noisy: the unprocessed signal, for improvements.
    /// - Returns: one outcome per metric, in the order of ``metrics``; bad input is an outcome, not an error.
    public func score(estimate: Signal, reference: Signal, noisy: Signal? = nil) -> [MetricScore] {
        let work = PairWork(estimate: estimate, reference: reference)
        let noisyWork = noisy.map { PairWork(estimate: $0, reference: reference) }
        let clock = ContinuousClock()
        return metrics.map { name in
            let start = clock.now
            let result = Result { () throws(MetricError) in try Self.score(name, work, noisy: noisyWork) }
            let elapsed = (clock.now - start).components
            return MetricScore(
                metric: name, result: result,
                milliseconds: Double(elapsed.seconds) * 1e3 + Double(elapsed.attoseconds) * 1e-15)
        }
    }

    private static func score(_ name: MetricName, _ work: PairWork, noisy: PairWork?) throws(MetricError)
        -> Double
    {
        // PESQ alone could align signals of unequal length; then its n and its mean would be of other recordings than
        // those of the other metrics, and the output of a job that died half-way would count.
        let (estimate, reference) = (work.estimate, work.reference)
        if estimate.sampleRate == reference.sampleRate, estimate.count != reference.count {
            throw .lengthMismatch(estimate: estimate.count, reference: reference.count)
        }
        let value: Double
        switch MetricCatalog.metric(name) {
        case let metric as any PairMetric: value = try metric.score(work)
        case let metric as SISNRImprovement:
            guard let noisy else { throw .missingNoisy }
            value = try metric.score(work, noisy: noisy)
        case let metric: value = try metric.score(estimate: work.estimate, reference: work.reference)
        }
        // Samples are finite by now, but their magnitudes may still be so extreme that a ratio overflows.
        guard value.isFinite else {
            throw .undefined("the signals' levels are beyond what \(name.rawValue) can represent")
        }
        return value
    }
}
