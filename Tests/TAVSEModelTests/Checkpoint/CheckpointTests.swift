import Foundation
import TAVSEBase
import TAVSEModel
import TAVSENN
import TAVSESignal
import Testing

@Suite("Checkpoint")
final class CheckpointTests {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "tavse-checkpoint-\(UUID().uuidString)"
    ).path
    let specification = NetworkTests.tiny([.audio, .thermal])
    let about = CheckpointDescription(
        configuration: #"{"experiment_name": "tiny"}"#, toolVersion: "0.1.0", epoch: 3, step: 120,
        validationSISNR: 4.25, dataHashes: ["train_manifest.csv": "ab"], seed: .max)
    var path: String { folder + "/best.safetensors" }

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func written() throws -> Network {
        let network = try Network(specification, seed: 7)
        for buffer in network.state.buffers where buffer.path.hasSuffix("running_mean") {
            buffer.assign(NetworkTests.noise(buffer.value.shape, 9))
        }
        network.state.counters.first?.value = 41
        try Checkpoint.write(
            network.state, specification: specification, description: about, to: path)
        return network
    }

    /// Rewrites the file with other metadata.
    func rewrite(_ change: (inout [String: String]) -> Void) throws {
        let file = try Safetensors(contentsOf: path)
        var writer = SafetensorsWriter(metadata: file.metadata)
        change(&writer.metadata)
        for name in file.names {
            if file.type(of: name) == .int64 {
                writer.add(name, shape: file.shape(of: name) ?? [], integers: try file.integers(name))
            } else {
                writer.add(name, try file.tensor(name))
            }
        }
        try writer.write(to: path)
    }

    /// Property.
    @Test("15-safetensors-resaved: tensors in another order are the same checkpoint, other tensors are not")
    func resaved() throws {
        let network = try written()
        let file = try Safetensors(contentsOf: path)
        func save(_ change: (String, [Float]) -> [Float], _ metadata: [String: String]) throws {
            var writer = SafetensorsWriter(metadata: metadata)
            for name in file.names.reversed() {
                if file.type(of: name) == .int64 {
                    writer.add(name, shape: file.shape(of: name) ?? [], integers: try file.integers(name))
                } else {
                    let tensor = try file.tensor(name)
                    writer.add(name, Tensor(tensor.shape, values: change(name, tensor.values)))
                }
            }
            try writer.write(to: path)
        }
        try save({ $1 }, file.metadata)
        let read = try Checkpoint(path: path).network()
        for (a, b) in zip(network.state.parameters, read.state.parameters) {
            #expect(a.value.values == b.value.values)
        }
        let last = try #require(file.names.last { file.type(of: $0) == .float32 })
        try save({ name, values in name == last ? values.map { $0 + 1 } : values }, file.metadata)
        #expect(throws: CheckpointError.self) { try Checkpoint(path: path) }
        // A checkpoint of an earlier version has the checksum over the bytes in their order alone.
        _ = try written()
        try rewrite { $0["tensors_by_name_sha256"] = nil }
        _ = try Checkpoint(path: path)
    }

    /// Property.
    @Test("what is written is read back: values, specification, description, hash")
    func roundTrip() throws {
        let network = try written()
        let checkpoint = try Checkpoint(path: path)
        #expect(checkpoint.description == about)
        #expect(checkpoint.specification == specification)
        var hash = SHA256()
        try Data(contentsOf: URL(fileURLWithPath: path)).withUnsafeBytes { hash.update($0) }
        #expect(checkpoint.contentHash == hash.hexadecimal())
        let read = try checkpoint.network()
        #expect(read.state.mode == .evaluation)
        for (a, b) in zip(network.state.parameters, read.state.parameters) {
            #expect(a.value.values == b.value.values)
        }
        for (a, b) in zip(network.state.buffers, read.state.buffers) {
            #expect(a.value.values == b.value.values)
        }
        #expect(read.state.counters.map(\.value) == network.state.counters.map(\.value))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["best.safetensors"])
        let other = try Network(specification, seed: 8)
        try checkpoint.load(into: other.state)
        #expect(other.state.parameters[0].value.values == network.state.parameters[0].value.values)
    }

    /// Property.
    @Test("the same network gives the same bytes")
    func sameBytes() throws {
        _ = try written()
        let first = try Data(contentsOf: URL(fileURLWithPath: path))
        _ = try written()
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == first)
    }

    @Test("a file cut anywhere is refused")
    func truncated() throws {
        _ = try written()
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for length in [0, 5, 8, 100, whole.count / 2, whole.count - 1] {
            try whole.prefix(length).write(to: URL(fileURLWithPath: path))
            #expect {
                _ = try Checkpoint(path: path)
            } throws: { error in
                guard case .damaged(path, _) = error as? CheckpointError else { return false }
                return true
            }
        }
    }

    @Test("a flipped bit in a tensor is refused by its checksum")
    func flippedBit() throws {
        _ = try written()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count - 3] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect {
            _ = try Checkpoint(path: path)
        } throws: { error in
            guard case .checksum(path, let expected, let found) = error as? CheckpointError else {
                return false
            }
            return expected != found && "\(error)".contains("copy it again")
        }
    }

    @Test("foreign files, other versions and unreadable metadata are refused with words")
    func metadata() throws {
        _ = try written()
        try rewrite { $0 = [:] }
        #expect(throws: CheckpointError.foreign(path: path)) { _ = try Checkpoint(path: path) }
        _ = try written()
        try rewrite { $0["format_version"] = "2" }
        #expect(throws: CheckpointError.version(path: path, found: "2", supported: "1")) {
            _ = try Checkpoint(path: path)
        }
        for (key, text) in [
            ("specification", "{"), ("specification", #"{"channels": "many"}"#), ("description", "{}"),
        ] {
            _ = try written()
            try rewrite { $0[key] = text }
            #expect {
                _ = try Checkpoint(path: path)
            } throws: { error in
                guard case .metadata(path, key, _) = error as? CheckpointError else { return false }
                return true
            }
        }
        try Data("RIFF, not a checkpoint".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: CheckpointError.self) { _ = try Checkpoint(path: path) }
    }

    @Test("a specification that asks for more than the file has is refused before memory is")
    func greedySpecification() throws {
        _ = try written()
        try rewrite { $0["specification"] = #"{"channels": [1, 65536, 65536, 65536]}"# }
        #expect {
            _ = try Checkpoint(path: path)
        } throws: { error in
            guard case .specification(path, _) = error as? CheckpointError else { return false }
            return true
        }
        _ = try written()
        try rewrite { $0["specification"] = #"{"hop_length": 0}"# }
        #expect(throws: CheckpointError.self) { _ = try Checkpoint(path: path) }
    }

    @Test("tensors of other shapes or names are refused by name")
    func wrongShapes() throws {
        _ = try written()
        var smaller = specification
        smaller.ffnDim = 4
        let text = String(decoding: try JSONEncoder().encode(smaller), as: UTF8.self)
        try rewrite { $0["specification"] = text }
        #expect {
            _ = try Checkpoint(path: path).network()
        } throws: { error in
            guard case .weights(path, .shape(name: "ffn.0.weight", _, _)) = error as? CheckpointError else {
                return false
            }
            return true
        }
        #expect(throws: CheckpointError.self) {
            _ = try Checkpoint.network(weights: path, specification: NetworkTests.tiny([.audio]))
        }
    }

    @Test("plain weights load with a specification")
    func plainWeights() throws {
        let network = try written()
        try rewrite { $0 = [:] }
        let read = try Checkpoint.network(weights: path, specification: specification)
        #expect(read.state.parameters[3].value.values == network.state.parameters[3].value.values)
        #expect(read.state.mode == .evaluation)
    }

    @Test("missing files, folders, FIFOs and places that cannot be written are errors that name the path")
    func paths() throws {
        let no = folder + "/no.safetensors"
        #expect(throws: CheckpointError.missing(path: no, hint: "check the name")) {
            _ = try Checkpoint(path: no)
        }
        #expect(throws: CheckpointError.self) { _ = try Checkpoint(path: folder) }
        let fifo = folder + "/fifo"
        #expect(mkfifo(fifo, 0o600) == 0)
        #expect(throws: CheckpointError.unreadable(path: fifo, reason: "it is not a regular file")) {
            _ = try Checkpoint(path: fifo)
        }
        let network = try Network(specification)
        let beyond = folder + "/no/best.safetensors"
        #expect(
            throws: CheckpointError.cannotWrite(
                path: beyond, reason: "No such file or directory", isDiskFull: false)
        ) {
            try Checkpoint.write(
                network.state, specification: specification, description: about, to: beyond)
        }
        var odd = about
        odd.validationSISNR = .nan
        #expect(throws: CheckpointError.self) {
            try Checkpoint.write(network.state, specification: specification, description: odd, to: path)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["fifo"])
    }

    /// Closed form against the networks themselves.
    @Test("parameters are counted without making the network", arguments: FusionKind.allCases)
    func parameterCount(_ fusion: FusionKind) throws {
        for modalities in [[Modality.audio], [.audio, .rgb], [.audio, .rgb, .thermal]] {
            var s = NetworkTests.tiny(modalities, fusion)
            s.gruLayers = 2
            #expect(s.parameterCount == (try Network(s).state.parameterCount))
        }
        let full = NetworkSpecification(modalities: [.audio, .rgb, .thermal])
        #expect(full.parameterCount == 12_210_961)
    }
}
