/// One of the three disjoint parts of a corpus.
public enum Split: String, Sendable, CaseIterable, Codable {
    /// Parameters are fitted on it.
    case train
    /// Training is steered by it.
    case val
    /// Results are reported on it.
    case test
}
