import Foundation

/// Where reference values are read from: `$TAVSE_REFERENCE/<area>` if set, else `fixtures/<area>`.
enum Reference {
    static func folder(_ area: String) -> URL {
        if let root = ProcessInfo.processInfo.environment["TAVSE_REFERENCE"], !root.isEmpty {
            return URL(fileURLWithPath: root).appendingPathComponent(area)
        }
        return URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("fixtures").appendingPathComponent(area)
    }

    /// A file that lies in the repository alone.
    static func fixture(_ area: String, _ name: String) -> URL {
        URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("fixtures").appendingPathComponent(area).appendingPathComponent(name)
    }

    /// A file's path when it is there.
    static func file(_ area: String, _ name: String) -> URL? {
        let url = folder(area).appendingPathComponent(name)
        return FileManager.default.fileExists(atPath: url.path) ? url : nil
    }

    /// Rows of a CSV without quoting, as column → text.
    static func rows(_ url: URL) throws -> [[String: String]] {
        let lines = try String(contentsOf: url, encoding: .utf8)
            .split(whereSeparator: \.isNewline).map(String.init)
        guard let head = lines.first else { return [] }
        let names = head.split(separator: ",").map(String.init)
        return lines.dropFirst().map { line in
            let values = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            return Dictionary(zip(names, values), uniquingKeysWith: { first, _ in first })
        }
    }
}

/// Float tensors of a safetensors file.
struct Tensors {
    private var values: [String: (shape: [Int], data: [Float])] = [:]

    init(_ url: URL) throws {
        let data = try Data(contentsOf: url)
        let headerLength = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let header =
            try JSONSerialization.jsonObject(with: data[8..<(8 + headerLength)]) as? [String: Any] ?? [:]
        for (name, entry) in header {
            guard let entry = entry as? [String: Any], let shape = entry["shape"] as? [Int],
                let offsets = entry["data_offsets"] as? [Int], entry["dtype"] as? String == "F32"
            else { continue }
            let bytes = [UInt8](data[(8 + headerLength + offsets[0])..<(8 + headerLength + offsets[1])])
            let floats = stride(from: 0, to: bytes.count, by: 4).map { i in
                Float(
                    bitPattern: UInt32(bytes[i]) | UInt32(bytes[i + 1]) << 8 | UInt32(bytes[i + 2]) << 16
                        | UInt32(bytes[i + 3]) << 24)
            }
            values[name] = (shape, floats)
        }
    }

    subscript(name: String) -> (shape: [Int], data: [Float])? { values[name] }
}
