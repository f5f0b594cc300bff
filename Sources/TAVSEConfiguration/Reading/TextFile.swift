import Foundation

/// Small text files, read with words for what is wrong with them.
enum TextFile {
    /// No configuration is as large.
    static let limit = 262_144

    /// Reads a file whole.
    ///
    /// - Returns: its text without a byte-order mark.
    static func read(_ path: String) throws(ConfigurationErrors) -> String {
        func failure(_ problem: ConfigurationError.Problem, line: Int? = nil) -> ConfigurationErrors {
            ConfigurationErrors(errors: [ConfigurationError(problem, at: Origin(source: path, line: line))])
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw failure(.missingFile)
        }
        if isFolder.boolValue { throw failure(.unreadable(reason: "a folder, not a file")) }
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw failure(.unreadable(reason: String(cString: strerror(errno))))
        }
        defer { try? file.close() }
        var bytes = Data()
        do {
            while bytes.count <= limit, let part = try file.read(upToCount: limit + 1 - bytes.count),
                !part.isEmpty
            {
                bytes.append(part)
            }
        } catch {
            throw failure(.unreadable(reason: error.localizedDescription))
        }
        guard bytes.count <= limit else { throw failure(.tooLarge(limit: limit)) }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw failure(.notUTF8, line: firstBadLine(of: bytes))
        }
        return text
    }

    private static func firstBadLine(of bytes: Data) -> Int {
        var iterator = bytes.makeIterator()
        var decoder = UTF8()
        var line = 1
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            if scalar == "\n" { line += 1 }
        }
        return line
    }
}
