import Foundation

/// Finds published reference values: under `$TAVSE_REFERENCE` when set, else under the repository's `fixtures`.
public enum ReferenceFiles {
    /// Folder of an area, e.g. `folder("nn")`.
    public static func folder(_ area: String) -> URL {
        var root = fixtures
        if let path = ProcessInfo.processInfo.environment["TAVSE_REFERENCE"], !path.isEmpty {
            root = URL(fileURLWithPath: path, isDirectory: true)
        }
        return root.appendingPathComponent(area, isDirectory: true)
    }

    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("fixtures", isDirectory: true)

    /// URL of a file that lies in the repository alone, e.g. `fixture("detector", "portrait.png")`.
    public static func fixture(_ area: String, _ name: String) -> URL {
        fixtures.appendingPathComponent(area, isDirectory: true).appendingPathComponent(name)
    }

    /// URL of a file of an area, e.g. `url("stats", "wilcoxon.json")`.
    public static func url(_ area: String, _ name: String) -> URL {
        folder(area).appendingPathComponent(name)
    }

    /// The parsed content of a JSON file.
    public static func json(_ area: String, _ name: String) throws -> JSONTree {
        try JSONDecoder().decode(JSONTree.self, from: Data(contentsOf: url(area, name)))
    }
}
