import Foundation
import TAVSEBase
import TAVSEData
import TAVSEModel
import TAVSENN
import TAVSESignal

/// Mouth frames of many recordings: a frame store, or a folder with one folder of pictures per recording.
///
/// Pictures are taken in the order of the numbers in their names (`frame2` before `frame10`); a folder of pictures without folders inside belongs to every recording
/// named, and is meant for one.
struct MouthVideo: Sendable {
    private enum Source: Sendable {
        case store(FrameStore, frames: [String: [Int]])
        case folder(String)
    }

    private let source: Source
    private let path: String
    private let modality: Modality

    init(path: String, modality: Modality) throws(DataError) {
        self.path = path
        self.modality = modality
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .missingInput(path: path)
        }
        let isStore = !isFolder.boolValue || FileManager.default.fileExists(atPath: path + "/data.mdb")
        guard isStore else {
            source = .folder(path)
            return
        }
        let store = try FrameStore(path: path)
        var frames: [String: [Int]] = [:]
        // Keys come in order, so that the numbers of an utterance do, too.
        try store.reader().forEach { key, _ throws(DataError) in
            if let (utterance, frame) = FrameKey.parse(key) { frames[utterance, default: []].append(frame) }
        }
        source = .store(store, frames: frames)
    }

    /// Frames of a recording; nil where there are none.
    func frames(of utterance: String) throws -> FrameSequence? {
        switch source {
        case .store(let store, let frames):
            guard let numbers = frames[utterance], let last = numbers.last else { return nil }
            return FrameSequence(count: last + 1) { range throws(ModelError) in
                try reading { () throws(DataError) in
                    let reader = try store.reader()
                    let codec = try JPEGCodec()
                    return try range.map { frame throws(DataError) in
                        let shown = Self.nearest(frame, in: numbers)
                        return try reader.withFrame(utterance: utterance, frame: shown) {
                            bytes throws(DataError) in
                            guard let bytes else {
                                throw DataError.frame(
                                    store: path, key: FrameKey.text(utterance: utterance, frame: shown),
                                    reason: "is gone")
                            }
                            return try picture(
                                bytes, codec, FrameKey.text(utterance: utterance, frame: shown))
                        }
                    }
                }
            }
        case .folder(let folder):
            let own = try FolderListing.names(in: folder).filter { $0 == utterance }
            let place = own.count == 1 ? folder + "/" + (own.first ?? utterance) : folder
            let names = try FolderListing.names(in: place).filter {
                ["jpg", "jpeg", "png"].contains(($0 as NSString).pathExtension.lowercased())
            }.sorted(by: NaturalOrder.precedes)
            guard !names.isEmpty else { return nil }
            return FrameSequence(count: names.count) { range throws(ModelError) in
                try reading { () throws(DataError) in
                    let codec = try JPEGCodec()
                    return try names[range].map { name throws(DataError) in
                        let file = place + "/" + name
                        guard let data = FileManager.default.contents(atPath: file) else {
                            throw DataError.unreadable(path: file, reason: "no content")
                        }
                        let bytes = [UInt8](data)
                        return try bytes.withUnsafeBytes { bytes in
                            Result { () throws(DataError) in try picture(bytes, codec, name) }
                        }.get()
                    }
                }
            }
        }
    }

    /// A frame that is missing shows its nearest earlier neighbour, a later one at the start, as in training.
    private static func nearest(_ frame: Int, in numbers: [Int]) -> Int {
        var (low, high) = (0, numbers.count)
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] <= frame { low = middle + 1 } else { high = middle }
        }
        return numbers[max(0, low - 1)]
    }

    private func reading(_ body: () throws(DataError) -> [Raster]) throws(ModelError) -> Tensor {
        let pictures: [Raster]
        do throws(DataError) { pictures = try body() } catch {
            throw .frames(modality: modality.rawValue, reason: "\(error)")
        }
        let (side, channels) = (DataRoot.frameSide, modality.frameChannels ?? 1)
        let size = side * side * channels
        return Tensor([pictures.count, side, side, channels]) { target in
            for (place, picture) in pictures.enumerated() {
                if picture.depth == 8 {
                    for i in 0..<size { target[place * size + i] = Float(picture.bytes[i]) / 255 }
                } else {
                    for i in 0..<size {
                        let value = picture.value(
                            x: i / channels % side, y: i / channels / side, channel: i % channels)
                        target[place * size + i] = Float(value)
                    }
                }
            }
        }
    }

    private func picture(
        _ bytes: UnsafeRawBufferPointer, _ codec: JPEGCodec, _ name: String
    ) throws(DataError) -> Raster {
        let raster: Raster
        do throws(DataError) {
            let isPNG = bytes.first == 0x89
            raster = isPNG ? try PNGCodec.decode(bytes) : try codec.decode(bytes)
        } catch {
            guard case .codec(_, let reason) = error else { throw error }
            throw .frame(store: path, key: name, reason: reason)
        }
        let (side, channels) = (DataRoot.frameSide, modality.frameChannels ?? 1)
        guard raster.width == side, raster.height == side, raster.channels == channels else {
            throw .frame(
                store: path, key: name,
                reason:
                    "\(raster.width)x\(raster.height) with \(raster.channels) channels, expected mouth crops of "
                    + "\(side)x\(side) with \(channels); tavse-data ingest makes them")
        }
        return raster
    }
}
