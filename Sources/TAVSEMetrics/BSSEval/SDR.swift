import Foundation
import TAVSESignal

/// Signal-to-distortion ratio (SDR) of BSS Eval v3, in decibels; higher is better.
///
///     P   = projection of ŝ on s delayed by 0 … 511 samples (both followed by 511 zeros)
///     SDR = 10 · log₁₀( ‖P‖² / ‖ŝ − P‖² )
///
/// A filter of 512 taps (32 ms at 16 kHz) is forgiven: delay, gain, equalisation. ‖P‖² = bᵀ·R⁻¹·b with the
/// reference's autocorrelation R and the cross-correlation b, so no signal is filtered. Ratios above 130 dB are
/// rounding and called infinite.
///
/// > Source: Vincent, Gribonval & Févotte, *Performance measurement in blind audio source separation*, IEEE
/// > TASLP 14(4), 2006; version 3, sources.
public struct SDR: PairMetric {
    /// Makes the metric; it has no parameters.
    public init() {}

    /// What the number means, and everything that could move it.
    public var descriptor: MetricDescriptor {
        MetricDescriptor(
            name: .sdr, title: "SDR", unit: "dB", lowerBound: nil, upperBound: nil,
            direction: .higherIsBetter, signature: "SDR|bss_eval:3|filter:512|sources:1|v:1",
            source: "Vincent, Gribonval & Févotte, IEEE TASLP 14(4), 2006 (BSS Eval v3)")
    }

    func score(_ work: PairWork) throws(MetricError) -> Double { try work.sdr() }

    static func ratio(_ pair: CheckedPair) throws(MetricError) -> Double {
        let correlations = LagCorrelations.compute(
            [pair.reference, pair.estimate], pairs: [(u: 0, v: 0), (u: 0, v: 1)])
        let target = ToeplitzProjection.energy(
            autocorrelation: correlations[0], crossCorrelation: correlations[1])
        return try BSSEvalRatio.decibels(
            target, over: pair.estimateEnergy - target, resolvedAgainst: pair.estimateEnergy)
    }
}

/// Ratios between energies of which one is a difference.
enum BSSEvalRatio {
    /// A difference smaller than this share of what it was formed from is rounding.
    static let resolution = 1e-13

    /// 10·log₁₀(signal/noise), infinite when a side vanishes within the resolution.
    static func decibels(
        _ signal: Double, over noise: Double, resolvedAgainst total: Double
    ) throws(MetricError) -> Double {
        let least = total * resolution
        guard noise > least else { throw .infinite(positive: true) }
        guard signal > 0 else { throw .infinite(positive: false) }
        return 10 * log10(signal / noise)
    }
}

/// Signal-to-interference ratio (SIR) of BSS Eval v3; undefined for one estimate and one reference.
///
/// Interference is what other sources leave in the estimate; with one reference there is none, and tools print
/// infinity. ``BSSEval`` scores estimates against several references.
///
/// > Source: Vincent, Gribonval & Févotte, IEEE TASLP 14(4), 2006.
public struct SIR: PairMetric {
    /// Makes the metric; it has no parameters.
    public init() {}

    /// What the number means, and everything that could move it.
    public var descriptor: MetricDescriptor {
        MetricDescriptor(
            name: .sir, title: "SIR", unit: "dB", lowerBound: nil, upperBound: nil,
            direction: .higherIsBetter, signature: "SIR|bss_eval:3|filter:512|sources:1|v:1",
            source: "Vincent, Gribonval & Févotte, IEEE TASLP 14(4), 2006 (BSS Eval v3)")
    }

    func score(_ work: PairWork) throws(MetricError) -> Double {
        _ = try work.checked()
        throw .undefined(
            "SIR needs the references of the interfering sources; with one reference there is no interference"
        )
    }
}

/// Signal-to-artefacts ratio (SAR) of BSS Eval v3, in decibels; equal to ``SDR`` for one reference.
///
///     SAR = 10 · log₁₀( ‖P_all‖² / ‖ŝ − P_all‖² )
///
/// P_all is the projection on the delayed copies of all references. With one reference everything that is not
/// target is artefact. ``BSSEval`` scores estimates against several references.
///
/// > Source: Vincent, Gribonval & Févotte, IEEE TASLP 14(4), 2006.
public struct SAR: PairMetric {
    /// Makes the metric; it has no parameters.
    public init() {}

    /// What the number means, and everything that could move it.
    public var descriptor: MetricDescriptor {
        MetricDescriptor(
            name: .sar, title: "SAR", unit: "dB", lowerBound: nil, upperBound: nil,
            direction: .higherIsBetter, signature: "SAR|bss_eval:3|filter:512|sources:1|v:1",
            source: "Vincent, Gribonval & Févotte, IEEE TASLP 14(4), 2006 (BSS Eval v3)")
    }

    func score(_ work: PairWork) throws(MetricError) -> Double {
        try work.sdr()
    }
}
