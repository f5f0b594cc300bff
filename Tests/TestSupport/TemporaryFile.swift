import Foundation

/// A file that exists while a test looks at it.
package enum TemporaryFile {
    package static func with<Value>(_ bytes: [UInt8], _ body: (String) throws -> Value) throws -> Value {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tavse-\(UUID().uuidString).csv")
        try Data(bytes).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try body(url.path)
    }
}
