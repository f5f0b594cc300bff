import CSndfile

/// libsndfile's format numbers, by name.
enum AudioFormat {
    /// Containers that are read. Raw and guessed formats (MP3 among them) would turn arbitrary bytes into sound.
    private static let containers: [Int: String] = [
        SF_FORMAT_WAV: "WAV", SF_FORMAT_WAVEX: "WAV", SF_FORMAT_RF64: "WAV", SF_FORMAT_W64: "WAV",
        SF_FORMAT_FLAC: "FLAC", SF_FORMAT_OGG: "OGG", SF_FORMAT_AIFF: "AIFF",
    ].reduce(into: [:]) { $0[Int($1.key)] = $1.value }

    static func isSupported(_ info: SF_INFO) -> Bool {
        containers[Int(info.format) & Int(SF_FORMAT_TYPEMASK)] != nil
    }

    static func container(of info: SF_INFO) -> String {
        let container = Int(info.format) & Int(SF_FORMAT_TYPEMASK)
        return containers[container] ?? name(container) ?? "this container"
    }

    static func encoding(of info: SF_INFO) -> String {
        name(Int(info.format) & Int(SF_FORMAT_SUBMASK)) ?? "unknown"
    }

    private static func name(_ format: Int) -> String? {
        var query = SF_FORMAT_INFO()
        query.format = Int32(truncatingIfNeeded: format)
        let code = sf_command(
            nil, Int32(SFC_GET_FORMAT_INFO), &query, Int32(MemoryLayout<SF_FORMAT_INFO>.size))
        guard code == 0, let name = query.name else { return nil }
        return String(cString: name)
    }
}
