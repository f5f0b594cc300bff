import Foundation

/// What can be wrong with the name of a store, before any file is touched.
enum StorePath {
    /// - Throws: `.invalid` for a URI or a folder.
    static func check(_ path: String) throws(StoreError) {
        func fail(_ expected: String) -> StoreError {
            .invalid(field: "results store", value: path, expected: expected)
        }
        if path.isEmpty { throw fail("the path of a file, e.g. results.sqlite") }
        if path.contains("://") || path.hasPrefix("file:") || path.hasPrefix("sqlite:") {
            throw fail("the path of a file, not a URI; e.g. results.sqlite")
        }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw fail(
                "a file, but it is a folder; e.g. \(path.hasSuffix("/") ? path : path + "/")results.sqlite")
        }
    }
}
