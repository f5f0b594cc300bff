import Foundation

/// Copies frame stores to fast local storage for the length of a run, checked, and removes them afterwards.
///
/// Random reads of small values are slow on network file systems; one sequential copy is not. The copy is read
/// back and compared with what was read from the source, by size and by hash.
public final class FrameStaging {
    /// Where the copies are, for ``SpeechDataset``.
    public let stores: [Camera: String]
    private let folder: String

    /// Copies the stores of some cameras.
    ///
    /// - Parameters:
    ///   - root: the data root.
    ///   - modalities: which cameras.
    ///   - folder: local folder (`data.stage_to`); a folder of this process's own is made inside it.
    /// - Throws: ``DataError`` when a store is missing or damaged, the disk is full, or the copy differs.
    public init(_ root: DataRoot, modalities: [Camera], to folder: String) throws(DataError) {
        let own = folder + "/tavse-frames-\(getpid())-\(UInt32.random(in: .min ... .max))"
        try FileProblem.makeFolder(own)
        self.folder = own
        var stores: [Camera: String] = [:]
        do throws(DataError) {
            for modality in modalities {
                let source = try LMDBFile.dataPath(of: root.frames(modality)).path
                _ = try LMDBFile(path: source)
                let target = own + "/\(modality.rawValue)_mouth.mdb"
                try Self.copy(source, to: target)
                stores[modality] = target
            }
        } catch {
            try? FileManager.default.removeItem(atPath: own)
            throw error
        }
        self.stores = stores
    }

    deinit { remove() }

    /// Removes the copies; readers that have them open keep working.
    public func remove() { try? FileManager.default.removeItem(atPath: folder) }

    static func copy(_ source: String, to target: String) throws(DataError) {
        guard let input = FileHandle(forReadingAtPath: source) else {
            throw .unreadable(path: source, reason: String(cString: strerror(errno)))
        }
        defer { try? input.close() }
        guard FileManager.default.createFile(atPath: target, contents: nil),
            let output = FileHandle(forUpdatingAtPath: target)
        else { throw .cannotWrite(path: target, reason: String(cString: strerror(errno))) }
        defer { try? output.close() }
        var read = BlockHash()
        do {
            while let block = try input.read(upToCount: BlockHash.blockSize), !block.isEmpty {
                read.add(block)
                try output.write(contentsOf: block)
            }
            try output.synchronize()
            try output.seek(toOffset: 0)
        } catch { throw .cannotWrite(path: target, reason: FileProblem.reason(error)) }
        var written = BlockHash()
        do {
            while let block = try output.read(upToCount: BlockHash.blockSize), !block.isEmpty {
                written.add(block)
            }
        } catch { throw .unreadable(path: target, reason: FileProblem.reason(error)) }
        guard read == written else {
            throw .cannotWrite(
                path: target,
                reason: "the copy differs from \(source) (\(written.size) of \(read.size) bytes); disk fault?"
            )
        }
    }
}

/// FNV-1a over 64-bit words and the size: finds copying faults at memory speed; no defence against an attacker.
struct BlockHash: Equatable {
    /// Bytes per block; only the last block may be shorter.
    static let blockSize = 1 << 22

    private(set) var size = 0
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ block: Data) { block.withUnsafeBytes { add($0) } }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        size += bytes.count
        var value = value
        let words = bytes.count / 8
        for k in 0..<words {
            value = (value ^ bytes.loadUnaligned(fromByteOffset: 8 * k, as: UInt64.self)) &* 0x100_0000_01B3
            // FNV's multiplier moves bits up only; bring some down so that high bits count everywhere.
            value ^= value >> 29
        }
        for k in (8 * words)..<bytes.count { value = (value ^ UInt64(bytes[k])) &* 0x100_0000_01B3 }
        self.value = value
    }
}
