import Foundation
import TAVSEBase
import TAVSENN
import TAVSESignal

/// A trained network in one file that says all about itself.
///
/// The file is safetensors with the tensor names of the executable specification, so that PyTorch reads it as it is
/// and its weights are read here. The metadata holds format and version, the network's specification, the description
/// and a SHA-256 of the tensors by name, so that a file that another program loaded and saved, with its tensors in another
/// order, is still the same. Everything is checked before anything is used.
public struct Checkpoint: Sendable {
    /// How the network came to be.
    public let description: CheckpointDescription
    /// Every size of the network.
    public let specification: NetworkSpecification
    /// SHA-256 of the file.
    public let contentHash: String
    /// Where it was read from.
    public let path: String
    private let file: Safetensors

    private enum Key {
        static let format = "format"
        static let version = "format_version"
        static let specification = "specification"
        static let description = "description"
        /// Over the tensors' bytes in the order of the file: what earlier versions read and wrote.
        static let checksum = "tensors_sha256"
        /// Over name, type, shape and SHA-256 of every tensor, in the order of names.
        static let namedChecksum = "tensors_by_name_sha256"
    }

    private enum Constants {
        static let format = "tavse-checkpoint"
        static let version = "1"
        /// Larger files are no checkpoints of networks that can be run.
        static let largestFile = 8 << 30
        /// The specification's analysis window, which other programs keep among the weights and ours computes.
        static let window = "window"
    }

    /// Reads and checks a file.
    public init(path: String) throws(CheckpointError) {
        let (file, contentHash) = try Self.read(path)
        func text(_ key: String) throws(CheckpointError) -> String {
            guard let text = file.metadata[key] else {
                throw .metadata(path: path, key: key, reason: "is missing")
            }
            return text
        }
        guard file.metadata[Key.format] == Constants.format else { throw .foreign(path: path) }
        let version = try text(Key.version)
        guard version == Constants.version else {
            throw .version(path: path, found: version, supported: Constants.version)
        }
        let named = file.metadata[Key.namedChecksum]
        var expected = named ?? ""
        if named == nil { expected = try text(Key.checksum) }
        let found = named == nil ? Self.placeChecksum(of: file) : Self.namedChecksum(of: file)
        guard expected == found else { throw .checksum(path: path, expected: expected, found: found) }
        self.path = path
        self.file = file
        self.contentHash = contentHash
        description = try Self.decode(
            CheckpointDescription.self, try text(Key.description), Key.description, path)
        specification = try Self.decode(
            NetworkSpecification.self, try text(Key.specification), Key.specification, path)
        try Self.check(specification, file, path)
    }

    /// The network in evaluation mode.
    public func network() throws(CheckpointError) -> Network {
        try Self.network(specification, file, path)
    }

    /// Gives the weights, buffers and counters to a network of this specification.
    public func load(into state: NetworkState) throws(CheckpointError) {
        do throws(SafetensorsError) {
            try state.load(from: file, ignoring: [Constants.window])
        } catch { throw .weights(path: path, reason: error) }
    }

    /// The network, in evaluation mode, of a safetensors file that another program wrote under the specification's
    /// names.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - specification: every size.
    public static func network(
        weights path: String, specification: NetworkSpecification
    ) throws(CheckpointError) -> Network {
        let (file, _) = try read(path)
        try check(specification, file, path)
        return try network(specification, file, path)
    }

    /// Writes a checkpoint, durably and as a whole or not at all.
    ///
    /// - Parameters:
    ///   - state: the network's weights, buffers and counters.
    ///   - specification: every size.
    ///   - description: how it came to be; the SI-SNR is finite.
    ///   - path: where to, in a folder that is there; an existing file is replaced.
    /// - Throws: `cannotWrite`, or `metadata` for an SI-SNR that is not finite.
    public static func write(
        _ state: NetworkState, specification: NetworkSpecification, description: CheckpointDescription,
        to path: String
    ) throws(CheckpointError) {
        var writer = SafetensorsWriter()
        state.save(to: &writer)
        writer.add(
            Constants.window,
            Tensor([specification.winLength], values: STFT.hann(specification.winLength)))
        var hash = SHA256()
        writer.forEachPiece { hash.update($0) }
        writer.metadata = [
            Key.format: Constants.format, Key.version: Constants.version,
            Key.specification: try encode(specification, Key.specification, path),
            Key.description: try encode(description, Key.description, path),
            Key.checksum: hash.hexadecimal(), Key.namedChecksum: Self.namedChecksum(of: writer),
        ]
        do throws(FileWriteError) {
            let file = try AtomicFile(path)
            var failure: FileWriteError?
            let put = { (bytes: UnsafeRawBufferPointer) in
                guard failure == nil else { return }
                do throws(FileWriteError) { try file.write(bytes) } catch { failure = error }
            }
            writer.header.withUnsafeBytes(put)
            writer.forEachPiece(put)
            if let failure { throw failure }
            try file.commit(durable: true)
        } catch { throw .cannotWrite(path: path, reason: error.reason, isDiskFull: error.isDiskFull) }
    }

    private static func placeChecksum(of file: Safetensors) -> String {
        file.withUnsafeData { bytes in
            var hash = SHA256()
            hash.update(bytes)
            return hash.hexadecimal()
        }
    }

    private static func namedChecksum(of file: Safetensors) -> String {
        var hash = SHA256()
        file.forEachTensor { add($0, $1, $2, $3, to: &hash) }
        return hash.hexadecimal()
    }

    private static func namedChecksum(of writer: SafetensorsWriter) -> String {
        var hash = SHA256()
        writer.forEachTensor { add($0, $1, $2, $3, to: &hash) }
        return hash.hexadecimal()
    }

    private static func add(
        _ name: String, _ type: String, _ shape: [Int], _ bytes: UnsafeRawBufferPointer, to hash: inout SHA256
    ) {
        var tensor = SHA256()
        tensor.update(bytes)
        hash.update("\(name) \(type) \(shape) \(tensor.hexadecimal())\n")
    }

    private static func read(_ path: String) throws(CheckpointError) -> (Safetensors, hash: String) {
        var status = stat()
        guard !path.utf8.contains(0), stat(path, &status) == 0 else {
            throw .missing(path: path, hint: "check the name")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path, reason: "it is not a regular file")
        }
        guard status.st_size <= off_t(Constants.largestFile) else {
            throw .unreadable(
                path: path, reason: "\(status.st_size) bytes, at most \(Constants.largestFile) are read")
        }
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw .unreadable(path: path, reason: error.localizedDescription)
        }
        var hash = SHA256()
        data.withUnsafeBytes { hash.update($0) }
        do throws(SafetensorsError) {
            return (try Safetensors(data), hash.hexadecimal())
        } catch { throw .damaged(path: path, reason: error) }
    }

    /// Refuses a network that needs more values than the file has, before memory is asked for it.
    private static func check(
        _ specification: NetworkSpecification, _ file: Safetensors, _ path: String
    ) throws(CheckpointError) {
        do throws(ModelError) { try specification.validate() } catch {
            throw .specification(path: path, reason: "\(error)")
        }
        guard let needed = specification.parameterCount, needed <= file.elementCount else {
            throw .specification(
                path: path,
                reason:
                    "it needs \(specification.parameterCount.map(String.init) ?? "more than 2⁵³") values, the "
                    + "file has \(file.elementCount)")
        }
    }

    private static func network(
        _ specification: NetworkSpecification, _ file: Safetensors, _ path: String
    ) throws(CheckpointError) -> Network {
        let network: Network
        do throws(ModelError) { network = try Network(specification) } catch {
            throw .specification(path: path, reason: "\(error)")
        }
        do throws(SafetensorsError) {
            try network.state.load(from: file, ignoring: [Constants.window])
        } catch { throw .weights(path: path, reason: error) }
        network.state.mode = .evaluation
        return network
    }

    private static func encode(
        _ value: some Encodable, _ key: String, _ path: String
    ) throws(CheckpointError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return String(decoding: try encoder.encode(value), as: UTF8.self) } catch {
            throw .metadata(path: path, key: key, reason: "cannot be written: \(Self.words(error))")
        }
    }

    private static func decode<T: Decodable>(
        _ type: T.Type, _ text: String, _ key: String, _ path: String
    ) throws(CheckpointError) -> T {
        do { return try JSONDecoder().decode(type, from: Data(text.utf8)) } catch {
            throw .metadata(path: path, key: key, reason: Self.words(error))
        }
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "\(key.stringValue) is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            (context.codingPath.map(\.stringValue) + [context.debugDescription]).joined(separator: ": ")
        case EncodingError.invalidValue(let value, let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is \(value), expected a finite number"
        default: "\(error)"
        }
    }
}
