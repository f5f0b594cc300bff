/// Sizes that recorders write when they cannot know the length yet, such as into a pipe.
///
/// A file with such a size in its header lasts until its end. Known writers: 0 (several recorders), 0x7FFFF000 (sox),
/// 0x7FFFFFFF and 0x80000000 (arecord), 0xFFFFFFFF (ffmpeg), each rounded to whole sample frames or with the length of
/// the header added or taken away.
enum OpenSize {
    /// How far around these values a size still means "open": headers and rounding take less.
    private static let slack = 0x1000
    /// Largest size of a 32-bit field.
    private static let largest32 = 0xFFFF_FFFF
    /// A 64-bit size from here on (an exbibyte) is a placeholder.
    private static let smallest64 = 1 << 60

    /// Whether a size field means "until the end of the file".
    static func isPlaceholder(_ size: Int) -> Bool {
        size <= 0 || abs(size - 0x7FFF_F000) <= slack || abs(size - 0x8000_0000) <= slack
            || (largest32 - 2 * slack...largest32).contains(size) || size >= smallest64
    }

    /// What sox writes into an AIFF of unknown length: 0x7F000000 bytes, in whole frames, and its header.
    static func isAIFFPlaceholder(_ size: Int) -> Bool {
        isPlaceholder(size) || abs(size - 0x7F00_0000) <= slack
    }
}
