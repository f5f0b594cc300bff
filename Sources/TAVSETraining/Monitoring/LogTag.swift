/// Name of a curve, in TensorBoard's `group/name` form.
public struct LogTag: Sendable, Hashable {
    /// The name.
    public let name: String
    /// Whether values depend on the clock; such curves stay out of `metrics.csv`, which two equal runs share bit for
    /// bit, and stand in `timing.csv`.
    public let isTiming: Bool

    /// - Parameters:
    ///   - name: letters, digits, `_`, `-`, `.` and `/`.
    ///   - isTiming: whether values depend on the clock.
    public init(_ name: String, isTiming: Bool = false) {
        precondition(
            !name.isEmpty
                && name.utf8.allSatisfy { byte in
                    let character = Character(Unicode.Scalar(byte))
                    return character.isASCII
                        && (character.isLetter || character.isNumber || "_-./".contains(character))
                }, "a tag is made of letters, digits and _-./, got '\(name)'")
        self.name = name
        self.isTiming = isTiming
    }

    /// Mean loss since the last row.
    public static let trainLoss = LogTag("train/loss")
    /// Mean SI-SNR of training examples since the last row, in dB.
    public static let trainSISNR = LogTag("train/si_snr")
    /// Learning rate of the step.
    public static let learningRate = LogTag("train/learning_rate")
    /// Norm of the gradient before clipping.
    public static let gradientNorm = LogTag("train/gradient_norm")
    /// Mean loss of the validation items.
    public static let validationLoss = LogTag("val/loss")
    /// Mean SI-SNR of the validation items, in dB.
    public static let validationSISNR = LogTag("val/si_snr")
    /// Mean gain over the noisy input, in dB.
    public static let validationSISNRImprovement = LogTag("val/si_snr_improvement")
    /// Training minus validation SI-SNR of an epoch, in dB.
    public static let gapSISNR = LogTag("gap/si_snr")
    /// Examples per second of training.
    public static let examplesPerSecond = LogTag("throughput/examples_per_second", isTiming: true)
    /// Seconds that a validation took.
    public static let validationSeconds = LogTag("throughput/validation_seconds", isTiming: true)

    /// Mean gate of a modality over the validation items.
    public static func gate(_ modality: String) -> LogTag { LogTag("val/gate_\(modality)") }
}
