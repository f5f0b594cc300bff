import ReferenceSupport
import TAVSEStore

/// Reads the reference tables: model,speaker,utterance,snr_db and one column per metric.
enum WideScores {
    static func table(_ text: String) throws -> ScoreTable {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.split(separator: ",").map(String.init) }
        let header = try lines.first.orMissing("header")
        let metrics = Array(header.dropFirst(4))
        var items: [ScoreTable.Item: [String: [Double]]] = [:]
        var systems: [String] = []
        for line in lines.dropFirst() {
            let item = ScoreTable.Item(utterance: line[2], speaker: line[1], snrDB: try number(line[3]))
            if !systems.contains(line[0]) { systems.append(line[0]) }
            items[item, default: [:]][line[0]] = try line.dropFirst(4).map(number)
        }
        let sorted = items.keys.sorted {
            ($0.utterance, $0.snrDB ?? 0) < ($1.utterance, $1.snrDB ?? 0)
        }
        let columns = systems.map { system in
            metrics.indices.map { metric in
                let values = sorted.map { items[$0]?[system]?[metric] }
                return ScoreTable.Column(
                    values: values.map { ($0?.isFinite ?? false) ? $0 ?? .nan : .nan },
                    status: values.map {
                        $0.map { $0.isFinite ? ScoreTable.okStatus : $0.isNaN ? 2 : 3 }
                            ?? ScoreTable.absentStatus
                    })
            }
        }
        return ScoreTable(
            items: sorted, systems: systems.map { ScoreTable.System(name: $0) },
            metrics: metrics.map {
                ScoreTable.Metric(
                    name: $0, signature: $0, unit: $0.hasPrefix("s") && $0 != "stoi" ? "dB" : "",
                    higherIsBetter: true)
            },
            columns: columns, statusNames: ["ok", "absent", "nan", "inf"])
    }

    private static func number(_ text: String) throws -> Double {
        try Double(text).orMissing("number, not \(text)")
    }
}

extension Optional {
    func orMissing(_ what: String) throws -> Wrapped {
        guard let self else { throw JSONTree.Missing(description: "no \(what)") }
        return self
    }
}
