import ArgumentParser
import TAVSEStore

/// The option that names the results store, the same in every tool that writes one.
public struct StoreOptions: ParsableArguments {
    /// The SQLite file.
    @Option(
        help: "Results store (SQLite file); created if missing.", completion: .file(extensions: ["sqlite"]))
    public var db = "results.sqlite"

    /// Makes the options with their defaults.
    public init() {}

    /// Opens the store for writing.
    public func open() throws(StoreError) -> ResultsStore { try ResultsStore(path: db, access: .readWrite) }
}
