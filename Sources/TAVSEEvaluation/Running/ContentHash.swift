import TAVSEBase
import TAVSESignal

extension Signal {
    /// SHA-256 over the sample rate and the samples: the same for the same audio in any container.
    ///
    /// The bytes are the rate as a 64-bit integer, then the samples as 32-bit floats, least significant byte first.
    public var contentHash: String {
        var hash = SHA256()
        hash.update(UInt64(sampleRate))
        #if _endian(little)
            samples.withUnsafeBytes { hash.update($0) }
        #else
            samples.map(\.bitPattern.littleEndian).withUnsafeBytes { hash.update($0) }
        #endif
        return hash.hexadecimal()
    }
}
