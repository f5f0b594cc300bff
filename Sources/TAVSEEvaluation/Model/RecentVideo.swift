import Synchronization
import TAVSEModel

/// Memories of the utterances at hand: the mixes of one follow each other and show the same video.
final class RecentVideo: Sendable {
    private enum Constants {
        /// Utterances remembered, some tens of kilobytes each; more than threads are at work on.
        static let utterances = 64
    }

    private let memories = Mutex<[(utterance: String, memory: VisualMemory)]>([])

    func memory(of utterance: String) -> VisualMemory {
        memories.withLock { memories in
            if let known = memories.first(where: { $0.utterance == utterance }) { return known.memory }
            let memory = VisualMemory()
            memories.append((utterance, memory))
            if memories.count > Constants.utterances { memories.removeFirst() }
            return memory
        }
    }
}
