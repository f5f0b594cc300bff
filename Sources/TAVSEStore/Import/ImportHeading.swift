import Foundation
import TAVSEBase

/// Which column of a table of scores holds what.
struct ImportHeading: Equatable {
    /// Where each part of the key stands; nil where the table has no such column.
    var system: Int?, utterance: Int, speaker: Int?, snr: Int?, noiseType: Int?, split: Int?
    /// Long layout: the metric's name, its value, and a failure's status.
    var metric: Int?, value: Int?, status: Int?, reason: Int?
    /// Wide layout: metric columns in file order, under the catalogue's names where it knows them.
    var metrics: [(column: Int, name: String)]
    /// Remarks on how columns were read.
    var remarks: [String] = []
    /// Whether the SNR column's heading could also be a score's.
    var guessesSNR = false
    /// All names as they stand in the file.
    var names: [String]
    /// The shape that was found or asked for.
    var layout: ImportOptions.Layout

    static func == (a: Self, b: Self) -> Bool {
        a.names == b.names && a.layout == b.layout && a.metrics.map(\.column) == b.metrics.map(\.column)
    }

    /// Names under which each part of the key is recognised, without case, blanks and punctuation.
    private static let aliases: [(part: String, names: [String])] = [
        ("system", ["system", "model", "systemname", "modelname", "systemid", "method", "algorithm"]),
        (
            "utterance",
            ["utterance", "utteranceid", "utt", "uttid", "file", "filename", "fileid", "filepath", "wav"]
        ),
        ("speaker", ["speaker", "speakerid", "spk", "spkid", "spkr", "talker"]),
        (
            "snr_db",
            ["snrdb", "inputsnrdb", "inputsnr", "mixsnrdb", "mixsnr", "snrin", "snrindb", "noisesnr"]
        ),
        ("noise_type", ["noisetype", "noise", "noisename", "noiseclass", "noiseenvironment", "environment"]),
        ("split", ["split", "subset", "datasplit"]),
    ]

    init(names: [String], options: ImportOptions, path: String) throws(ImportError) {
        self.names = names
        let lowered = names.map { $0.lowercased() }
        for (index, name) in lowered.enumerated() where lowered[..<index].contains(name) && !name.isEmpty {
            throw .repeatedColumn(path: path, column: names[index])
        }
        var places: [String: Int] = [:]
        for (part, accepted) in Self.aliases {
            for (index, name) in names.enumerated() where accepted.contains(MetricVocabulary.normalized(name))
            {
                guard places[part] == nil else { throw .repeatedColumn(path: path, column: names[index]) }
                places[part] = index
            }
        }
        let declared = options.lowerIsBetter.union(options.higherIsBetter).map(MetricVocabulary.normalized)
        if places["snr_db"] == nil, !declared.contains("snr"),
            let index = names.firstIndex(where: { MetricVocabulary.normalized($0) == "snr" })
        {
            places["snr_db"] = index
            guessesSNR = true
            remarks.append(
                "column \"\(names[index])\" is read as a condition, the SNR of the noisy input in dB "
                    + "(a score of that name needs --higher-is-better \(names[index]))")
        }
        guard let utterance = places["utterance"] else {
            throw .missingColumn(path: path, column: "utterance", found: names)
        }
        self.utterance = utterance
        system = options.system == nil ? places["system"] : nil
        if options.system == nil, system == nil {
            throw .missingColumn(path: path, column: "system", found: names)
        }
        speaker = places["speaker"]
        snr = places["snr_db"]
        noiseType = places["noise_type"]
        split = places["split"]
        let metricPlace = lowered.firstIndex(of: "metric")
        let valuePlace = lowered.firstIndex { ["value", "score"].contains($0) }
        layout = options.layout ?? (metricPlace != nil && valuePlace != nil ? .long : .wide)
        switch layout {
        case .long:
            guard let metricPlace else { throw .missingColumn(path: path, column: "metric", found: names) }
            guard let valuePlace else { throw .missingColumn(path: path, column: "value", found: names) }
            metric = metricPlace
            value = valuePlace
            status = lowered.firstIndex(of: "status")
            reason = lowered.firstIndex(of: "reason")
            metrics = []
        case .wide:
            let ignored = Set(options.ignoredColumns.map(MetricVocabulary.normalized))
            metrics = []
            for index in names.indices where !places.values.contains(index) {
                let plain = MetricVocabulary.normalized(names[index])
                if ignored.contains(plain) || names[index].isEmpty { continue }
                if Self.isRowNumber(names[index]) {
                    remarks.append("column \"\(names[index])\" is skipped: a row number, not a score")
                    continue
                }
                let name = options.vocabulary.known(names[index])?.name ?? names[index]
                guard !metrics.contains(where: { $0.name == name }) else {
                    throw .repeatedColumn(path: path, column: names[index])
                }
                metrics.append((index, name))
            }
            guard !metrics.isEmpty else { throw .noMetricColumns(path: path) }
        }
    }

    /// Whether a heading is the one that pandas gives a saved index.
    private static func isRowNumber(_ name: String) -> Bool {
        name.lowercased().firstMatch(of: /^\s*(unnamed:?[ _]*[0-9]+([ _]level[ _][0-9]+)?|level_[0-9]+)\s*$/)
            != nil
    }
}
