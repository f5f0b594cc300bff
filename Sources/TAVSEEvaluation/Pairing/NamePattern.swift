import Foundation
import TAVSESignal

/// How the files of a folder are named after their utterances, e.g. `{utterance}_enhanced.wav`.
///
/// `{utterance}` stands for what names the recording, `*` for anything. A pattern without "/" describes the file's name
/// in whatever subfolder; one without an extension accepts every audio extension.
public struct NamePattern: Sendable, Equatable {
    /// As given.
    public let text: String
    private let before: [String]
    private let after: [String]
    private let hasFolder: Bool
    private let hasExtension: Bool

    private static let placeholder = "{utterance}"

    /// - Parameter text: with `{utterance}` exactly once; nil otherwise.
    public init?(_ text: String) {
        let parts = text.components(separatedBy: Self.placeholder)
        guard parts.count == 2 else { return nil }
        self.text = text
        before = parts[0].components(separatedBy: "*")
        after = parts[1].components(separatedBy: "*")
        hasFolder = text.contains("/")
        // A name that is nothing but an extension would count as one without.
        hasExtension = AudioFile.hasAudioExtension("x" + parts[1].replacingOccurrences(of: "*", with: "x"))
    }

    /// The utterance that a file's path relative to its folder names; nil when the path does not fit.
    ///
    /// The subfolder belongs to the utterance where the pattern has none. Of several ways to fit, the longest utterance
    /// is taken.
    public func utterance(of path: String) -> String? {
        let plain = hasExtension ? path : (path as NSString).deletingPathExtension
        let folder = hasFolder ? "" : (plain as NSString).deletingLastPathComponent
        let name = Array((hasFolder ? plain : (plain as NSString).lastPathComponent).utf8)
        for start in 0..<name.count where Self.fits(name[..<start], before) {
            for end in stride(from: name.count, to: start, by: -1) where Self.fits(name[end...], after) {
                guard let found = String(validating: name[start..<end], as: UTF8.self) else { continue }
                return folder.isEmpty ? found : folder + "/" + found
            }
        }
        return nil
    }

    /// Whether text consists of these pieces with anything between them.
    private static func fits(_ text: ArraySlice<UInt8>, _ pieces: [String]) -> Bool {
        guard let first = pieces.first, let last = pieces.last, text.starts(with: first.utf8) else {
            return false
        }
        if pieces.count == 1 { return text.count == first.utf8.count }
        var rest = text.dropFirst(first.utf8.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            let bytes = Array(piece.utf8)
            guard let place = rest.indices.first(where: { rest[$0...].starts(with: bytes) }) else {
                return false
            }
            rest = rest[(place + bytes.count)...]
        }
        return rest.count >= last.utf8.count && rest.suffix(last.utf8.count).elementsEqual(last.utf8)
    }
}
