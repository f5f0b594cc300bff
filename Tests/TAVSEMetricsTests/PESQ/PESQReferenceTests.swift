import TAVSEMetrics
import TAVSESignal
import Testing

/// Oracle: reference. What the ITU program found on its way to the score, stage by stage.
@Suite("PESQ against the ITU program's intermediate results")
struct PESQReferenceTests {
    /// One row of `pesq_alignment.csv` or `pesq_intermediate.csv`.
    struct Run: CustomTestStringConvertible {
        let pair: String
        let mode: PESQ.Mode
        let row: [String: String]
        var testDescription: String { "\(pair), \(mode)" }

        func analysis() throws -> PESQ.Analysis {
            let files = try #require(
                ReferencePairs.expected.first { $0.name == pair }, "\(pair) is not in expected.csv")
            return try PESQ.analyze(
                estimate: ReferencePairs.signal(files.degraded),
                reference: ReferencePairs.signal(files.reference), mode: mode)
        }

        func number(_ column: String) throws -> Double {
            try #require(row[column].flatMap(Double.init), "\(pair) has no \(column)")
        }
    }

    static let alignments = runs("pesq_alignment.csv")
    static let intermediates = runs("pesq_intermediate.csv")

    private static func runs(_ file: String) -> [Run] {
        ReferencePairs.rows(file).compactMap { row in
            guard let pair = row["pair"], let mode = row["mode"] else { return nil }
            return Run(pair: pair, mode: mode == "wb" ? .wideband : .narrowband, row: row)
        }
    }

    @Test("scores, crude delay and every utterance's boundaries and delay agree", arguments: alignments)
    func utterances(_ run: Run) throws {
        let analysis = try run.analysis()
        // 0.001 is the agreement the reference's notes call exact: the program itself moves by up to 3e-4 when its
        // input changes inside float rounding.
        #expect(abs(analysis.mosLQO - (try run.number("mos_lqo"))) <= 1e-3)
        #expect(abs(analysis.rawScore - (try run.number("raw_p862"))) <= 1e-3)
        #expect(analysis.crudeDelay == Int(try run.number("crude_delay_samples")))

        let column = try #require(run.row.keys.first { $0.hasPrefix("start:end:delay_est") })
        let expected = try #require(run.row[column]).split(separator: ";").map { $0.split(separator: ":") }
        try #require(analysis.utterances.count == expected.count)
        for (utterance, fields) in zip(analysis.utterances, expected) {
            try #require(fields.count == 5)
            #expect(utterance.start == Int(fields[0]))
            #expect(utterance.end == Int(fields[1]))
            #expect(utterance.delayEstimate == Int(fields[2]))
            #expect(utterance.delay == Int(fields[3]))
            // In digital silence windows hold only the rounding noise of the input filter's transforms, and vote with
            // its eighth root. Other float32 transforms move the confidence before such silence by 0.01; the peer,
            // whose transform is not ours, is 0.02 away.
            let confidence = try #require(Double(fields[4]))
            #expect(abs(utterance.confidence - confidence) <= 0.03)
        }
    }

    @Test("first and last frame, disturbances and bad intervals agree", arguments: intermediates)
    func disturbances(_ run: Run) throws {
        let analysis = try run.analysis()
        #expect(analysis.firstFrame == Int(try run.number("first_frame")))
        #expect(analysis.lastFrame == Int(try run.number("last_frame")))
        // The program's own uncertainty of 1e-4 in the score is 1e-3 in D and 3e-3 in A.
        #expect(abs(analysis.symmetricDisturbance - (try run.number("symmetric_D"))) <= 1e-3)
        #expect(abs(analysis.asymmetricDisturbance - (try run.number("asymmetric_A"))) <= 3e-3)
        let lags = (run.row["bad_interval_lags"] ?? "").split(separator: ";").compactMap { Int($0) }
        #expect(analysis.badIntervals.map(\.lag) == lags)
    }

    /// Pairs made to be hard: drift, delay jumps, silence at the end, long recordings.
    static let stress = ReferencePairs.rows("pesq_stress/cases.csv").compactMap { row in
        row["pair"].map { Run(pair: $0, mode: row["mode"] == "wb" ? .wideband : .narrowband, row: row) }
    }

    @Test("there are stress pairs") func hasStressPairs() { #expect(!Self.stress.isEmpty) }

    @Test(
        "scores of stress pairs are the pesq package's; what the table has of the way there agrees",
        arguments: stress)
    func stressPairs(_ run: Run) throws {
        func signal(_ column: String) throws -> Signal {
            let name = try #require(run.row[column])
            return try AudioFile.read(
                ReferencePairs.folder.appendingPathComponent("pesq_stress").appendingPathComponent(name).path)
        }
        let analysis = try PESQ.analyze(
            estimate: signal("degraded"), reference: signal("reference"), mode: run.mode)
        #expect(abs(analysis.mosLQO - (try run.number("pesq_004_mos"))) <= 1e-3)
        for (column, found) in [
            ("first_frame", analysis.firstFrame), ("last_frame", analysis.lastFrame),
            ("crude_delay_samples", analysis.crudeDelay), ("utterances", analysis.utterances.count),
        ] {
            guard let expected = run.row[column].flatMap({ Int($0) }) else { continue }
            #expect(found == expected, "\(run.pair) \(column)")
        }
        for (utterance, fields) in zip(
            analysis.utterances,
            (run.row["detail"] ?? "").split(separator: ";").map { $0.split(separator: ":") })
        {
            try #require(fields.count == 5)
            #expect(utterance.start == Int(fields[0]))
            #expect(utterance.end == Int(fields[1]))
            #expect(utterance.delay == Int(fields[3]))
        }
    }

    @Test(
        "MOS-LQO is the pesq package's, or a reason where it has no number",
        arguments: ReferencePairs.expected)
    func scores(_ pair: ReferencePairs.Pair) throws {
        let estimate = try ReferencePairs.signal(pair.degraded)
        let reference = try ReferencePairs.signal(pair.reference)
        for (column, mode) in [("pesq_wb", PESQ.Mode.wideband), ("pesq_nb", .narrowband)] {
            guard let text = pair.value(column, "pesq") else { continue }
            let result = Result { () throws(MetricError) in
                try PESQ(mode: mode).score(estimate: estimate, reference: reference)
            }
            guard let expected = Double(text), expected.isFinite else {
                #expect(throws: MetricError.self, "\(pair.name) \(column): peer \(text)") { try result.get() }
                continue
            }
            #expect(abs(try result.get() - expected) <= 1e-3, "\(pair.name) \(column)")
        }
    }
}
