import TAVSEStore

/// What to do about scores that are there already.
public enum EvaluationStart: Sendable {
    /// Computes only what is missing, failed, or of a signal that has changed.
    case `continue`
    /// The same, and demands that there is something to continue.
    case resume
    /// A new run beside the old ones; computes everything.
    case fresh

    /// The description with the generation that this start means: the newest there is, or the next.
    ///
    /// - Throws: `.nothingToResume`, and what the store finds.
    func generation(
        of description: RunDescription, in store: ResultsStore
    ) throws(EvaluationError) -> RunDescription {
        let newest: Int
        do throws(StoreError) { newest = try store.newestGeneration(of: description) } catch {
            throw .store(error)
        }
        if self == .resume && newest == 0 {
            throw .nothingToResume(system: description.system, store: store.path)
        }
        var description = description
        description.generation = self == .fresh ? newest + 1 : max(1, newest)
        return description
    }
}
