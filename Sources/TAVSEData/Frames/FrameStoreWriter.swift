import CLMDB
import Foundation

/// Writes mouth frames into an LMDB store, whole batches at a time.
///
/// A batch is one transaction: after a kill the store holds all of it or none. The memory map starts small and
/// doubles when it is full, so no size has to be guessed.
public final class FrameStoreWriter {
    /// One encoded frame and its place.
    public struct Frame: Sendable {
        /// The clip it belongs to.
        public let utterance: String
        /// Its number, from 0.
        public let frame: Int
        /// JPEG or PNG.
        public let bytes: [UInt8]

        /// - Parameter bytes: one whole JPEG or PNG.
        public init(utterance: String, frame: Int, bytes: [UInt8]) {
            self.utterance = utterance
            self.frame = frame
            self.bytes = bytes
        }
    }

    private static let remedy =
        "nothing is written into it: put back an undamaged copy, or remove processed/ and make it again"

    /// The store's folder.
    public let path: String
    private let environment: OpaquePointer
    private var database: MDB_dbi = 0
    private var mapSize: Int

    /// Opens a store. One that is there is checked as a whole first, which reads a good part of it.
    ///
    /// - Parameters:
    ///   - path: folder of the store; made when missing.
    ///   - durable: true waits for the disk after each batch; false leaves that to ``finish()``.
    ///   - mapSize: first size of the map in bytes, a multiple of 64 KiB; it doubles when full.
    /// - Throws: ``DataError/frameStore(path:reason:)`` naming the first page of a store that makes no sense;
    ///   ``DataError/cannotWrite(path:reason:)``.
    public init(path: String, durable: Bool, mapSize: Int = 1 << 28) throws(DataError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch { throw .cannotWrite(path: path, reason: FileProblem.reason(error)) }
        if FileManager.default.fileExists(atPath: path + "/data.mdb") {
            // liblmdb trusts what it finds: a damaged page would end the process, or spread.
            do throws(DataError) { try FrameStore.check(path: path) } catch {
                guard case .frameStore(let place, let reason) = error else { throw error }
                throw .frameStore(path: place, reason: "\(reason); \(Self.remedy)")
            }
        }
        var environment: OpaquePointer?
        var status = mdb_env_create(&environment)
        guard status == 0, let environment else { throw LMDB.error(status, path: path) }
        self.environment = environment
        self.path = path
        self.mapSize = mapSize
        _ = mdb_env_set_mapsize(environment, mapSize)
        // The tools keep a single writer by their own state file; without liblmdb's lock file stores stay movable.
        let flags = UInt32(MDB_NOLOCK) | (durable ? 0 : UInt32(MDB_NOSYNC))
        status = mdb_env_open(environment, path, flags, 0o644)
        guard status == 0 else {
            // The caller asked to write: whatever stands in the way of that is a failure to write.
            if case .unreadable(_, let reason) = LMDB.error(status, path: path) {
                throw .cannotWrite(path: path, reason: reason)
            }
            throw LMDB.error(status, path: path)
        }
        var information = MDB_envinfo()
        if mdb_env_info(environment, &information) == 0 { self.mapSize = information.me_mapsize }
    }

    deinit { mdb_env_close(environment) }

    /// Writes a batch; a frame that is there already is replaced.
    public func write(_ frames: [Frame]) throws(DataError) {
        guard !frames.isEmpty else { return }
        while true {
            let status = put(frames)
            if status == 0 { return }
            guard status == MDB_MAP_FULL else { throw LMDB.error(status, path: path) }
            let (grown, overflow) = mapSize.multipliedReportingOverflow(by: 2)
            guard !overflow else { throw LMDB.error(status, path: path) }
            mapSize = grown
            let resized = mdb_env_set_mapsize(environment, mapSize)
            guard resized == 0 else { throw LMDB.error(resized, path: path) }
        }
    }

    /// Waits until everything is on disk.
    public func finish() throws(DataError) {
        let status = mdb_env_sync(environment, 1)
        guard status == 0 else { throw LMDB.error(status, path: path) }
    }

    private func put(_ frames: [Frame]) -> Int32 {
        var transaction: OpaquePointer?
        var status = mdb_txn_begin(environment, nil, 0, &transaction)
        guard status == 0 else { return status }
        status = mdb_dbi_open(transaction, nil, UInt32(MDB_CREATE), &database)
        for frame in frames where status == 0 {
            var key = FrameKey.bytes(utterance: frame.utterance, frame: frame.frame)
            status = key.withUnsafeMutableBytes { keyBytes in
                frame.bytes.withUnsafeBytes { valueBytes in
                    var name = MDB_val(mv_size: keyBytes.count, mv_data: keyBytes.baseAddress)
                    var value = MDB_val(
                        mv_size: valueBytes.count,
                        mv_data: UnsafeMutableRawPointer(mutating: valueBytes.baseAddress))
                    return mdb_put(transaction, database, &name, &value, 0)
                }
            }
        }
        guard status == 0 else {
            mdb_txn_abort(transaction)
            return status
        }
        return mdb_txn_commit(transaction)
    }
}
