import Foundation

/// The third-octave bands of STOI on the bins of its transform.
enum ThirdOctaveBands {
    /// Bins lowᵢ ..< highᵢ of each band, lowest first.
    static let bins: [Range<Int>] = (0..<count).map { band in edge(2 * band - 1)..<edge(2 * band + 1) }

    /// Number of bands.
    static let count = 15
    /// Centre of the lowest band, Hz.
    private static let lowestCentre = 150.0

    /// The bin nearest to `sixths` sixths of an octave above the lowest centre.
    private static func edge(_ sixths: Int) -> Int {
        nearestBin(lowestCentre * pow(2, Double(sixths) / 6))
    }

    private static func nearestBin(_ hertz: Double) -> Int {
        let width =
            Double(ThirdOctaveEnvelopes.Constants.sampleRate) / Double(ThirdOctaveEnvelopes.Constants.fftSize)
        // The first of two bins at equal distance: halves go down.
        return Int((hertz / width - 0.5).rounded(.up))
    }
}
