import ArgumentParser
import TAVSEModel

/// Modalities by name, separated by commas.
public struct ModalityList: ExpressibleByArgument {
    /// Each once, in the order given.
    public var modalities: [Modality] = []

    /// - Parameter argument: e.g. `audio,rgb`; nil for an empty or unknown name.
    public init?(argument: String) {
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            guard let modality = Modality(rawValue: String(part.trimmingPrefix { $0 == " " })) else {
                return nil
            }
            if !modalities.contains(modality) { modalities.append(modality) }
        }
    }
}
