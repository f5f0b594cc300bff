import TAVSESignal

extension PESQ {
    /// Rejects what the Recommendation does not define, before any work is done.
    static func validate(estimate: Signal, reference: Signal, mode: Mode) throws(MetricError) {
        guard estimate.sampleRate == reference.sampleRate else {
            throw .sampleRateMismatch(estimate: estimate.sampleRate, reference: reference.sampleRate)
        }
        let rate = reference.sampleRate
        guard mode.supportedSampleRates.contains(rate) else {
            throw .unsupportedSampleRate(rate, supported: mode.supportedSampleRates)
        }
        let minimum = rate / Constants.minimumDurationDivisor
        for (role, signal) in [(SignalRole.reference, reference), (.estimate, estimate)] {
            guard signal.count >= minimum else {
                throw .tooShort(
                    count: signal.count, minimum: minimum, unit: "samples")
            }
            if let index = signal.samples.firstIndex(where: { !$0.isFinite }) {
                throw .nonFinite(role, index: index)
            }
            if signal.samples.allSatisfy({ $0 == signal.samples[0] }) {
                throw signal.samples[0] == 0 ? .silent(role) : .constant(role, value: signal.samples[0])
            }
        }
    }
}
