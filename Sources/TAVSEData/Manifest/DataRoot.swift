/// Where everything lies below `$TAVSE_DATA_ROOT`.
public struct DataRoot: Sendable, Equatable {
    /// The root folder.
    public let path: String
    /// Manifests that lie elsewhere.
    public var manifests: [Split: String] = [:]
    /// Frame stores that lie elsewhere.
    public var frameStores: [Camera: String] = [:]
    /// Folder with one folder of noise per split, when it lies elsewhere.
    public var noiseFolder: String?

    /// - Parameter path: the folder that holds `processed/`.
    public init(_ path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// Everything the tools here write.
    public var processed: String { path + "/processed" }
    /// Mouth frames of one camera.
    public func frames(_ modality: Camera) -> String {
        frameStores[modality] ?? processed + "/\(modality.rawValue)_mouth.lmdb"
    }
    /// 16 kHz mono speech.
    public var audio: String { processed + "/audio_16k" }
    /// Noise of one split.
    public func noise(_ split: Split) -> String {
        (noiseFolder ?? processed + "/noise") + "/\(split.rawValue)"
    }
    /// Manifests and records of how the data was made.
    public var metadata: String { processed + "/metadata" }
    /// The utterances of one split.
    public func manifest(_ split: Split) -> String {
        manifests[split] ?? metadata + "/\(split.rawValue)_manifest.csv"
    }

    /// The sample rate of everything below `processed/`, Hz.
    public static let sampleRate = 16000
    /// Pixels along each side of a mouth frame.
    public static let frameSide = 96
}
