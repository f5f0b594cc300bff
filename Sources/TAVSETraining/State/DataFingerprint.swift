import Foundation
import TAVSEData
import TAVSESignal

/// Fingerprints of what an experiment was trained on: the manifests' bytes, and names and sizes of the noise.
enum DataFingerprint {
    /// - Returns: SHA-256 by name: `train_manifest`, `val_manifest`, `train_noise`, `val_noise`.
    static func hashes(_ root: DataRoot) throws -> [String: String] {
        var result: [String: String] = [:]
        for split in [Split.train, .val] {
            let path = root.manifest(split)
            guard let manifest = FileManager.default.contents(atPath: path) else {
                throw DataError.missingInput(path: path)
            }
            var hash = SHA256()
            manifest.withUnsafeBytes { hash.update($0) }
            result["\(split.rawValue)_manifest"] = hash.hexadecimal()
            let folder = root.noise(split)
            let listing = try NoiseLibrary.environments(in: folder).map { name in
                let file = "\(folder)/\(name).wav"
                let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? NSNumber
                return "\(name) \(size?.int64Value ?? 0)\n"
            }
            result["\(split.rawValue)_noise"] = SHA256.hexadecimal(of: listing.joined())
        }
        return result
    }
}
