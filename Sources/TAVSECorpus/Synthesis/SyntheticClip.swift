import Foundation
import TAVSEBase
import TAVSEData
import TAVSESignal

/// One synthetic utterance: its sound, its frames and its manifest entry.
struct SyntheticClip: Sendable {
    static let extraColumns = ["trial", "position", "command", "text"]

    let speaker: Int
    let entry: ManifestEntry
    let speech: Signal
    let frames: [Camera: [FrameStoreWriter.Frame]]

    /// - Parameters:
    ///   - speaker: from 0.
    ///   - number: utterance of this speaker, from 0.
    init(_ settings: SyntheticCorpusSettings, speaker: Int, number: Int) throws(DataError) {
        let who = "\(speaker)"
        let which = "\(number)"
        var person = SplitMix64(seed: SeedPath.derive(settings.seed, "speaker", who))
        let voice = Voice(index: speaker, using: &person)
        let face = Face(using: &person)

        var words = SplitMix64(seed: SeedPath.derive(settings.seed, "phrase", who, which))
        let phrase = Phrase.random(using: &words)
        let track = ArticulationPlanner(voice: voice).plan(phrase, using: &words)
        var sound = SplitMix64(seed: SeedPath.derive(settings.seed, "sound", who, which))
        let speech = SpeechSynthesizer(voice: voice, sampleRate: DataRoot.sampleRate).render(
            track, using: &sound)

        let trial = 1 + number % 2
        let position = 1 + (number / 2) % 9
        let command = speaker * settings.utterances + number + 1
        let utterance = "\(speaker + 1)_\(trial)_\(position)_\(command)"
        let frameCount = Int((speech.durationSeconds * settings.fps).rounded(.down))
        var camera = SplitMix64(seed: SeedPath.derive(settings.seed, "scene", who, which))
        let scene = Scene(position: position, frameCount: frameCount, using: &camera)

        let rgb = RGBMouthRenderer(face: face, scene: scene, side: DataRoot.frameSide)
        let thermal = ThermalMouthRenderer(
            face: face, scene: scene, side: DataRoot.frameSide, depth: settings.thermalBits)
        let codec = try JPEGCodec()
        var frames: [Camera: [FrameStoreWriter.Frame]] = [:]
        for modality in Camera.allCases {
            let lost = Self.lost(frameCount, share: settings.missingFrames, using: &camera)
            var list: [FrameStoreWriter.Frame] = []
            list.reserveCapacity(frameCount)
            for frame in 0..<frameCount where !lost[frame] {
                let seed = SeedPath.derive(settings.seed, "pixels", utterance, modality.rawValue, "\(frame)")
                var noise = SplitMix64(seed: seed)
                let pose = MouthPose(
                    track, from: Double(frame) / settings.fps, to: Double(frame + 1) / settings.fps)
                let bytes: [UInt8]
                switch modality {
                case .rgb:
                    bytes = try codec.encode(
                        rgb.render(pose, frame: frame, using: &noise), quality: settings.jpegQuality)
                case .thermal:
                    bytes = try PNGCodec.encode(thermal.render(pose, frame: frame, using: &noise), level: 1)
                }
                list.append(FrameStoreWriter.Frame(utterance: utterance, frame: frame, bytes: bytes))
            }
            frames[modality] = list
        }
        self.speaker = speaker
        self.speech = speech
        self.frames = frames
        entry = ManifestEntry(
            utterance: utterance, speaker: "\(speaker + 1)", audio: "audio_16k/\(utterance).wav",
            frames: frameCount,
            fps: settings.fps, durationSeconds: speech.durationSeconds, rgb: true, thermal: true,
            extra: [
                "trial": "\(trial)", "position": "\(position)", "command": "\(command)", "text": phrase.text,
            ])
    }

    /// Which frames are lost: runs of 2…5, starting at random.
    private static func lost(_ count: Int, share: Double, using generator: inout SplitMix64) -> [Bool] {
        var lost = [Bool](repeating: false, count: count)
        guard share > 0 else { return lost }
        var frame = 0
        while frame < count {
            if generator.uniform() < share / 3.5 {
                let run = 2 + generator.index(below: 4)
                for k in frame..<min(frame + run, count) { lost[k] = true }
                frame += run
            } else {
                frame += 1
            }
        }
        return lost
    }
}
