/// What the fusion's gates did over one recording.
///
/// Rows are frequencies from low to high, columns are times. Everything is flat, the last index fastest.
public struct GateActivations: Sendable, Equatable {
    /// Frequency rows.
    public let rows: Int
    /// Time columns.
    public let columns: Int
    /// The cameras, in the network's order.
    public let modalities: [Modality]
    /// Gate values per modality.
    public let groups: Int
    /// Gates in (0, 1), `[row][column][modality][group]`.
    public let values: [Float]
    /// ‖g·c‖ / ‖z‖, `[row][column][modality]`; exactly 0 where a camera was absent.
    public let effectiveContribution: [Float]
    /// Seconds from one column to the next; column 0 is centred on the first sample.
    public let columnSeconds: Double
}

/// Columns of one segment that go into the whole recording's gates.
struct GateColumns {
    let rows: Int
    let modalities: [Modality]
    let groups: Int
    let columnSeconds: Double
    private var firstColumn: [Int] = []
    private var columns: [Int] = []
    private var values: [[Float]] = []
    private var contributions: [[Float]] = []

    init(_ specification: NetworkSpecification) {
        rows = specification.bottleneckRows
        modalities = specification.visualModalities
        groups = specification.gateGroups
        columnSeconds = Double(specification.columnSamples) / Double(specification.sampleRate)
    }

    /// Adds a segment that starts at a column; what an earlier segment has from `first` on is replaced.
    mutating func add(_ output: NetworkOutput, start: Int, from first: Int) {
        guard let gates = output.gates, let contribution = output.effectiveContribution else { return }
        if let last = columns.indices.last { columns[last] = first - firstColumn[last] }
        let skipped = first - start
        let kept = output.bottleneck.columns - skipped
        firstColumn.append(first)
        columns.append(kept)
        values.append(slice(gates.values, output.bottleneck.columns, skipped, modalities.count * groups))
        contributions.append(slice(contribution.values, output.bottleneck.columns, skipped, modalities.count))
    }

    /// Columns from `skipped` on of `[rows][columns][width]`.
    private func slice(_ all: [Float], _ columns: Int, _ skipped: Int, _ width: Int) -> [Float] {
        (0..<rows).flatMap { row in all[(row * columns + skipped) * width..<(row + 1) * columns * width] }
    }

    /// The whole recording; nil without cameras.
    var joined: GateActivations? {
        guard !values.isEmpty else { return nil }
        return GateActivations(
            rows: rows, columns: columns.reduce(0, +), modalities: modalities, groups: groups,
            values: join(values, modalities.count * groups),
            effectiveContribution: join(contributions, modalities.count), columnSeconds: columnSeconds)
    }

    private func join(_ parts: [[Float]], _ width: Int) -> [Float] {
        var all: [Float] = []
        for row in 0..<rows {
            for (part, kept) in zip(parts, columns) {
                let stored = part.count / (rows * width)
                all += part[row * stored * width..<(row * stored + kept) * width]
            }
        }
        return all
    }
}
