/// The fixed filters of the Recommendation: level measurement, telephone handset, alignment, wide-band input.
///
/// > Source: ITU-T P.862 (2001), its tables of filter responses and second-order sections; the wide-band section
/// > is that of P.862.2 (2007).
extension PESQ {
    /// A frequency response given at a few frequencies, linear in dB over Hz between them.
    struct ResponseTable: Sendable {
        let points: [(frequencyHz: Double, gainDB: Double)]
    }

    enum FilterTables {
        /// Telephone band, about 300 to 3400 Hz, in which the level of speech is measured.
        static let levelBand = ResponseTable(points: [
            (0, -500), (50, -500), (100, -500), (125, -500), (160, -500), (200, -500), (250, -500),
            (300, -500), (350, 0), (400, 0), (500, 0), (600, 0), (630, 0), (800, 0), (1000, 0), (1250, 0),
            (1600, 0), (2000, 0), (2500, 0), (3000, 0), (3250, 0), (3500, -500), (4000, -500), (5000, -500),
            (6300, -500), (8000, -500),
        ])

        /// Receiving side of the intermediate reference system (IRS), a telephone handset.
        static let receivingHandset = ResponseTable(points: [
            (0, -200), (50, -40), (100, -20), (125, -12), (160, -6), (200, 0), (250, 4), (300, 6), (350, 8),
            (400, 10), (500, 11), (600, 12), (700, 12), (800, 12), (1000, 12), (1300, 12), (1600, 12),
            (2000, 12), (2500, 12), (3000, 12), (3250, 12), (3500, 4), (4000, -200), (5000, -200),
            (6300, -200), (8000, -200),
        ])

        /// Input filter of the wide-band mode: the low end rolled off below 100 Hz, 16 kHz.
        static let widebandInput = BiquadCoefficients(
            b0: 2.740826, b1: -5.4816519, b2: 2.740826, a1: -1.9444777, a2: 0.94597794)

        /// Filter in front of the time alignment, 8 kHz.
        static let alignment8kHz = [
            BiquadCoefficients(b0: 0.885535424, b1: -0.885535424, b2: 0.0, a1: -0.771070709, a2: 0.0),
            BiquadCoefficients(
                b0: 0.895092588, b1: 1.292907193, b2: 0.449260174, a1: 1.268869037, a2: 0.442025372),
            BiquadCoefficients(
                b0: 4.04952794, b1: -7.865190042, b2: 3.815662102, a1: -1.746859852, a2: 0.786305963),
            BiquadCoefficients(b0: 0.500002353, b1: -0.500002353, b2: 0.0, a1: 0.0, a2: 0.0),
            BiquadCoefficients(
                b0: 0.565002834, b1: -0.241585934, b2: -0.306009671, a1: 0.259688659, a2: 0.249979657),
            BiquadCoefficients(
                b0: 2.115237288, b1: 0.919935084, b2: 1.141240051, a1: -1.587313419, a2: 0.665935315),
            BiquadCoefficients(
                b0: 0.912224584, b1: -0.224397719, b2: -0.641121413, a1: -0.246029464, a2: -0.55672059),
            BiquadCoefficients(
                b0: 0.444617727, b1: -0.307589321, b2: 0.141638062, a1: -0.996391149, a2: 0.502251622),
        ]

        /// Filter in front of the time alignment, 16 kHz.
        static let alignment16kHz = [
            BiquadCoefficients(
                b0: 0.325631521, b1: -0.08678286, b2: -0.238848661, a1: -1.07941649, a2: 0.434583902),
            BiquadCoefficients(
                b0: 0.403961804, b1: -0.556985881, b2: 0.153024077, a1: -0.415115835, a2: 0.696590244),
            BiquadCoefficients(
                b0: 4.736162769, b1: 3.287251046, b2: 1.753289019, a1: -1.859599046, a2: 0.876284034),
            BiquadCoefficients(b0: 0.365373469, b1: 0.0, b2: 0.0, a1: -0.634626531, a2: 0.0),
            BiquadCoefficients(b0: 0.884811506, b1: 0.0, b2: 0.0, a1: -0.256725271, a2: 0.141536777),
            BiquadCoefficients(
                b0: 0.723593055, b1: -1.447186099, b2: 0.723593044, a1: -1.129587469, a2: 0.657232737),
            BiquadCoefficients(
                b0: 1.644910855, b1: -1.817280902, b2: 1.249658063, a1: -1.778403899, a2: 0.801724355),
            BiquadCoefficients(b0: 0.633692689, b1: -0.284644314, b2: -0.319789663, a1: 0.0, a2: 0.0),
            BiquadCoefficients(b0: 1.032763031, b1: 0.268428979, b2: 0.602913323, a1: 0.0, a2: 0.0),
            BiquadCoefficients(b0: 1.001616361, b1: -0.823749013, b2: 0.439731942, a1: -0.885778255, a2: 0.0),
            BiquadCoefficients(
                b0: 0.752472096, b1: -0.37538899, b2: 0.188977609, a1: -0.077258216, a2: 0.247230734),
            BiquadCoefficients(
                b0: 1.023700575, b1: 0.001661628, b2: 0.52128424, a1: -0.183867259, a2: 0.354324187),
        ]
    }
}
