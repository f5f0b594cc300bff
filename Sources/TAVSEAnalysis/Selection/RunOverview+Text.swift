import Foundation
import TAVSEStore

extension RunOverview {
    /// Name of the experiment that a network belongs to; nil for recordings and imports.
    public var experiment: String? {
        struct Stored: Decodable {
            var experimentName: String

            enum CodingKeys: String, CodingKey {
                case experimentName = "experiment_name"
            }
        }
        guard run.source == .checkpoint, let config = run.config else { return nil }
        return try? JSONDecoder().decode(Stored.self, from: Data(config.utf8)).experimentName
    }

    /// The checkpoint's file, or its hash where the file's name was not stored; nil without a checkpoint.
    public var checkpointText: String? { run.checkpoint ?? run.checkpointHash.map { "sha256:" + $0 } }

    /// "36 of 60 items", with the reason; nil for a complete run.
    public var partialText: String? {
        guard !isComplete else { return nil }
        let count = asked.map { "\(items) of \($0) items" } ?? "\(items) items"
        if isCapture { return "\(count), scored while gates were captured, not evaluated" }
        if let shards, shards > 1, !missingShards.isEmpty {
            let names = missingShards.map(String.init).joined(separator: ", ")
            let (noun, verb) = missingShards.count == 1 ? ("shard", "is") : ("shards", "are")
            return "\(count), \(noun) \(names) of \(shards) \(verb) missing"
        }
        return "\(count), \(status == .running ? "still running or killed" : status.rawValue)"
    }
}
