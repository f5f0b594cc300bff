import Foundation
import Synchronization
import TestSupport
import Testing

@testable import TAVSESignal

@Suite("Sndfile") struct SndfileTests {
    /// A descriptor closed once too often is, a moment later, somebody else's: its number has been given away again.
    @Test("a refused file closes no descriptor but its own, with many refused at once (property)")
    func refusedFiles() throws {
        let folder = try TemporaryFolder()
        let bad = folder.file("bad.wav")
        try Data("RIFF but no sound".utf8).write(to: URL(fileURLWithPath: bad))
        let lost = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { worker in
            let mine = folder.file("mine\(worker)")
            for round in 0..<200 {
                let descriptor = open(mine, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
                var before = stat()
                _ = fstat(descriptor, &before)
                let wasRefused = (try? AudioFile.read(bad)) == nil
                var after = stat()
                // Still open, and still this worker's file.
                let isValid = fstat(descriptor, &after) == 0 && after.st_ino == before.st_ino
                if !isValid || !wasRefused || close(descriptor) != 0 {
                    lost.withLock { $0.append("worker \(worker), round \(round)") }
                }
            }
        }
        #expect(lost.withLock { $0 } == [])
    }
}
