import Foundation
import TAVSEConfiguration
import TAVSEModel

/// A network to evaluate, with the fingerprint of the file it came from.
public struct EvaluatedNetwork: Sendable {
    /// The network.
    public let network: Network
    /// SHA-256 of the checkpoint file.
    public let checkpointHash: String
    /// Name of the checkpoint file; nil for a network that is not from a file.
    public let checkpointName: String?

    /// - Parameters:
    ///   - network: switched to evaluation mode here.
    ///   - checkpointHash: SHA-256 of the checkpoint file.
    ///   - checkpointName: name of the checkpoint file.
    public init(_ network: Network, checkpointHash: String, checkpointName: String? = nil) {
        network.state.mode = .evaluation
        self.network = network
        self.checkpointHash = checkpointHash
        self.checkpointName = checkpointName
    }

    /// Runs the network on sound of any length.
    func enhancer() throws(EvaluationError) -> Enhancer {
        do throws(ModelError) { return try Enhancer(network) } catch { throw .model(error) }
    }

    /// Reads a checkpoint and makes sure that it is of the network a configuration describes.
    ///
    /// - Parameters:
    ///   - name: `best`, `latest`, or a file.
    ///   - configuration: the experiment.
    /// - Throws: `.checkpoint` when there is none or it is damaged, `.otherNetwork` with every setting that differs.
    public init(checkpoint name: String, _ configuration: Configuration) throws(EvaluationError) {
        let checkpoint: Checkpoint
        do throws(CheckpointError) {
            checkpoint = try Checkpoint(path: CheckpointLocator(configuration).path(of: name))
        } catch { throw .checkpoint(error) }
        let differences = Self.differences(
            checkpoint: checkpoint.specification, configuration: configuration.network)
        guard differences.isEmpty else {
            throw .otherNetwork(checkpoint: checkpoint.path, differences: differences)
        }
        let network: Network
        do throws(CheckpointError) { network = try checkpoint.network() } catch { throw .checkpoint(error) }
        self.init(
            network, checkpointHash: checkpoint.contentHash,
            checkpointName: (checkpoint.path as NSString).lastPathComponent)
    }

    /// One line per setting that differs; dropout, which evaluation does not use, is left out.
    static func differences(
        checkpoint: NetworkSpecification, configuration: NetworkSpecification
    ) -> [String] {
        func settings(_ specification: NetworkSpecification) -> [String: String] {
            let data = try? JSONEncoder().encode(specification)
            let values = data.flatMap { try? JSONSerialization.jsonObject(with: $0) } as? [String: Any]
            return (values ?? [:]).mapValues { value in
                let list = (value as? [Any])?.map { "\($0)" }.joined(separator: ", ")
                return list.map { "[\($0)]" } ?? "\(value)"
            }
        }
        let (there, asked) = (settings(checkpoint), settings(configuration))
        return Set(there.keys).union(asked.keys).subtracting(["dropout"]).sorted().compactMap { key in
            let (a, b) = (there[key] ?? "–", asked[key] ?? "–")
            return a == b ? nil : "\(key): \(a) in the checkpoint, \(b) in the configuration"
        }
    }
}
