import TAVSEData

/// One spoken command of SpeakingFaces.
struct ClipKey: Hashable, Comparable, Sendable, Codable {
    let subject: Int
    let trial: Int
    let position: Int
    let command: Int

    /// The utterance id.
    var utterance: String { "\(subject)_\(trial)_\(position)_\(command)" }

    static func < (a: ClipKey, b: ClipKey) -> Bool {
        (a.subject, a.trial, a.position, a.command) < (b.subject, b.trial, b.position, b.command)
    }
}

/// Where the files of a clip are in their source.
struct ClipFiles: Sendable {
    /// Entry by frame number (from 1, as in the corpus): thermal, and colour in thermal coordinates.
    var thermal: [Int: Int] = [:]
    var colour: [Int: Int] = [:]
    /// Entry by microphone (1, 2).
    var audio: [Int: Int] = [:]
}

/// Sorts a subject's files into clips by their names; whatever fits no pattern is counted, not an error.
///
/// > Source: Abdrakhmanova et al., *SpeakingFaces: a large-scale multimodal dataset of voice commands with visual and
/// > thermal video streams*, Sensors 21(10), 2021, and the corpus' own naming.
struct SpeakingFacesIndex: Sendable {
    var clips: [ClipKey: ClipFiles] = [:]
    /// Files with another name or place (full-size colour frames, folders, strays).
    var ignored = 0

    init(names: [String], subject: Int) {
        for (index, name) in names.enumerated() {
            if !add(name, index, subject) { ignored += 1 }
        }
    }

    private mutating func add(_ path: String, _ index: Int, _ subject: Int) -> Bool {
        let parts = path.split(separator: "/")
        guard parts.count >= 2, let file = parts.last, let dot = file.lastIndex(of: ".") else { return false }
        let fields = file[..<dot].split(separator: "_", omittingEmptySubsequences: false).map { Int($0) }
        let kind = file[dot...].lowercased()
        let folder = parts[parts.count - 2]
        // Field 2 is 2 for spoken commands, 1 for silent sessions.
        guard fields.count >= 6, let first = fields[0], first == subject, let trial = fields[1],
            (1...2).contains(trial),
            fields[2] == 2, let position = fields[3], (1...9).contains(position), let command = fields[4],
            command >= 0
        else { return false }
        let key = ClipKey(subject: subject, trial: trial, position: position, command: command)
        if kind == ".wav", fields.count == 6, let microphone = fields[5],
            folder == "mic\(microphone)_audio_cmd_trim", (1...2).contains(microphone)
        {
            clips[key, default: ClipFiles()].audio[microphone] = index
            return true
        }
        guard kind == ".png", fields.count == 7, let frame = fields[5],
            (1...FrameKey.largestFrame).contains(frame)
        else {
            return false
        }
        switch (folder, fields[6]) {
        case ("thr_image_cmd", 1): clips[key, default: ClipFiles()].thermal[frame] = index
        case ("rgb_image_cmd_aligned", 3): clips[key, default: ClipFiles()].colour[frame] = index
        default: return false
        }
        return true
    }
}
