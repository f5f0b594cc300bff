/// A mono WAV file in memory, 16-bit PCM.
///
/// > Source: *Multimedia Programming Interface and Data Specifications 1.0*, IBM and Microsoft, 1991 (RIFF, WAVE).
enum WaveBytes {
    /// Samples of ±1 rounded to the nearest step of 2⁻¹⁵, cut at full scale; all must be finite.
    static func encode(_ samples: [Float], sampleRate: Int) -> [UInt8] {
        let dataBytes = 2 * samples.count
        var bytes: [UInt8] = []
        bytes.reserveCapacity(44 + dataBytes)
        bytes += Array("RIFF".utf8)
        bytes.append(littleEndian: UInt32(36 + dataBytes))
        bytes += Array("WAVEfmt ".utf8)
        bytes.append(littleEndian: UInt32(16))
        bytes.append(littleEndian: UInt16(1))  // PCM
        bytes.append(littleEndian: UInt16(1))  // channels
        bytes.append(littleEndian: UInt32(sampleRate))
        bytes.append(littleEndian: UInt32(2 * sampleRate))
        bytes.append(littleEndian: UInt16(2))  // bytes per frame
        bytes.append(littleEndian: UInt16(16))  // bits
        bytes += Array("data".utf8)
        bytes.append(littleEndian: UInt32(dataBytes))
        for sample in samples {
            let value = (32768 * sample).rounded(.toNearestOrEven)
            bytes.append(littleEndian: Int16(min(max(value, -32768), 32767)))
        }
        return bytes
    }
}
