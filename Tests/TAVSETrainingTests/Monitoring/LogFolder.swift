import Foundation
import TAVSETraining

/// A folder that exists as long as the value does.
final class LogFolder {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.appendingPathComponent("tavse-log-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Three tones of a tenth of a second at 16 kHz: 500, 1000 and 2000 Hz.
    static func media(_ item: String) -> ValidationMedia {
        func tone(_ hertz: Double) -> [Float] {
            (0..<1600).map { Float(0.5 * sin(2 * .pi * hertz * Double($0) / 16000)) }
        }
        return ValidationMedia(
            item: item, noisy: tone(500), enhanced: tone(1000), clean: tone(2000), sampleRate: 16000)
    }
}
