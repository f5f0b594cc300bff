import TAVSEModel
import TAVSENN

extension Configuration {
    /// The network these settings describe.
    public var networkSpecification: NetworkSpecification {
        var specification = NetworkSpecification()
        specification.modalities = model.activeModalities
        specification.channels = model.channels
        specification.compression = model.compression
        specification.ffnDim = model.ffnDim
        specification.heads = model.heads
        specification.visualWidth = model.visualWidth
        specification.stemStride = model.stemStride
        specification.gruHidden = model.gruHidden
        specification.gruLayers = model.gruLayers
        specification.fusion = model.fusion
        specification.fusionDim = model.fusionDim
        specification.fusionHeads = model.fusionHeads
        specification.gateGroups = model.gateGroups
        specification.dropout = model.dropout
        specification.nFFT = audio.nFFT
        specification.winLength = audio.winLength
        specification.hopLength = audio.hopLength
        specification.sampleRate = audio.sampleRate
        specification.fps = visual.fps
        return specification
    }
}
