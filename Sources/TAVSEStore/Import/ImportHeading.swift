/// Which column of a table of scores holds what.
struct ImportHeading: Equatable {
    /// Where each part of the key stands; nil where the table has no such column.
    var system: Int?, utterance: Int, speaker: Int?, snr: Int?, noiseType: Int?, split: Int?
    /// Long layout: the metric's name, its value, and a failure's status.
    var metric: Int?, value: Int?, status: Int?, reason: Int?
    /// Wide layout: metric columns in file order.
    var metrics: [(column: Int, name: String)]
    /// All names as they stand in the file.
    var names: [String]
    /// The shape that was found or asked for.
    var layout: ImportOptions.Layout

    static func == (a: Self, b: Self) -> Bool {
        a.names == b.names && a.layout == b.layout && a.metrics.map(\.column) == b.metrics.map(\.column)
    }

    /// Names under which each part of the key is recognised, lower case. `snr` alone is not among them: it is a metric.
    private static let aliases: [(part: String, names: [String])] = [
        ("system", ["system", "model", "system_name", "model_name"]),
        ("utterance", ["utterance", "utterance_id", "utt", "utt_id", "file", "filename"]),
        ("speaker", ["speaker", "speaker_id", "spk", "spk_id"]),
        ("snr_db", ["snr_db", "input_snr_db", "mix_snr_db"]),
        ("noise_type", ["noise_type", "noise", "noise_name"]),
        ("split", ["split", "subset"]),
    ]

    init(names: [String], options: ImportOptions, path: String) throws(ImportError) {
        self.names = names
        let lowered = names.map { $0.lowercased() }
        for (index, name) in lowered.enumerated() where lowered[..<index].contains(name) && !name.isEmpty {
            throw .repeatedColumn(path: path, column: names[index])
        }
        var places: [String: Int] = [:]
        for (part, accepted) in Self.aliases {
            for (index, name) in lowered.enumerated() where accepted.contains(name) {
                guard places[part] == nil else { throw .repeatedColumn(path: path, column: names[index]) }
                places[part] = index
            }
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
            let ignored = Set(options.ignoredColumns.map { $0.lowercased() })
            metrics = names.indices.filter { index in
                !places.values.contains(index) && !ignored.contains(lowered[index]) && !names[index].isEmpty
            }.map { ($0, names[$0]) }
            guard !metrics.isEmpty else { throw .noMetricColumns(path: path) }
        }
    }
}
