import Foundation
import TAVSEAnalysis
import TAVSEBase
import TAVSEMetrics
import TAVSESignal
import TAVSEStore

/// Picks the utterances to listen to: where the last system gains most and least on the first, or, with one system, on
/// the noisy input, in the first metric; without either, its highest and lowest scores.
struct ListeningBuilder {
    private let builder: ReportBuilder
    private var source: ReportSource { builder.source }
    private var comparison: Comparison { builder.comparison }

    init(_ builder: ReportBuilder) { self.builder = builder }

    /// Largest file taken into the report, in bytes.
    private static let largestFile = 16 << 20

    /// The panel; nil when no recordings were stored.
    func panel() -> ListeningPanel? {
        guard !source.samples.isEmpty, let metric = comparison.metrics.first else { return nil }
        let table = source.table
        guard let column = table.metrics.firstIndex(where: { $0.name == metric.name }) else { return nil }
        let names = table.systems.map(\.name)
        guard let last = builder.compared.last.flatMap({ names.firstIndex(of: $0) }) else { return nil }
        let noisy = table.systems.firstIndex { $0.kind == .noisy }
        let other =
            builder.compared.count > 1 ? builder.compared.first.flatMap { names.firstIndex(of: $0) } : noisy
        let stored = Dictionary(grouping: source.samples.indices) { Self.names(source.samples[$0].item) }
        let sign = metric.higherIsBetter ? 1.0 : -1.0
        var ranked: [(item: Int, gain: Double)] = []
        for (index, item) in table.items.enumerated() where stored[Self.names(item)] != nil {
            let score = table.columns[last][column].values[index]
            let gain = other.map { score - table.columns[$0][column].values[index] } ?? score
            if gain.isFinite { ranked.append((index, sign * gain)) }
        }
        ranked.sort { ($0.gain, $0.item) < ($1.gain, $1.item) }
        guard !ranked.isEmpty else { return nil }
        let count = builder.options.listeningCount
        let worst = ranked.prefix(count)
        let best = ranked.dropFirst(worst.count).suffix(count).reversed()
        let against = other.map { " against \(ReportLabels.system(info($0)))" } ?? ""
        var panel = ListeningPanel(items: [])
        for (list, word) in [(Array(worst), "Least"), (Array(best), "Most")] {
            for (index, gain) in list {
                let value = NumberText.signed(sign * gain, decimals: 2)
                let reason =
                    "\(word) gained by \(names[last])\(against): \(value) \(ReportLabels.name(metric))"
                let indices = stored[Self.names(table.items[index])] ?? []
                panel.items.append(item(index, reason: reason, samples: indices, missing: &panel.missing))
            }
        }
        return panel
    }

    /// An item by its names alone: recordings and scores of one utterance may carry different store keys.
    private static func names(_ item: ScoreTable.Item) -> ScoreTable.Item {
        var item = item
        item.key = nil
        return item
    }

    private func info(_ system: Int) -> Comparison.SystemInfo {
        let system = source.table.systems[system]
        return .init(name: system.name, kind: system.kind.rawValue)
    }

    private func item(
        _ index: Int, reason: String, samples: [Int], missing: inout [String]
    ) -> ListeningPanel.Item {
        let item = source.table.items[index]
        var title = [item.utterance]
        if let snr = item.snrDB { title.append("\(NumberText.exact(snr)) dB") }
        if let noise = item.noiseType { title.append(noise) }
        var clips: [(clip: ListeningPanel.Clip, levels: [Float]?)] = []
        for (label, system, kind) in wanted() {
            let candidates = samples.map { source.samples[$0] }.filter { sample in
                sample.record.kind == kind && (system == nil || sample.system == system)
            }
            guard let sample = candidates.first else { continue }
            let path =
                sample.record.path.hasPrefix("/")
                ? sample.record.path : source.folder + "/" + sample.record.path
            guard let (bytes, type) = Self.audio(path) else {
                missing.append(sample.record.path)
                continue
            }
            let levels = (try? AudioFile.read(path)).map(Spectrogram.levels)
            clips.append(
                (
                    .init(
                        label: label, audio: bytes, mediaType: type, spectrogram: nil,
                        scores: scores(index, kind, system)), levels
                )
            )
        }
        // One scale for all recordings of an utterance, set by its loudest.
        let peak = clips.compactMap { $0.levels?.max() }.max() ?? 0
        return .init(
            title: title.joined(separator: ", "), reason: reason,
            clips: clips.map { clip, levels in
                var clip = clip
                clip.spectrogram = levels.map { Spectrogram.png(levels: $0, peak: peak) }
                return clip
            })
    }

    /// Recordings to show, in order: label, system (nil: any run's), kind.
    private func wanted() -> [(String, String?, SampleRecord.Kind)] {
        [("clean", nil, .clean), ("noisy input", nil, .noisy)]
            + builder.compared.map { ($0, $0, SampleRecord.Kind.enhanced) } + [("oracle mask", nil, .oracle)]
    }

    private func scores(_ item: Int, _ kind: SampleRecord.Kind, _ system: String?) -> [String] {
        let table = source.table
        let row: Int? =
            switch kind {
            case .clean: nil
            case .noisy: table.systems.firstIndex { $0.kind == .noisy }
            case .oracle: table.systems.firstIndex { $0.kind == .oracle }
            case .enhanced: table.systems.firstIndex { $0.name == system }
            }
        guard let row else { return [] }
        return table.metrics.indices.compactMap { metric in
            let value = table.columns[row][metric].values[item]
            guard value.isFinite else { return nil }
            return
                "\(MetricCatalog.label(table.metrics[metric].name)) \(NumberText.fixed(value, decimals: 2))"
        }
    }

    /// A file's bytes when it is one of the audio containers that browsers play; a store may name any path.
    private static func audio(_ path: String) -> ([UInt8], String)? {
        guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: largestFile + 1), data.count <= largestFile else {
            return nil
        }
        let bytes = [UInt8](data)
        let containers: [([UInt8], String)] = [
            (Array("RIFF".utf8), "audio/wav"), (Array("fLaC".utf8), "audio/flac"),
            (Array("OggS".utf8), "audio/ogg"),
        ]
        return containers.first { bytes.starts(with: $0.0) }.map { (bytes, $0.1) }
    }
}
