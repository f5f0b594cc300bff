import TAVSEData

/// An element of an XML document: the part of XML that cascade files use, and nothing that could be turned against us.
///
/// Elements, attributes (skipped), comments, the declaration and text are read; document types and entities are
/// refused, so no file can make the reader fetch, expand or recurse without end.
///
/// > Source: W3C, *Extensible Markup Language (XML) 1.0*, 5th edition, sections 2.4–2.8 and 3.1.
struct XMLTree: Sendable {
    let name: String
    /// Line the element begins on, from 1.
    let line: Int
    var text = ""
    var children: [XMLTree] = []

    static let deepest = 32

    /// The first child of a name.
    subscript(name: String) -> XMLTree? { children.first { $0.name == name } }

    /// Numbers in the text, separated by white space; nil when one of the words is none.
    func numbers<Number: LosslessStringConvertible>(_: Number.Type) -> [Number]? {
        var list: [Number] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            // OpenCV writes whole numbers as "-1."; Swift wants digits after the point.
            guard let number = Number(word.hasSuffix(".") ? String(word.dropLast()) : String(word)) else {
                return nil
            }
            list.append(number)
        }
        return list
    }

    /// - Throws: ``DataError/unreadable(path:reason:)`` naming the line.
    static func parse(_ bytes: [UInt8], path: String) throws(DataError) -> XMLTree {
        var reader = Reader(bytes: bytes, path: path)
        return try reader.document()
    }

    private struct Reader {
        let bytes: [UInt8]
        let path: String
        var place = 0
        var line = 1

        func problem(_ reason: String) -> DataError {
            .unreadable(path: path, reason: "line \(line): \(reason)")
        }

        func starts(_ text: String) -> Bool { bytes[place...].starts(with: text.utf8) }

        mutating func advance(_ count: Int) {
            for byte in bytes[place..<place + count] where byte == UInt8(ascii: "\n") { line += 1 }
            place += count
        }

        /// Moves past the next occurrence of a terminator and returns what stood before it.
        mutating func take(until end: String, _ what: String) throws(DataError) -> ArraySlice<UInt8> {
            let pattern = Array(end.utf8)
            var at = place
            while at + pattern.count <= bytes.count {
                if bytes[at] == pattern[0], bytes[at...].starts(with: pattern) {
                    let part = bytes[place..<at]
                    advance(at + pattern.count - place)
                    return part
                }
                at += 1
            }
            throw problem("\(what) does not end; the file is cut off")
        }

        mutating func document() throws(DataError) -> XMLTree {
            if starts("\u{FEFF}") { advance(3) }
            var open: [XMLTree] = []
            while place < bytes.count {
                guard bytes[place] == UInt8(ascii: "<") else {
                    let start = place
                    var end = place
                    while end < bytes.count, bytes[end] != UInt8(ascii: "<") { end += 1 }
                    advance(end - start)
                    let text = String(decoding: bytes[start..<end], as: UTF8.self)
                    if open.isEmpty {
                        guard text.allSatisfy(\.isWhitespace) else { throw problem("not an XML file") }
                    } else {
                        guard !text.contains("&") else { throw problem("entities are not accepted") }
                        open[open.count - 1].text += text
                    }
                    continue
                }
                if starts("<!--") {
                    _ = try take(until: "-->", "a comment")
                } else if starts("<?") {
                    _ = try take(until: "?>", "a declaration")
                } else if starts("<!") {
                    throw problem("document types and marked sections are not accepted")
                } else {
                    let tagLine = line
                    let tag = String(decoding: try take(until: ">", "a tag").dropFirst(), as: UTF8.self)
                    if tag.hasPrefix("/") {
                        let name = tag.dropFirst().filter { !$0.isWhitespace }
                        guard let last = open.popLast(), last.name == name else {
                            throw problem("</\(name.prefix(40))> closes nothing that is open")
                        }
                        guard !open.isEmpty else { return last }
                        open[open.count - 1].children.append(last)
                        continue
                    }
                    let empty = tag.hasSuffix("/")
                    let name = String(tag.prefix { !$0.isWhitespace && $0 != "/" })
                    guard !name.isEmpty else { throw problem("a tag without a name") }
                    guard open.count < XMLTree.deepest else { throw problem("nested too deeply") }
                    let node = XMLTree(name: name, line: tagLine)
                    if !empty {
                        open.append(node)
                    } else if !open.isEmpty {
                        open[open.count - 1].children.append(node)
                    } else {
                        return node
                    }
                }
            }
            guard let last = open.last else { throw problem("the file is empty or holds no element") }
            throw problem("<\(last.name.prefix(40))> is never closed; the file is cut off")
        }
    }
}
