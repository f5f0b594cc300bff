import Foundation
import TAVSEData
import TAVSESignal

/// One clip on its way from the corpus to the data root.
struct ClipImport: Sendable {
    let entry: ManifestEntry
    let speech: Signal
    let frames: [Camera: [FrameStoreWriter.Frame]]
    /// Frames with a box, and all.
    let found: Int
    let count: Int
    /// The boxes the frames were cut along.
    let boxes: [Int: MouthBox]

    static let extraColumns = ["trial", "position", "command", "microphone", "grey"]

    /// - Throws: ``DataError`` when the sound is missing or a picture cannot be read.
    init(
        _ key: ClipKey, _ files: ClipFiles, source: SubjectSource, boxes: [Int: MouthBox],
        settings: IngestSettings,
        scratch: String
    ) throws(DataError) {
        // Both microphones hold the same recording: the first that is there is used, never both.
        guard let microphone = [1, 2].first(where: { files.audio[$0] != nil }),
            let sound = files.audio[microphone]
        else {
            throw .audio(path: "\(source.path): \(key.utterance)", reason: "no microphone recording")
        }
        let file = scratch + "/\(key.utterance).wav"
        try FileProblem.write(Data(source.read(sound)), to: file)
        defer { try? FileManager.default.removeItem(atPath: file) }
        do throws(DataError) {
            speech = try SpeechAudio.read(file, channel: 1, at: DataRoot.sampleRate)
        } catch {
            // The scratch file's name would help nobody.
            if case .audio(_, let reason) = error {
                throw .audio(path: "\(source.path): \(source.names[sound])", reason: reason)
            }
            throw error
        }
        self.boxes = boxes
        count = min(Int((speech.durationSeconds * IngestSettings.fps).rounded()), FrameKey.largestFrame + 1)
        let limit = count
        found = boxes.keys.count { (1...max(limit, 1)).contains($0) }
        let squares = MouthTrack.squares(boxes, count: count)
        var frames: [Camera: [FrameStoreWriter.Frame]] = [:]
        if let squares {
            let codec = try JPEGCodec()
            for modality in Camera.allCases {
                let entries = modality == .rgb ? files.colour : files.thermal
                var list: [FrameStoreWriter.Frame] = []
                for (number, entry) in entries.sorted(by: { $0.key < $1.key }) where number <= count {
                    guard let square = squares[number - 1] else { continue }
                    let picture = try Self.picture(source, entry)
                    let crop = MouthCrop.cut(
                        picture, x: square.x, y: square.y, side: square.side * settings.margin,
                        to: DataRoot.frameSide)
                    let bytes: [UInt8]
                    if modality == .rgb {
                        bytes = try codec.encode(crop, quality: settings.jpegQuality)
                    } else {
                        let grey =
                            crop.channels == 1 ? crop.bytes : IronPalette.grey(crop.bytes, by: settings.grey)
                        bytes = try PNGCodec.encode(
                            Raster(width: crop.width, height: crop.height, channels: 1, depth: 8, bytes: grey)
                        )
                    }
                    // Frames of the corpus count from 1, keys from 0.
                    list.append(.init(utterance: key.utterance, frame: number - 1, bytes: bytes))
                }
                frames[modality] = list
            }
        }
        self.frames = frames
        entry = ManifestEntry(
            utterance: key.utterance, speaker: "\(key.subject)", audio: "audio_16k/\(key.utterance).wav",
            frames: count,
            fps: IngestSettings.fps, durationSeconds: speech.durationSeconds,
            rgb: !(frames[.rgb] ?? []).isEmpty,
            thermal: !(frames[.thermal] ?? []).isEmpty,
            extra: [
                "trial": "\(key.trial)", "position": "\(key.position)", "command": "\(key.command)",
                "microphone": "\(microphone)", "grey": settings.grey.rawValue,
            ])
    }

    /// Decodes a picture of 8 bits.
    static func picture(_ source: SubjectSource, _ index: Int) throws(DataError) -> Raster {
        let bytes = try source.read(index)
        let place = "\(source.path): \(source.names[index])"
        let image: Raster
        do throws(DataError) {
            image = try PNGCodec.decode(bytes)
        } catch { throw .archive(path: place, reason: error.description) }
        guard image.depth == 8 else { throw .archive(path: place, reason: "16-bit picture, expected 8 bits") }
        return image
    }
}

extension PNGCodec {
    /// Decodes a picture held in an array.
    static func decode(_ bytes: [UInt8]) throws(DataError) -> Raster {
        let result = bytes.withUnsafeBytes { part in
            Result { () throws(DataError) in try decode(part) }
        }
        return try result.get()
    }
}
