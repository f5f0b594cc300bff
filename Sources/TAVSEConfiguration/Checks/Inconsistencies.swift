import TAVSEBase
import TAVSEData
import TAVSEModel
import TAVSESignal

/// A value that does not fit the others.
struct Inconsistency: Sendable, Equatable {
    /// The key that is named.
    var key: String
    /// The value it has.
    var found: String
    /// What the others ask for.
    var expected: String
    /// The keys it is compared with.
    var with: [String] = []
}

extension Configuration {
    /// Everything that only shows when keys are seen together.
    var inconsistencies: [Inconsistency] {
        networkInconsistencies + trainingInconsistencies + dataInconsistencies
    }

    private var networkInconsistencies: [Inconsistency] {
        network.problems.compactMap { problem in
            guard case .specification(let name, let value, let expected) = problem else { return nil }
            let key =
                switch name {
                case "modalities": "model.active_modalities"
                case "n_fft", "win_length", "hop_length", "sample_rate": "audio." + name
                case "fps", "roi_size": "visual." + name
                default: "model." + name
                }
            let others = ["model.channels", "model.fusion_dim", "audio.n_fft", "audio.win_length"]
            return Inconsistency(key: key, found: value, expected: expected, with: others)
        }
    }

    private var trainingInconsistencies: [Inconsistency] {
        var result: [Inconsistency] = []
        if training.minLR > training.lr {
            result.append(
                Inconsistency(
                    key: "training.min_lr", found: JSONText.number(training.minLR),
                    expected: "at most training.lr = \(JSONText.number(training.lr))", with: ["training.lr"]))
        }
        if training.loss.siSNR == 0, training.loss.magnitude == 0 {
            result.append(
                Inconsistency(
                    key: "training.loss.si_snr_weight", found: "0",
                    expected: "a weight above 0 here or in training.loss.magnitude_weight",
                    with: ["training.loss.magnitude_weight"]))
        }
        let samples = Int((input.segmentSeconds * Double(network.sampleRate)).rounded())
        if samples <= network.nFFT / 2 {
            result.append(
                Inconsistency(
                    key: "audio.segment_seconds", found: JSONText.number(input.segmentSeconds),
                    expected: "more than half of audio.n_fft = \(network.nFFT) samples", with: ["audio.n_fft"]
                ))
        }
        if !cameras.isEmpty, (input.segmentSeconds * network.fps).rounded() < 1 {
            result.append(
                Inconsistency(
                    key: "audio.segment_seconds", found: JSONText.number(input.segmentSeconds),
                    expected: "at least one video frame, 1 / visual.fps = \(1 / network.fps) s",
                    with: ["visual.fps", "model.active_modalities"]))
        }
        return result
    }

    private var dataInconsistencies: [Inconsistency] {
        var result: [Inconsistency] = []
        if DataRoot.frameSide % network.roiSize != 0 {
            result.append(
                Inconsistency(
                    key: "visual.roi_size", found: "\(network.roiSize)",
                    expected: "\(DataRoot.frameSide), the size of the data, or 48, 32, 24 or 16"))
        }
        for (key, range) in [
            ("data.train_snr_range", data.trainSNRRange), ("data.talker_snr_range", data.talkerSNRRange),
        ] {
            guard let lowest = range.first, let highest = range.last, lowest > highest else { continue }
            result.append(
                Inconsistency(
                    key: key, found: JSONText.list(range.map(JSONText.number)),
                    expected: "the lower number first"))
        }
        if Set(data.talkerCounts).count < data.talkerCounts.count {
            result.append(
                Inconsistency(
                    key: "data.talker_counts", found: JSONText.list(data.talkerCounts.map { "\($0)" }),
                    expected: "each number once"))
        }
        for (key, levels) in [
            ("data.val_snr_levels", data.valSNRLevels), ("data.test_snr_levels", data.testSNRLevels),
            ("data.val_talker_snr_levels", data.valTalkerSNRLevels),
            ("data.test_talker_snr_levels", data.testTalkerSNRLevels),
        ] where Set(levels).count < levels.count {
            result.append(
                Inconsistency(
                    key: key, found: JSONText.list(levels.map(JSONText.number)), expected: "each level once"))
        }
        return result
    }
}
