import TAVSEData
import Testing

@Suite("FrameAugmentation") struct FrameAugmentationTests {
    @Test("names the value out of range")
    func ranges() {
        #expect(throws: DataError.setting("flip", reason: "expected 0 … 1, found 1.5")) {
            try FrameAugmentation(flip: 1.5).validate()
        }
        #expect(throws: DataError.setting("jitter", reason: "expected 0 … 24, found 25")) {
            try FrameAugmentation(jitter: 25).validate()
        }
        #expect(throws: DataError.setting("brightness", reason: "expected 0 … 0.9, found -0.1")) {
            try FrameAugmentation(brightness: -0.1).validate()
        }
    }
}
