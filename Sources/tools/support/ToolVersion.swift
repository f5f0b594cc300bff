/// The version that every tool reports and writes into what it makes.
public enum ToolVersion {
    /// Semantic version; the changelog says what each holds.
    public static let current = "0.1.0"
}
