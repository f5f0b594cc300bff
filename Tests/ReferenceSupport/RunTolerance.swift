extension Tolerance {
    /// Means, variances, intervals, components, plans and bootstraps of comparisons over training runs.
    public static let runEstimate = Tolerance(relative: 1e-9, absolute: 1e-12)
    /// p-values from t, and what is adjusted from them.
    public static let runP = Tolerance(relative: 1e-9, absolute: 1e-14)

    /// The published tolerance of a value of a comparison over training runs, by its path.
    public static func ofRuns(_ path: String) -> Tolerance {
        let parts = path.split(separator: "/").map(String.init)
        let leaf = parts.last ?? ""
        let counts = ["assignments", "replicates", "level"]
        let lists = ["sizes", "first_row", "runs_needed", "common", "used", "only_first", "only_second"]
        if leaf.hasPrefix("n_") || counts.contains(leaf) || parts.contains(where: lists.contains)
            || parts.contains("matching") && leaf != "coverage"
        {
            return .equal
        }
        if leaf == "p_min" || parts.contains("run_permutation") || parts.contains("signflip")
            || parts.contains("signed_rank")
        {
            return .exactP
        }
        let isP = parts.contains("p") || leaf.contains("p_holm") || leaf.hasPrefix("p_")
        return isP && !parts.contains("multibootstrap") ? .runP : .runEstimate
    }
}
