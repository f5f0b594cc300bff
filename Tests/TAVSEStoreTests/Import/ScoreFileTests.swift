import TAVSEMetrics
import TestSupport
import Testing

@testable import TAVSEStore

@Suite struct ScoreFileTests {
    private func read(
        _ text: String, _ options: ImportOptions = ImportOptions()
    ) throws -> ScoreFile {
        var options = options
        options.vocabulary = MetricCatalog.vocabulary
        return try TemporaryFile.with(Array(text.utf8)) { try ScoreFile(path: $0, options: options) }
    }

    /// The error of a table, with the temporary path replaced.
    private func failure(_ text: String, _ options: ImportOptions = ImportOptions()) -> String {
        do {
            _ = try read(text, options)
            return "no error"
        } catch {
            let text = "\(error)"
            return text.replacing(/^\S*tavse-[0-9A-F-]+\.csv/, with: "FILE")
        }
    }

    private static let wide = """
        model,speaker,utterance,snr_db,pesq,my_score
        B,s1,u2,5,2.5,0.1
        A,s1,u2,5,2.0,
        A,s1,u1,-5,NaN,0.3
        B,s1,u1,-5,1.5,-inf

        """
    private static let long = """
        system,utterance,speaker,snr_db,noise_type,metric,value
        B,u2,s1,5,,pesq,2.5
        B,u2,s1,5,,my_score,0.1
        A,u2,s1,5,,pesq,2.0
        A,u2,s1,5,,my_score,
        A,u1,s1,-5,,pesq,NaN
        A,u1,s1,-5,,my_score,0.3
        B,u1,s1,-5,,pesq,1.5
        B,u1,s1,-5,,my_score,-inf

        """

    @Test("a wide and a long table of the same scores read the same (property)")
    func layoutsAgree() throws {
        let wide = try read(Self.wide, ImportOptions(higherIsBetter: ["my_score"]))
        let long = try read(Self.long, ImportOptions(higherIsBetter: ["my_score"]))
        #expect(wide.layout == .wide)
        #expect(long.layout == .long)
        #expect(wide.table.items == long.table.items)
        #expect(wide.table.systems == long.table.systems)
        #expect(wide.table.metrics == long.table.metrics)
        #expect(wide.table.statusNames == long.table.statusNames)
        for (a, b) in zip(wide.table.columns.joined(), long.table.columns.joined()) {
            #expect(a.status == b.status)
            #expect(a.values.map(\.bitPattern) == b.values.map(\.bitPattern))
        }
    }

    @Test("items are sorted and failed cells keep their status (closed form)")
    func contents() throws {
        let file = try read(Self.wide, ImportOptions(higherIsBetter: ["my_score"]))
        #expect(file.rowCount == 4)
        #expect(file.failedCount == 3)
        #expect(file.table.items.map(\.utterance) == ["u1", "u2"])
        #expect(file.table.systems.map(\.name) == ["B", "A"])
        let status = file.table.columns.map { $0.map { $0.status.map { file.table.statusNames[Int($0)] } } }
        #expect(status == [[["ok", "ok"], ["-inf", "ok"]], [["nan", "ok"], ["ok", "missing"]]])
        #expect(file.table.columns[0][0].values == [1.5, 2.5])
    }

    @Test("directions come from the catalogue or from options; an unknown one is an error (closed form)")
    func directions() throws {
        let text = "system,utterance,lsd,my_cost,other\nA,u,1,2,3\n"
        let file = try read(text, ImportOptions(lowerIsBetter: ["my_cost"], higherIsBetter: ["other"]))
        #expect(file.table.metrics.map(\.higherIsBetter) == [false, false, true])
        #expect(
            failure(text, ImportOptions(lowerIsBetter: ["my_cost"]))
                == "FILE: nothing says which way is better in \"other\": give --higher-is-better or "
                + "--lower-is-better other, or leave the column out with --ignore other")
        #expect(
            failure(text, ImportOptions(lowerIsBetter: ["nothing"]))
                == "FILE: no metric \"nothing\"; the file has lsd, my_cost, other")
        #expect(
            failure(text, ImportOptions(lowerIsBetter: ["x"], higherIsBetter: ["x"]))
                == "metric \"x\" is declared both higher-is-better and lower-is-better")
    }

    @Test("the systems noisy and oracle are references (closed form)")
    func references() throws {
        let file = try read("system,utterance,pesq\nnoisy,u,1\noracle,u,4\nA,u,2\n")
        #expect(file.table.systems.map(\.kind) == [.noisy, .oracle, .enhanced])
    }

    @Test("a table without a system column takes the name given (closed form)")
    func systemOption() throws {
        let file = try read("utterance,pesq\nu,1\n", ImportOptions(system: "mine", split: "test"))
        #expect(file.table.systems.map(\.name) == ["mine"])
        #expect(file.table.items.map(\.split) == ["test"])
    }

    @Test("a long table's status column keeps the reason of a failed score (closed form)")
    func statusColumn() throws {
        let file = try read("system,utterance,metric,value,status\nA,u,stoi,,too_short\nA,v,stoi,0.5,ok\n")
        let column = file.table.columns[0][0]
        #expect(column.status.map { file.table.statusNames[Int($0)] } == ["too_short", "ok"])
    }

    @Test(
        "what is wrong is said with file, line and column",
        arguments: [
            ("", "FILE is empty; expected a heading line"),
            ("system,utterance,pesq\n", "FILE has a heading and no rows"),
            ("system,pesq\nA,1\n", "FILE:1: no column \"utterance\"; the heading has system, pesq"),
            ("utterance,pesq\nu,1\n", "FILE:1: no column \"system\"; the heading has utterance, pesq"),
            ("system,model,utterance,pesq\nA,A,u,1\n", "FILE:1: column \"model\" is given twice"),
            ("system,utterance,pesq,PESQ\nA,u,1,1\n", "FILE:1: column \"PESQ\" is given twice"),
            ("system,utterance,pesq\nA,u\n", "FILE:2: 2 fields, the heading has 3"),
            ("system,utterance,pesq\n\nA,,1\n", "FILE:3: column utterance is empty"),
            (
                "system,utterance,pesq\nA,u,good\n",
                "FILE:2: column pesq: \"good\" is not a number (empty, NaN and inf are kept as failed; leave out a column of words with --ignore pesq)"
            ),
            (
                "system,speaker,utterance,pesq\nA,s1,u,1\nB,s2,u,1\n",
                "FILE:3: u has speaker \"s2\" here and \"s1\" before"
            ),
            (
                "system,utterance,snr_db,pesq\nA,u,0,1\nA,u,-0.0,1\nA,u,5,1\n",
                "FILE: 1 repeated key: A, u at 0 dB, pesq (line 3)"
            ),
        ])
    func errors(text: String, expected: String) {
        #expect(failure(text) == expected)
    }

    @Test("known metrics and references are recognised in any spelling (closed form)")
    func spellings() throws {
        let file = try read(
            "Method,File,Unnamed: 0,PESQ (WB),STOI,SI-SDR,WER,DNSMOS_OVRL,SNR,Noise\n"
                + "Noisy,u,0,2,0.5,3,0.1,3,5,babble\nORACLE,u,1,3,0.6,4,0.1,3,5,babble\n")
        let names = ["pesq_wb", "stoi", "si_sdr", "wer", "dnsmos_ovrl"]
        #expect(file.table.metrics.map(\.name) == names)
        #expect(file.table.metrics.map(\.higherIsBetter) == [true, true, true, false, true])
        #expect(file.table.systems.map(\.kind) == [.noisy, .oracle])
        #expect(file.table.items.map(\.snrDB) == [5] && file.table.items.map(\.noiseType) == ["babble"])
        #expect(file.warnings.contains { $0.contains("Unnamed: 0") })
        #expect(file.warnings.contains { $0.contains("\"SNR\" is read as a condition") })
    }

    @Test(
        "words for a missing value mean unknown in labels and numbers (property)",
        arguments: ["nan", "NaN", "None", "<NA>", "N/A", "NA", "null", "", "#N/A", "NA?"])
    func missing(word: String) throws {
        let file = try read(
            "system,speaker,utterance,noise,split,snr_db,pesq\nA,\(word),u,\(word),\(word),\(word),2\nA,s,v,x,test,0,\(word)\n"
        )
        let item = try #require(file.table.items.first)
        #expect(item.speaker == nil && item.noiseType == nil && item.split == nil && item.snrDB == nil)
        #expect(file.failedCount == 1)
    }

    @Test("a score outside its metric's range is refused with line and column (closed form)")
    func ranges() {
        #expect(
            failure("system,utterance,stoi\nA,u,0.8\nB,u,80.5\n").hasPrefix(
                "FILE:3: column stoi: 80.5 is outside the range of STOI, -1 to 1"))
        #expect(
            failure("system,utterance,metric,value\nA,u,PESQ,12\n").hasPrefix(
                "FILE:2: column value: 12 is outside the range of PESQ, -0.5 to 4.65"))
    }

    @Test("names that are not UTF-8 are an error, not mangled")
    func invalidText() throws {
        let bytes = Array("system,utterance,pesq\nA,u".utf8) + [0xFF] + Array(",1\n".utf8)
        _ = try TemporaryFile.with(bytes) { path in
            #expect(throws: ImportError.invalidText(path: path, line: 2, column: "utterance")) {
                _ = try ScoreFile(path: path)
            }
        }
    }
}
