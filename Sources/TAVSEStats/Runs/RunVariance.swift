/// Weights of the speakers: each counts by its share of the items.
struct SpeakerWeights {
    /// Items per speaker.
    let sizes: [Int]
    /// f_g = n_g/n.
    let share: [Double]
    /// f_g²/(1 − f_g), the factor of a squared deviation in CR2; infinite with one speaker.
    let factor: [Double]
    /// F = Σf_g².
    let sumOfSquares: Double
    /// Satterthwaite degrees of freedom of CR2; NaN with fewer than two speakers.
    let df: Double

    init(sizes: [Int]) {
        let total = Double(sizes.reduce(0, +))
        let share = sizes.map { Double($0) / total }
        let factor = share.map { $0 * $0 / (1 - $0) }
        self.sizes = sizes
        self.share = share
        self.factor = factor
        sumOfSquares = exactSum(share.map { $0 * $0 })
        let sumFactor = exactSum(factor)
        df =
            sizes.count < 2
            ? .nan : 1 / (sumOfSquares + sumFactor * sumFactor - exactSum(factor.map { $0 * $0 }))
    }

    var count: Int { sizes.count }

    /// Σ f_g x_g: the mean over items of per-speaker means.
    func mean(_ speakerMeans: [Double]) -> Double {
        exactSum(zip(share, speakerMeans).map { $0 * $1 })
    }

    /// CR2 variance of the mean: Σ f_g²/(1 − f_g)·(x_g − mean)²; NaN with fewer than two speakers.
    func variance(_ speakerMeans: [Double], about mean: Double) -> Double {
        guard count > 1 else { return .nan }
        return exactSum(zip(factor, speakerMeans).map { $0 * ($1 - mean) * ($1 - mean) })
    }

    /// Mean of each run's scores within each speaker, `[runs][speakers]`.
    static func speakerMeans(_ runs: [RunScores], matching: RunMatching, speakers: ClusterLabels)
        -> [[Double]]
    {
        let labels = speakers.selecting(matching.items)
        return runs.map { run in
            let sums = labels.sums(of: matching.items.map { run.values[$0] })
            return zip(sums, matching.sizes).map { $0 / Double($1) }
        }
    }
}

/// Sum that does not depend on the order of the values.
func exactSum(_ values: [Double]) -> Double {
    var sum = ExactSum()
    for value in values { sum.add(value) }
    return sum.value
}

/// How the runs of one variant spread, from their means per speaker.
///
///     m_r = Σ f_g Y_rg,  m = mean of the m_r,  s² = Σ(m_r − m)²/(S − 1),  V_run = s²/S
///     V_int = Σ_r Σ_g f_g²/(1 − f_g)·(Y_rg − Ȳ_g − m_r + m)²/(S(S − 1))
struct RunSpread {
    /// Mean of each run over the items.
    let runMeans: [Double]
    /// Mean of the run means.
    let mean: Double
    /// Ȳ_g: each speaker's mean over the runs.
    let speakerMeans: [Double]
    /// s², variance of the run means; NaN with one run.
    let variance: Double
    /// Part of the variance of the mean that comes from runs, s²/S; NaN with one run.
    let runPart: Double
    /// Part of it that is run × speaker residue; NaN with one run or one speaker.
    let interactionPart: Double

    /// Number of runs.
    var count: Int { runMeans.count }

    init(_ means: [[Double]], weights: SpeakerWeights) {
        let runs = Double(means.count)
        let runMeans = means.map { weights.mean($0) }
        let mean = exactSum(runMeans) / runs
        let speakerMeans = (0..<weights.count).map { speaker in
            exactSum(means.map { $0[speaker] }) / runs
        }
        self.runMeans = runMeans
        self.mean = mean
        self.speakerMeans = speakerMeans
        guard means.count > 1 else {
            (variance, runPart, interactionPart) = (.nan, .nan, .nan)
            return
        }
        variance = exactSum(runMeans.map { ($0 - mean) * ($0 - mean) }) / (runs - 1)
        runPart = variance / runs
        guard weights.count > 1 else {
            interactionPart = .nan
            return
        }
        var residue = ExactSum()
        for (run, values) in means.enumerated() {
            for (speaker, value) in values.enumerated() {
                let rest = value - speakerMeans[speaker] - runMeans[run] + mean
                residue.add(weights.factor[speaker] * rest * rest)
            }
        }
        interactionPart = residue.value / (runs * (runs - 1))
    }
}

/// A variance with its degrees of freedom.
struct VarianceTerm {
    let variance: Double
    let df: Double

    /// Welch–Satterthwaite degrees of freedom of a sum of independent terms; terms of 0 are left out, and so is a term
    /// with infinite degrees of freedom. NaN when nothing varies.
    static func degreesOfFreedom(_ terms: [VarianceTerm]) -> Double {
        let total = terms.reduce(0) { $0 + $1.variance }
        guard total > 0 else { return .nan }
        var denominator = 0.0
        for term in terms where term.variance > 0 && term.df.isFinite {
            denominator += term.variance * term.variance / term.df
        }
        return denominator > 0 ? total * total / denominator : .infinity
    }
}
