import Foundation
import NetworkReference
import TAVSEModel
import TAVSENN
import Testing

/// Oracle: reference, PyTorch with the executable specification.
@Suite("Checkpoints and PyTorch")
struct ExchangeTests {
    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("fixtures/exchange").path

    @Test("weights that PyTorch wrote give PyTorch's output")
    func fromPyTorch() throws {
        let values = try Safetensors(contentsOf: Self.fixtures + "/forward.safetensors")
        let text = try #require(values.metadata["specification"])
        let specification = try JSONDecoder().decode(NetworkSpecification.self, from: Data(text.utf8))
        let network = try Checkpoint.network(
            weights: Self.fixtures + "/weights.safetensors", specification: specification)
        var frames: [Modality: Tensor] = [:]
        for modality in specification.visualModalities {
            frames[modality] = try values.tensor("in.frames.\(modality.rawValue)").permuted([0, 1, 3, 4, 2])
        }
        let output = try network(noisy: try values.tensor("in.noisy"), frames: frames)
        #expect(output.wave.error(from: try values.tensor("out.wave")) < 1e-4)
        #expect(output.mask.error(from: try values.tensor("out.mask")) < 1e-4)
        let gates = try #require(output.gates)
        #expect(gates.error(from: try values.tensor("out.gates")) < 1e-4)
        #expect(network.state.counters.allSatisfy { $0.value == 12 })
    }

    /// The interpreter named by `TAVSE_PYTHON`, else `python3`, where it has torch.
    static let python: String? = {
        let name = ProcessInfo.processInfo.environment["TAVSE_PYTHON"] ?? "python3"
        return run([name, "-c", "import torch"])?.status == 0 ? name : nil
    }()
    static let reference: String? = ProcessInfo.processInfo.environment["TAVSE_REFERENCE"].flatMap {
        FileManager.default.fileExists(atPath: $0 + "/model/tavse_reference.py") ? $0 + "/model" : nil
    }

    static func run(_ arguments: [String]) -> (status: Int32, output: String)? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    @Test(
        "PyTorch loads our checkpoint strictly and gives our output",
        .enabled(
            if: reference != nil && python != nil,
            "needs TAVSE_REFERENCE with model/tavse_reference.py and a python3 (or TAVSE_PYTHON) with torch"))
    func toPyTorch() throws {
        let (python, reference) = (try #require(Self.python), try #require(Self.reference))
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tavse-exchange-\(UUID().uuidString)"
        ).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let specification = NetworkTests.tiny([.audio])
        let network = try Network(specification, seed: 5)
        network.state.mode = .evaluation
        try Checkpoint.write(
            network.state, specification: specification,
            description: CheckpointDescription(
                configuration: "{}", toolVersion: "0.1.0", epoch: 0, step: 0, validationSISNR: nil,
                dataHashes: [:], seed: 5), to: folder + "/ours.safetensors")
        let noisy = NetworkTests.noise([2, 3000], 8)
        var writer = SafetensorsWriter()
        writer.add("in.noisy", noisy)
        writer.add("out.wave", try network(noisy: noisy).wave)
        try writer.write(to: folder + "/forward.safetensors")
        let result = try #require(
            Self.run([
                python, Self.fixtures + "/read_checkpoint.py", reference, folder + "/ours.safetensors",
                folder + "/forward.safetensors",
            ]))
        #expect(result.status == 0)
        let error = try #require(Double(result.output.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(error < 1e-4)
    }
}
