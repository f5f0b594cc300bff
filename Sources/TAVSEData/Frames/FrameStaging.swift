import Foundation

/// Copies frame stores to fast local storage for the length of a run, checked, and removes them afterwards.
///
/// Random reads of small values are slow on network file systems; one sequential copy is not. Runs on one machine that
/// read the same store share one copy, which goes with the last of them. What a killed run has left behind is used by
/// the next one, if it is whole; see ``StagedStore``.
public final class FrameStaging {
    /// Where the copies are, for ``SpeechDataset``.
    public let stores: [Camera: String]
    /// Cameras whose store was copied now; the others' copies were there.
    public let copied: [Camera]
    private let staged: [StagedStore]

    /// Copies the stores of some cameras, or finds the copies there are.
    ///
    /// - Parameters:
    ///   - root: the data root.
    ///   - modalities: which cameras.
    ///   - folder: local folder (`data.stage_to`); made when missing.
    /// - Throws: ``DataError`` when a store is missing or damaged, the folder cannot be written, the disk is full, or
    ///   the copy differs. Nothing is left behind then.
    public init(_ root: DataRoot, modalities: [Camera], to folder: String) throws(DataError) {
        try FileProblem.makeFolder(folder)
        var stores: [Camera: String] = [:]
        var staged: [StagedStore] = []
        var copied: [Camera] = []
        do throws(DataError) {
            for modality in modalities {
                let source = try LMDBFile.dataPath(of: root.frames(modality)).path
                _ = try LMDBFile(path: source)
                let store = try StagedStore(of: source, named: "\(modality)_mouth.mdb", in: folder)
                staged.append(store)
                stores[modality] = store.path
                if store.isNew { copied.append(modality) }
            }
        } catch {
            for store in staged { store.release() }
            throw error
        }
        self.stores = stores
        self.staged = staged
        self.copied = copied
    }

    deinit { remove() }

    /// Gives the copies up: those that no other run uses are removed. Readers that have them open keep working.
    public func remove() { for store in staged { store.release() } }
}
