import TAVSEStore

/// What to do about scores that are there already.
public enum EvaluationStart: Sendable {
    /// Computes only what is missing, failed, or of a signal that has changed.
    case `continue`
    /// The same, and demands that there is something to continue.
    case resume
    /// A new run beside the old ones; computes everything.
    case fresh

    /// Opens a run for a list of items: continues the newest of this identity, or begins one.
    ///
    /// - Throws: `.nothingToResume`, and what the store finds.
    func open(
        _ description: RunDescription, plan: EvaluationPlan, in store: ResultsStore
    ) throws(EvaluationError) -> OpenedEvaluation {
        let description = try generation(of: description, in: store)
        do throws(StoreError) { return try store.beginEvaluation(description, plan: plan) } catch {
            throw .store(error)
        }
    }

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
