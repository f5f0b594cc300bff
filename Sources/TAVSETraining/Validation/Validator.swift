import Foundation
import TAVSEData
import TAVSEModel
import TAVSENN
import TAVSESignal

/// Scores a network on the fixed validation mixes: whole utterances, means over mixes.
///
/// Mixes of one utterance have one length, so several of them make a batch without padding; no score depends on what
/// else is in a batch. They show the same video, so the visual towers run once per utterance.
struct Validator {
    private let dataset: SpeechDataset
    private let batchSize: Int
    private let workers: Int
    private let loss: EnhancementLoss
    private let sampled: Set<Int>

    private enum Constants {
        /// Items whose signals are handed out.
        static let samples = 4
    }

    /// - Parameters:
    ///   - dataset: with fixed mixes.
    ///   - capacity: samples of sound a batch may hold, as in training; a single mix may be longer.
    init(_ dataset: SpeechDataset, capacity: Int, workers: Int, loss: EnhancementLoss) {
        self.dataset = dataset
        self.workers = workers
        self.loss = loss
        let mixes = max(1, dataset.count / max(1, dataset.manifest.entries.count))
        let seconds = dataset.manifest.entries.map(\.durationSeconds).max() ?? 0
        let longest = max(1, Int(seconds * Double(DataRoot.sampleRate)))
        let room = max(1, capacity / longest)
        // A divisor, so that no batch has mixes of two utterances.
        batchSize = (1...mixes).last { mixes % $0 == 0 && $0 <= room } ?? 1
        let count = min(Constants.samples, dataset.count)
        sampled = Set((0..<count).map { $0 * dataset.count / count })
    }

    /// Number of mixes.
    var count: Int { dataset.count }

    /// Scores the network in evaluation mode.
    ///
    /// - Parameters:
    ///   - isStopping: asked between batches.
    ///   - progress: told how many mixes are scored.
    ///   - sample: given the signals of a few mixes, the same ones every time.
    ///   - leftOut: given the mixes that could not be read and are in no mean.
    /// - Returns: nil when stopped.
    func run(
        _ network: Network, isStopping: () -> Bool, progress: (Int) throws -> Void = { _ in },
        sample: (ExampleDescription, Signals) throws -> Void = { _, _ in },
        leftOut: ([BadExample]) throws -> Void = { _ in }
    ) throws -> ValidationReport? {
        let mode = network.state.mode
        network.state.mode = .evaluation
        defer { network.state.mode = mode }
        let loader = try BatchLoader(
            dataset, order: Array(0..<dataset.count), epoch: 0, batchSize: batchSize, workers: workers,
            badExamples: .leaveOut)
        var sums = ValidationSums()
        var seen: (utterance: String, features: [Modality: Tensor])?
        while let batch = try loader.next() {
            if isStopping() { return nil }
            let input = NetworkInput(batch)
            let utterance = batch.examples.first?.entry.utterance ?? ""
            if seen?.utterance != utterance {
                let frames = input.frames.mapValues { $0.sliced(axis: 0, 0..<1) }
                seen = (utterance, try network.visualFeatures(frames))
            }
            let output = try network(noisy: input.noisy, features: seen?.features ?? [:])
            let parts = try loss.parts(output, clean: input.clean, stft: network.stft)
            sums.add(loss: Double(parts.total.item), examples: batch.shape.count)
            sums.add(output, network.specification.visualModalities, input.present)
            let (noisy, clean, enhanced) = (input.noisy.values, input.clean.values, output.wave.values)
            for (row, example) in batch.examples.enumerated() {
                let start = row * batch.shape.sampleCount
                let range = start..<start + example.sampleCount
                let signals = Signals(
                    noisy: Array(noisy[range]), clean: Array(clean[range]), enhanced: Array(enhanced[range]))
                let number = sums.scored
                sums.add(signals)
                if sampled.contains(number) { try sample(example, signals) }
            }
            try progress(sums.scored)
        }
        try leftOut(loader.leftOut)
        return sums.report
    }

    /// The signals of one mix, `[N]` each.
    struct Signals {
        let noisy: [Float]
        let clean: [Float]
        let enhanced: [Float]
    }
}

/// Sums from which a validation report is made.
private struct ValidationSums {
    private(set) var scored = 0
    private var lossExamples = 0
    private var loss = 0.0
    private var siSNR = 0.0
    private var noisySISNR = 0.0
    private var gates: [Modality: (sum: Double, count: Int)] = [:]
    private var contributions: [Modality: (sum: Double, count: Int)] = [:]

    mutating func add(loss value: Double, examples: Int) {
        loss += value * Double(examples)
        lossExamples += examples
    }

    mutating func add(_ signals: Validator.Signals) {
        siSNR += ValidationScore.siSNR(estimate: signals.enhanced, reference: signals.clean)
        noisySISNR += ValidationScore.siSNR(estimate: signals.noisy, reference: signals.clean)
        scored += 1
    }

    /// Adds what each camera's gates let through, of the examples that have it.
    mutating func add(_ output: NetworkOutput, _ modalities: [Modality], _ present: [Modality: [Bool]]) {
        guard let gate = output.gates, let contribution = output.effectiveContribution else { return }
        let (tokens, groups) = (gate.shape[1], gate.shape[3])
        let (open, passed) = (gate.values, contribution.values)
        for (m, modality) in modalities.enumerated() {
            for (row, isPresent) in (present[modality] ?? []).enumerated() where isPresent {
                var (gateSum, passedSum) = (0.0, 0.0)
                for token in 0..<tokens {
                    let place = (row * tokens + token) * modalities.count + m
                    passedSum += Double(passed[place])
                    for group in 0..<groups { gateSum += Double(open[place * groups + group]) }
                }
                gates[modality, default: (0, 0)].sum += gateSum / Double(tokens * groups)
                gates[modality, default: (0, 0)].count += 1
                contributions[modality, default: (0, 0)].sum += passedSum / Double(tokens)
                contributions[modality, default: (0, 0)].count += 1
            }
        }
    }

    var report: ValidationReport {
        let finite = { (sum: Double, count: Int) in
            count > 0 && sum.isFinite ? sum / Double(count) : nil
        }
        return ValidationReport(
            examples: scored, loss: finite(loss, lossExamples), siSNR: finite(siSNR, scored),
            noisySISNR: finite(noisySISNR, scored),
            gates: gates.compactMapValues { finite($0.sum, $0.count) },
            contributions: contributions.compactMapValues { finite($0.sum, $0.count) })
    }
}

/// The score that validation steers by.
enum ValidationScore {
    /// Keeps silence finite, as in the loss of the same name.
    private static let epsilon = 1e-8

    /// SI-SNR in dB, in double precision, with the loss's ε: always finite for finite signals.
    ///
    ///     e, r without their means;  s = ⟨e, r⟩·r / (‖r‖² + ε);  10·log₁₀(‖s‖² / (‖e − s‖² + ε) + ε)
    static func siSNR(estimate: [Float], reference: [Float]) -> Double {
        let count = Double(max(1, reference.count))
        let estimateMean = estimate.reduce(0) { $0 + Double($1) } / count
        let referenceMean = reference.reduce(0) { $0 + Double($1) } / count
        var (product, energy) = (0.0, 0.0)
        for (e, r) in zip(estimate, reference) {
            let r = Double(r) - referenceMean
            product += (Double(e) - estimateMean) * r
            energy += r * r
        }
        let scale = product / (energy + epsilon)
        var noise = 0.0
        for (e, r) in zip(estimate, reference) {
            let difference = Double(e) - estimateMean - scale * (Double(r) - referenceMean)
            noise += difference * difference
        }
        return 10 * log10(scale * scale * energy / (noise + epsilon) + epsilon)
    }
}
