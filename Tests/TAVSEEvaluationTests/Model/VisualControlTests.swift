import TAVSEData
import TAVSENN
import TAVSEStore
import Testing

@testable import TAVSEEvaluation
@testable import TAVSEReport

@Suite struct VisualControlTests {
    /// N frames of one pixel, each holding its own number.
    private func frames(_ count: Int) -> Tensor {
        Tensor([1, count, 1, 1, 1], values: (0..<count).map(Float.init))
    }

    @Test("every control is known to the order of systems in reports (pin)")
    func known() { #expect(SystemName.controls == Set(VisualControl.allCases.map(\.rawValue))) }

    @Test("blackens, holds, moves or leaves the frames (closed form)")
    func applied() {
        let x = frames(6)
        #expect(VisualControl.zero.applied(to: x, fps: 4).values == [0, 0, 0, 0, 0, 0])
        #expect(VisualControl.freeze.applied(to: x, fps: 4).values == [0, 0, 0, 0, 0, 0])
        #expect(VisualControl.freeze.applied(to: frames(1), fps: 4).values == [0])
        #expect(VisualControl.shift.applied(to: x, fps: 4).values == [4, 5, 0, 1, 2, 3])
        #expect(VisualControl.shuffle.applied(to: x, fps: 4).values == x.values)
    }

    @Test("moves a short clip by half its length (closed form)")
    func shortClip() {
        #expect(VisualControl.shift.applied(to: frames(4), fps: 28).values == [2, 3, 0, 1])
    }

    @Test("pairs every utterance with another one, each once, by the seed alone (property)", arguments: 2...9)
    func partners(count: Int) {
        let entries = (0..<count).map {
            ManifestEntry(
                utterance: "u\($0)", speaker: "s", audio: "a", frames: 1, fps: 28, durationSeconds: 1,
                rgb: true, thermal: $0 > 0)
        }
        let first = VisualControl.partners(of: entries, camera: .rgb, seed: 7)
        #expect(first.count == count)
        #expect(Set(first.values.map(\.utterance)).count == count)
        #expect(first.allSatisfy { $0.key != $0.value.utterance })
        #expect(VisualControl.partners(of: entries, camera: .rgb, seed: 7) == first)
        #expect(VisualControl.partners(of: entries, camera: .thermal, seed: 7)["u0"] == nil)
        #expect(VisualControl.partners(of: [entries[0]], camera: .rgb, seed: 7).isEmpty)
    }
}
