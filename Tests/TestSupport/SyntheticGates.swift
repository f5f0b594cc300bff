import TAVSEBase
import TAVSEStats
import TAVSEStore

/// Gates with known structure: speakers × 2 utterances × 2 SNRs × 2 noises × modalities × 4 rows × 6 slots.
package struct SyntheticGates {
    package var speakers = 8
    package var modalities = ["rgb", "thermal"]
    /// Added to the rgb gate at −5 dB.
    package var snrEffect = 0.0
    /// Added to the rgb gate per row upwards.
    package var rowEffect = 0.0
    /// Added to every gate of the item: goes into the improvement too, times 10 dB.
    package var itemEffect = 0.0
    /// Added to every thermal gate.
    package var thermalEffect = 0.0
    package var seed: UInt64 = 1

    package init(
        speakers: Int = 8, modalities: [String] = ["rgb", "thermal"], snrEffect: Double = 0.0,
        rowEffect: Double = 0.0, itemEffect: Double = 0.0, thermalEffect: Double = 0.0, seed: UInt64 = 1
    ) {
        self.speakers = speakers
        self.modalities = modalities
        self.snrEffect = snrEffect
        self.rowEffect = rowEffect
        self.itemEffect = itemEffect
        self.thermalEffect = thermalEffect
        self.seed = seed
    }

    package static let config =
        #"{"network":{"channels":[1,32,64,128,256,512],"hop_length":160,"n_fft":512,"sample_rate":16000}}"#

    package static func overview(
        _ system: String = "A+R+T", modalities: [String] = ["audio", "rgb", "thermal"], id: Int64 = 1,
        checkpoint: String = "c0ffee"
    ) -> RunOverview {
        RunOverview(
            id: RunID(rawValue: id),
            run: RunDescription(
                system: system, source: .checkpoint, fusion: "cross_attention", modalities: modalities,
                checkpointHash: checkpoint, config: config, toolVersion: "test"),
            status: .finished, started: "2026-01-01T00:00:00Z", finished: "2026-01-01T00:00:01Z", items: 0,
            scores: 0, failed: 0)
    }

    /// The items in the store's order: by utterance, SNR, noise.
    private func items() -> [ItemDescription] {
        (0..<speakers).flatMap { speaker in
            (0..<2).flatMap { utterance in
                [-5.0, 5].flatMap { snr in
                    ["babble", "cafe"].map { noise in
                        ItemDescription(
                            utterance: "s\(10 + speaker)_u\(utterance)", speaker: "s\(10 + speaker)",
                            split: "test", snrDB: snr, noiseType: noise)
                    }
                }
            }
        }
    }

    /// Items with a noisy SI-SNR of their SNR, and their gates.
    package func table() -> GateTable {
        let generator = SplitMix64(seed: seed)
        var position: UInt64 = 0
        func uniform() -> Double {
            position += 1
            return Double(generator.output(position) >> 11) * 0x1p-53
        }
        let descriptions = items()
        let shifts = descriptions.map { _ in uniform() - 0.5 }
        let table = GateTable(
            items: zip(descriptions, shifts).map { item, shift in
                let snr = item.snrDB ?? 0
                return GateTable.Item(
                    description: item, key: item.key, noisyScore: snr,
                    enhancedScore: snr + 4 + uniform() + 10 * itemEffect * shift)
            }, modalities: modalities)
        var result = table
        for (index, item) in descriptions.enumerated() {
            for (m, modality) in modalities.enumerated() {
                let isRGB = modality == "rgb"
                let level =
                    0.3 + itemEffect * shifts[index] + (isRGB && item.snrDB == -5 ? snrEffect : 0)
                    + (isRGB ? 0 : thermalEffect)
                for row in 0..<4 {
                    for slot in 0..<6 {
                        let mean = level + (isRGB ? rowEffect * Double(row) : 0) + 0.1 * uniform()
                        result.append(
                            item: index, modality: m,
                            GateRecord(
                                modality: modality, frequencyRow: row, timeSlot: slot, mean: mean,
                                p10: mean - 0.05, p50: mean, p90: mean + 0.05,
                                effectiveContribution: mean * (isRGB ? 0.5 : 0.25)))
                    }
                }
            }
        }
        return result
    }

    /// The scores by key, as a store gives them.
    package static func scores(_ table: GateTable) -> [String: Double] {
        Dictionary(
            uniqueKeysWithValues: table.items.compactMap { item in item.enhancedScore.map { (item.key, $0) } }
        )
    }
}
