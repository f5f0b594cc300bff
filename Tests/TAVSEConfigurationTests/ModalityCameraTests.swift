import TAVSEConfiguration
import TAVSEData
import TAVSEModel
import Testing

@Suite struct ModalityCameraTests {
    @Test("names and channels agree, and the way back leads back (property)", arguments: Camera.allCases)
    func agrees(camera: Camera) {
        #expect(camera.modality.camera == camera)
        #expect(camera.modality.rawValue == camera.rawValue)
        #expect(camera.modality.frameChannels == camera.channels)
    }

    @Test("sound comes from no camera (closed form)")
    func sound() { #expect(Modality.audio.camera == nil) }
}
