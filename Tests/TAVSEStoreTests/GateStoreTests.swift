import GRDB
import TestSupport
import Testing

@testable import TAVSEStore

@Suite struct GateStoreTests {
    private let folder: TemporaryFolder
    private let store: ResultsStore

    init() throws {
        folder = try TemporaryFolder()
        store = try ResultsStore(path: folder.file("r.sqlite"), access: .readWrite)
    }

    private func row(
        _ modality: String, _ frequency: Int, _ slot: Int, _ mean: Double = 0.5, contribution: Double? = 0.25
    ) -> GateRecord {
        GateRecord(
            modality: modality, frequencyRow: frequency, timeSlot: slot, mean: mean, p10: mean / 2, p50: mean,
            p90: 1, effectiveContribution: contribution)
    }

    @Test("gives back what was stored, sorted, with the run's own scores beside it (closed form)")
    func roundTrip() throws {
        let metric = MetricDescription(name: "si_snr", signature: "SI-SNR|v:1", unit: "dB")
        let run = try Sample.fill(store, system: "A", metric: metric, noisy: 1, [("u2", 4)])
        try store.replaceGates([row("rgb", 0, 0, 1, contribution: nil)], of: Sample.item("u1"), run: run)
        try store.replaceGates(
            [row("thermal", 1, 0), row("rgb", 1, 1, 0.75), row("rgb", 0, 2, 0)], of: Sample.item("u2"),
            run: run)
        let table = try store.gateTable(run: run)
        #expect(table.items.map(\.description.utterance) == ["u1", "u2"])
        #expect(table.items.map(\.key) == [Sample.item("u1").key, Sample.item("u2").key])
        #expect(table.items.map(\.noisyScore) == [nil, 1])
        #expect(table.items.map(\.enhancedScore) == [nil, 4])
        #expect(table.modalities == ["rgb", "thermal"])
        #expect(table.rowCount == 4)
        #expect(table.item == [0, 1, 1, 1])
        #expect(table.modality == [0, 0, 0, 1])
        #expect(table.frequencyRow == [0, 0, 1, 1])
        #expect(table.timeSlot == [0, 2, 1, 0])
        #expect(table.mean == [1, 0, 0.75, 0.5])
        #expect(table.p10 == [0.5, 0, 0.375, 0.25])
        #expect(table.p50 == table.mean)
        #expect(table.p90 == [1, 1, 1, 1])
        #expect(table.effectiveContribution[0].isNaN)
        #expect(table.effectiveContribution[1...] == [0.25, 0.25, 0.25])
        #expect(try store.gateTable(run: run, split: "train").rowCount == 0)
        #expect(
            try store.itemsWithGates(run: run) == [Sample.item("u1").key, Sample.item("u2").key])
        #expect(try store.runsWithGates().map(\.items) == [2])
    }

    @Test("replaces an item's gates whole, and the same rows again change nothing (property)")
    func replaces() throws {
        let run = try store.openRun(Sample.run("A")).run
        let item = Sample.item("u1")
        try store.replaceGates(
            [row("rgb", 0, 0), row("rgb", 0, 1), row("thermal", 0, 0)], of: item, run: run)
        try store.replaceGates([row("rgb", 0, 1, 0.125)], of: item, run: run)
        let table = try store.gateTable(run: run)
        #expect(table.mean == [0.125] && table.timeSlot == [1])
        try store.replaceGates([row("rgb", 0, 1, 0.125)], of: item, run: run)
        #expect(try store.gateTable(run: run) == table)
        try store.replaceGates([], of: item, run: run)
        #expect(try store.gateTable(run: run).items.isEmpty)
        #expect(try store.runsWithGates().isEmpty)
    }

    @Test(
        "refuses what is not a gate and changes nothing (closed form)",
        arguments: [
            GateRecord(
                modality: "rgb", frequencyRow: 0, timeSlot: 1, mean: .nan, p10: 0, p50: 0, p90: 0,
                effectiveContribution: 0),
            GateRecord(
                modality: "rgb", frequencyRow: 0, timeSlot: 1, mean: 1.5, p10: 0, p50: 0, p90: 0,
                effectiveContribution: 0),
            GateRecord(
                modality: "rgb", frequencyRow: 0, timeSlot: 1, mean: 0.5, p10: -0.1, p50: 0, p90: 0,
                effectiveContribution: 0),
            GateRecord(
                modality: "rgb", frequencyRow: 0, timeSlot: 1, mean: 0.5, p10: 0.6, p50: 0.5, p90: 0.9,
                effectiveContribution: 0),
            GateRecord(
                modality: "rgb", frequencyRow: 0, timeSlot: 1, mean: 0.5, p10: 0, p50: 0.5, p90: 1,
                effectiveContribution: .infinity),
            GateRecord(
                modality: "rgb", frequencyRow: 0, timeSlot: 1, mean: 0.5, p10: 0, p50: 0.5, p90: 1,
                effectiveContribution: -1),
            GateRecord(
                modality: "", frequencyRow: 0, timeSlot: 1, mean: 0.5, p10: 0, p50: 0.5, p90: 1,
                effectiveContribution: 0),
            GateRecord(
                modality: "rgb", frequencyRow: -1, timeSlot: 1, mean: 0.5, p10: 0, p50: 0.5, p90: 1,
                effectiveContribution: 0),
            GateRecord(
                modality: "rgb", frequencyRow: 0, timeSlot: .max, mean: 0.5, p10: 0, p50: 0.5, p90: 1,
                effectiveContribution: 0),
            // The token of the good row, given twice.
            GateRecord(
                modality: "rgb", frequencyRow: 0, timeSlot: 0, mean: 0.5, p10: 0, p50: 0.5, p90: 1,
                effectiveContribution: 0),
        ])
    func refuses(bad: GateRecord) throws {
        let run = try store.openRun(Sample.run("A")).run
        try store.replaceGates([row("rgb", 0, 0, 0.25)], of: Sample.item("u1"), run: run)
        let error = #expect(throws: StoreError.self) {
            try store.replaceGates([row("rgb", 0, 0), bad], of: Sample.item("u1"), run: run)
        }
        guard case .invalid = error else {
            Issue.record("expected an invalid value, got \(String(describing: error))")
            return
        }
        #expect(try store.gateTable(run: run).mean == [0.25])
    }

    @Test("names an unknown run and an unknown system (closed form)")
    func unknown() throws {
        let none = RunID(rawValue: 7)
        #expect(throws: StoreError.unknownRun(7)) {
            try store.replaceGates([row("rgb", 0, 0)], of: Sample.item("u1"), run: none)
        }
        #expect(throws: StoreError.unknownRun(7)) { try store.gateTable(run: none) }
        #expect(throws: StoreError.unknownSystem(name: "B", known: [])) {
            try store.runsWithGates(system: "B")
        }
    }

    @Test("merges gates once, keeps an item's own gates whole, and numbers may differ (closed form)")
    func merge() throws {
        let mine = try store.openRun(Sample.run("A")).run
        try store.replaceGates([row("rgb", 0, 0, 0.5)], of: Sample.item("u1"), run: mine)
        let path = folder.file("other.sqlite")
        do {
            let other = try ResultsStore(path: path, access: .readWrite)
            _ = try other.openRun(Sample.run("Z"))
            let run = try other.openRun(Sample.run("A")).run
            try other.replaceGates([row("rgb", 0, 0, 0.75)], of: Sample.item("u9"), run: run)
            // The same item with one more slot: another capture, which must not mix with ours.
            try other.replaceGates(
                [row("rgb", 0, 0, 0.5), row("rgb", 0, 1, 1)], of: Sample.item("u1"), run: run)
        }
        #expect(try store.merge(path).gateRows == 1)
        let table = try store.gateTable(run: mine)
        #expect(table.items.map(\.description.utterance) == ["u1", "u9"])
        #expect(table.mean == [0.5, 0.75])
        #expect(try store.merge(path).gateRows == 0)
        #expect(try store.gateTable(run: mine) == table)
    }
}
