import Foundation
import TAVSEConfiguration
import Testing

/// A folder that goes away with the test.
struct Folder: ~Copyable {
    let path: String

    init(_ files: [String: String]) throws {
        path = FileManager.default.temporaryDirectory.path + "/tavse-configuration-\(UUID().uuidString)"
        for (name, text) in files {
            let file = URL(fileURLWithPath: path + "/" + name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func errors(_ name: String, environment: [String: String] = [:]) -> [String] {
        do throws(ConfigurationErrors) {
            _ = try Configuration(path: path + "/" + name, environment: environment)
            return []
        } catch {
            return error.errors.map { $0.description.replacing(path + "/", with: "") }
        }
    }
}

@Suite struct FileTests {
    @Test("A file is laid over the one it extends, which may extend another")
    func extends() throws {
        let folder = try Folder([
            "base.yaml": "experiment_name: base\ndata: {root: /d}\ntraining: {lr: 1e-3, seed: 1}\n",
            "a/middle.yaml": "extends: ../base.yaml\ntraining: {seed: 2, loss: {magnitude_weight: 0.3}}\n",
            "a/top.yaml": "extends: ${M:-middle}.yaml\nexperiment_name: top\n",
        ])
        let configuration = try Configuration(
            path: folder.path + "/a/top.yaml", overrides: [.set("training.patience=7")], environment: [:])
        #expect(configuration.experimentName == "top")
        #expect(configuration.training.lr == 1e-3)
        #expect(configuration.training.seed == 2)
        #expect(configuration.training.loss.magnitude == 0.3)
        #expect(configuration.training.patience == 7)
    }

    @Test("Errors name the file that holds the key")
    func extendedErrors() throws {
        let folder = try Folder([
            "base.yaml": "experiment_name: base\ndata: {root: /d}\ntraining:\n  lr: 7\n  batch_size: 0\n",
            "top.yaml": "extends: base.yaml\ntraining: {batch_size: 4, lrr: 1}\n",
        ])
        #expect(
            folder.errors("top.yaml") == [
                "base.yaml:4:7: training.lr: expected a number > 0 and ≤ 1, found 7",
                "top.yaml:2:27: training.lrr: unknown key; did you mean training.lr?",
            ])
    }

    @Test("A circle, a missing base and a base that is no path are refused")
    func extendsErrors() throws {
        let folder = try Folder([
            "a.yaml": "extends: b.yaml\n" + minimal, "b.yaml": "extends: ./a.yaml\n",
            "c.yaml": "extends: c.yaml\n" + minimal, "d.yaml": "extends: none.yaml\n" + minimal,
            "e.yaml": "extends: [a.yaml]\n" + minimal,
        ])
        #expect(folder.errors("a.yaml").count == 1)
        #expect(folder.errors("a.yaml")[0].hasPrefix("b.yaml:1:10: extends: extends in a circle"))
        #expect(folder.errors("c.yaml")[0].hasPrefix("c.yaml:1:10: extends: extends in a circle"))
        #expect(
            folder.errors("d.yaml")
                == ["d.yaml:1:10: extends: expected an existing file, sought as none.yaml, found none.yaml"])
        #expect(
            folder.errors("e.yaml")
                == ["e.yaml:1:10: extends: expected the path of a configuration file, found [a.yaml]"])
        #expect(
            errors("extends: a.yaml\n" + minimal)
                == ["f:1:1: extends: only a file can extend a file"])
    }

    @Test("A file that is missing, a folder, too large or not UTF-8 is refused")
    func unreadable() throws {
        let folder = try Folder([
            "large.yaml": String(repeating: "# comment\n", count: 30_000), "empty.yaml": "",
        ])
        let latin = folder.path + "/latin.yaml"
        try Data([0x61, 0x3a, 0x20, 0x62, 0x0a, 0x63, 0x3a, 0x20, 0xfc, 0x0a]).write(
            to: URL(fileURLWithPath: latin))
        #expect(folder.errors("no.yaml") == ["no.yaml: no such file"])
        #expect(folder.errors("latin.yaml") == ["latin.yaml:2: not UTF-8 text"])
        #expect(folder.errors("large.yaml") == ["large.yaml: larger than 262144 bytes: not a configuration"])
        #expect(folder.errors("empty.yaml") == ["empty.yaml: holds no settings; expected at least one"])
        #expect(folder.errors("").first?.contains("a folder, not a file") == true)
        let missing = #expect(throws: ConfigurationErrors.self) {
            try Configuration(path: folder.path + "/no.yaml", environment: [:])
        }
        #expect(missing?.isMissingFile == true)
    }

    @Test("A byte-order mark and Windows line ends are accepted")
    func windows() throws {
        let folder = try Folder(["a.yaml": "\u{FEFF}experiment_name: a\r\ndata:\r\n  root: /d\r\n"])
        #expect(folder.errors("a.yaml").isEmpty)
    }

    @Test(".env beside the file gives variables; the process environment wins")
    func environmentFile() throws {
        let folder = try Folder([
            "a.yaml": """
            experiment_name: ${NAME}
            data: {root: "${ROOT}/data", noise_dir: '${RAW}', stage_to: "${SPACED}"}
            training:
                  lr: ${LR:-1e-3}
                  batch_size: ${BATCH}
                  betas: ["${BETA}", 0.9]
            """,
            ".env": """
            # a comment
            NAME=file
            export ROOT="/r/${NAME}"   # another
            RAW='/${NOT} "here"'
            SPACED = /with space # comment
            BATCH=8
            BETA=0.5

            """,
        ])
        let configuration = try Configuration(
            path: folder.path + "/a.yaml", environment: ["NAME": "process"])
        #expect(configuration.experimentName == "process")
        #expect(configuration.data.root == "/r/process/data")
        #expect(configuration.data.noiseDir == "/${NOT} \"here\"")
        #expect(configuration.data.stageTo == "/with space")
        #expect(configuration.training.lr == 1e-3)
        #expect(configuration.training.batchSize == 8)
        #expect(configuration.training.betas == [0.5, 0.9])
    }

    @Test("A line of .env that is no assignment is an error with its line; so is a circle")
    func environmentFileErrors() throws {
        let folder = try Folder([
            "a.yaml": "experiment_name: ${A}\ndata: {root: /d}\n",
            ".env": "A=${B}\nB=${A}\nnonsense\n1X=2\nC=\"open\n",
        ])
        #expect(
            folder.errors("a.yaml") == [
                ".env:3: expected NAME=value", ".env:4: expected NAME=value",
                ".env:5: a quote that never ends",
                "a.yaml:1:18: experiment_name: variables nested too deeply, or in a circle; a literal ${ is written $${",
            ])
    }

    @Test("Variables that multiply are refused")
    func variableBomb() throws {
        var text = "A0=xxxxxxxxxx\n"
        for level in 1...9 {
            text += "A\(level)=" + String(repeating: "${A\(level - 1)}", count: 10) + "\n"
        }
        let folder = try Folder(["a.yaml": "experiment_name: ${A9}\ndata: {root: /d}\n", ".env": text])
        #expect(folder.errors("a.yaml").first?.contains("the variables in it expand to too much") == true)
    }

    @Test("Defaults stand for unset and empty variables and may hold variables; $${ is literal")
    func variables() throws {
        func root(_ text: String, _ environment: [String: String] = [:]) throws -> String {
            try Configuration(
                text: "experiment_name: a\ndata: {root: '\(text)'}", environment: environment
            ).data.root
        }
        #expect(try root("/${A:-x}") == "/x")
        #expect(try root("/${A:-x}", ["A": ""]) == "/x")
        #expect(try root("/${A}b", ["A": ""]) == "/b")
        #expect(try root("/${A:-${B:-y}z}") == "/yz")
        #expect(try root("/${A:-${B:-y}z}", ["B": "b"]) == "/bz")
        #expect(try root("/$${A}$B$") == "/${A}$B$")
        #expect(try root("/${A}", ["A": "${B}"]) == "/${B}")
    }
}
