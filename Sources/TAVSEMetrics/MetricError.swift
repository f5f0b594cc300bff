/// Why a metric has no number for a pair of signals.
public enum MetricError: Error, Equatable, Sendable {
    /// The two signals differ in length (samples).
    case lengthMismatch(estimate: Int, reference: Int)
    /// The two signals differ in sample rate (Hz).
    case sampleRateMismatch(estimate: Int, reference: Int)
    /// The metric is not defined at this rate (Hz).
    case unsupportedSampleRate(Int, supported: [Int])
    /// Fewer samples (or, after removing silence, fewer frames) than the metric needs.
    case tooShort(count: Int, minimum: Int, unit: String)
    /// A signal has no energy, so that the score is undefined.
    case silent(SignalRole)
    /// All samples of a signal have one value other than 0: no sound, so that the score would be rounding noise.
    case constant(SignalRole, value: Float)
    /// A signal holds NaN or infinity; the index of the first such sample.
    case nonFinite(SignalRole, index: Int)
    /// PESQ found no active speech in the reference.
    case noUtterance
    /// The metric compares with the noisy input and none was given.
    case missingNoisy
    /// The estimate equals the reference so closely that the score is infinite; infinite scores are not stored.
    case infinite(positive: Bool)
    /// The metric needs something else that is not there, in words.
    case undefined(String)
}

/// Which of the signals a message is about.
public enum SignalRole: String, Sendable, Equatable {
    case estimate, reference, noisy
}

extension MetricError {
    /// A short machine-readable code for the `status` of a stored score, e.g. `too_short`.
    public var code: String {
        switch self {
        case .lengthMismatch: "length_mismatch"
        case .sampleRateMismatch: "sample_rate_mismatch"
        case .unsupportedSampleRate: "unsupported_sample_rate"
        case .tooShort: "too_short"
        case .silent(let role), .constant(let role, _): "silent_\(role.rawValue)"
        case .nonFinite(let role, _): "non_finite_\(role.rawValue)"
        case .noUtterance: "no_utterance"
        case .missingNoisy: "missing_noisy"
        case .infinite: "infinite"
        case .undefined: "undefined"
        }
    }
}

extension MetricError: CustomStringConvertible {
    /// One line: what, expected, found, and what to do.
    public var description: String {
        switch self {
        case .lengthMismatch(let estimate, let reference):
            "estimate has \(estimate) samples and reference \(reference); both must have the same length"
        case .sampleRateMismatch(let estimate, let reference):
            "estimate is at \(estimate) Hz and reference at \(reference) Hz; resample both to one rate (--resample)"
        case .unsupportedSampleRate(let rate, let supported):
            "sample rate \(rate) Hz is not supported; use "
                + supported.map { "\($0) Hz" }.joined(separator: " or ") + " (--resample RATE)"
        case .tooShort(let count, let minimum, let unit):
            "too short: \(count) \(unit), at least \(minimum) needed"
        case .silent(let role): "the \(role.rawValue) is silent"
        case .constant(let role, let value):
            "the \(role.rawValue) is silent: all samples are \(value), a constant without sound"
        case .nonFinite(let role, let index):
            "the \(role.rawValue) has a NaN or infinite sample at index \(index)"
        case .noUtterance: "no active speech found in the reference"
        case .missingNoisy: "an improvement needs the noisy input, and none was given"
        case .infinite(let positive): "the score is \(positive ? "+" : "−")infinity"
        case .undefined(let why): why
        }
    }
}
