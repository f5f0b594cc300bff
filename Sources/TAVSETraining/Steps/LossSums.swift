/// Sums over examples and steps from which means are made; kept in the state, so that a resumed mean is exact.
struct LossSums: Codable, Equatable {
    private(set) var examples = 0
    private(set) var steps = 0
    private var loss = 0.0
    private var siSNR = 0.0
    private var magnitudeError = 0.0
    private var gradientNorm = 0.0

    /// Adds a batch's means.
    mutating func add(loss: Double, siSNR: Double, magnitudeError: Double, examples: Int) {
        self.examples += examples
        self.loss += loss * Double(examples)
        self.siSNR += siSNR * Double(examples)
        self.magnitudeError += magnitudeError * Double(examples)
    }

    /// Adds a step's batches.
    mutating func add(_ step: LossSums, gradientNorm: Double) {
        examples += step.examples
        loss += step.loss
        siSNR += step.siSNR
        magnitudeError += step.magnitudeError
        steps += 1
        self.gradientNorm += gradientNorm
    }

    private func mean(_ sum: Double, _ count: Int) -> Double? { count > 0 ? sum / Double(count) : nil }

    var meanLoss: Double? { mean(loss, examples) }
    var meanSISNR: Double? { mean(siSNR, examples) }
    var meanMagnitudeError: Double? { mean(magnitudeError, examples) }
    var meanGradientNorm: Double? { mean(gradientNorm, steps) }
}
