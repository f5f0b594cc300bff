import Foundation
import TAVSEBase
import TAVSEModel
import TAVSESignal

/// What an enhanced recording was made from: a line in its header, by which the next run knows whether it is up to date.
struct OutputOrigin: Equatable {
    private static let mark = "tavse-enhance"
    private let text: String

    /// - Parameters:
    ///   - checkpoint: SHA-256 of the checkpoint file.
    ///   - input: the recording.
    ///   - channel: which of its channels, if one was chosen.
    ///   - video: per camera that has frames of the recording, how many.
    init(
        checkpoint: String, input: String, channel: Int?, video: [Modality: Int]
    ) throws(AudioError) {
        var parts = [Self.mark, "checkpoint=\(checkpoint)", "input=\(try Self.hash(of: input))"]
        if let channel { parts.append("channel=\(channel)") }
        for (modality, count) in video.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            parts.append("\(modality.rawValue)=\(count)")
        }
        text = parts.joined(separator: " ")
    }

    /// For the output's header.
    var comment: String { text }

    /// How a file that is there relates to this origin.
    enum Relation {
        /// Made from the same checkpoint, recording and video.
        case same
        /// Made by this tool from something else.
        case other
        /// It does not say what made it.
        case unknown
    }

    /// Looks at a file.
    func relation(of file: String) -> Relation {
        guard let comment = (try? AudioFile.info(file))?.comment, comment.hasPrefix(Self.mark) else {
            return .unknown
        }
        return comment == text ? .same : .other
    }

    private static func hash(of path: String) throws(AudioError) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { throw .missing(path: path) }
        defer { try? file.close() }
        var hash = SHA256()
        do {
            while let block = try file.read(upToCount: 1 << 20), !block.isEmpty {
                block.withUnsafeBytes { hash.update($0) }
            }
        } catch { throw .unreadable(path: path, reason: "\(error)") }
        return hash.hexadecimal()
    }
}
