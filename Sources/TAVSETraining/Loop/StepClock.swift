/// Measures what a run spends its time on. Nothing that training computes depends on it.
struct StepClock {
    private let clock = ContinuousClock()
    private var stepStart: ContinuousClock.Instant
    private var waited: Duration = .zero
    private var intervalSeconds = 0.0
    private var intervalExamples = 0
    private var epochStart: ContinuousClock.Instant
    private var validated: Duration = .zero

    init() {
        let now = clock.now
        (stepStart, epochStart) = (now, now)
    }

    mutating func startEpoch() {
        let now = clock.now
        (stepStart, epochStart) = (now, now)
        (waited, validated) = (.zero, .zero)
    }

    /// Counts the time of `body` as waiting for data.
    mutating func waiting<R>(_ body: () throws -> R) rethrows -> R {
        let start = clock.now
        defer { waited += clock.now - start }
        return try body()
    }

    /// Counts the time of `body` as validation.
    mutating func validating<R>(_ body: () throws -> R) rethrows -> R {
        let start = clock.now
        defer { validated += clock.now - start }
        return try body()
    }

    /// Ends a step.
    mutating func step(examples: Int) -> (seconds: Double, waiting: Double) {
        let now = clock.now
        let (seconds, waiting) = ((now - stepStart) / .seconds(1), waited / .seconds(1))
        (stepStart, waited) = (now, .zero)
        intervalSeconds += seconds
        intervalExamples += examples
        return (seconds, waiting)
    }

    /// Examples per second of the steps since the last call.
    mutating func interval() -> Double {
        defer { (intervalSeconds, intervalExamples) = (0, 0) }
        return intervalSeconds > 0 ? Double(intervalExamples) / intervalSeconds : 0
    }

    /// Seconds of the epoch so far, and of its validation.
    func epoch() -> (seconds: Double, validation: Double) {
        ((clock.now - epochStart) / .seconds(1), validated / .seconds(1))
    }
}
