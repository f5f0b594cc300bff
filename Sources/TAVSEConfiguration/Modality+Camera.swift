import TAVSEData
import TAVSEModel

// The data speaks of cameras, the network of modalities, and neither knows the other: this is where they meet.

extension Modality {
    /// The camera whose frames these are; nil for the sound.
    public var camera: Camera? {
        switch self {
        case .audio: nil
        case .rgb: .rgb
        case .thermal: .thermal
        }
    }
}

extension Camera {
    /// What a network calls its frames.
    public var modality: Modality {
        switch self {
        case .rgb: .rgb
        case .thermal: .thermal
        }
    }
}
