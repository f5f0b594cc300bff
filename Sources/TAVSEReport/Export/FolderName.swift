import TAVSEBase

/// Folders named after systems.
enum FolderName {
    /// Bytes that a file system allows in a name, less what is put behind it.
    private static let longest = 200
    /// Hexadecimal digits that tell names apart which look the same as folders.
    private static let digits = 8

    /// The name itself where it can be one: letters and digits of any script, "+", "-", ".", "_", "@" and "=". Otherwise
    /// anything else becomes "_", and the beginning of the name's SHA-256 follows, so that distinct names get distinct
    /// folders.
    static func of(_ name: String) -> String {
        var text = ""
        for character in name {
            let isKept = character.isLetter || character.isNumber || "+-._@=".contains(character)
            text.append(isKept ? character : "_")
        }
        if text.allSatisfy({ $0 == "." }) || text.hasPrefix("-") || text.hasPrefix(".") { text = "_" + text }
        while text.utf8.count > longest { text.removeLast() }
        guard !text.utf8.elementsEqual(name.utf8) else { return text }
        var hash = SHA256()
        hash.update(name)
        return text + "-" + hash.hexadecimal().prefix(digits)
    }
}
