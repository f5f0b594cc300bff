/// How a phone is made; decides which sources sound and how its time is divided.
enum PhoneManner: Sendable {
    case vowel, approximant, nasal, fricative, stop, aspirate, pause
}

/// What the lips, teeth and tongue show while a phone is held.
struct MouthTarget: Sendable {
    /// Vertical gap between the lips: 0 just touching, 1 widest; below 0 pressed together.
    var opening: Double
    /// Lip corners: −1 rounded and protruded, 0 at rest, +1 spread.
    var spread: Double
    /// How much of the upper teeth shows in the gap, 0…1.
    var teeth: Double
    /// How much of the tongue shows in the gap, 0…1.
    var tongue: Double
}

/// One phone of the synthesiser: acoustic and visible targets of an adult male vocal tract of 17.5 cm.
///
/// > Sources: vowel formants: Peterson & Barney, *Control methods used in a study of the vowels*, JASA 24, 1952.
/// > Consonant loci, frication spectra and the cascade/parallel arrangement: Klatt, *Software for a
/// > cascade/parallel formant synthesizer*, JASA 67, 1980; Stevens, *Acoustic Phonetics*, 1998. Mouth shapes: the
/// > viseme classes of Fisher, *Confusions among visually perceived consonants*, JSHR 11, 1968.
struct Phone: Sendable {
    let manner: PhoneManner
    /// Typical length in seconds when unstressed, inside a phrase.
    let duration: Double
    /// F1, F2, F3 in Hz; nil takes the neighbours' (velars and /h/ shape themselves to the vowel).
    var formants: [Double]?
    /// Formants at the end of a diphthong, Hz.
    var glide: [Double]?
    /// Level of the voice source in dB; nil is voiceless.
    var voicing: Double?
    /// Level of the frication source in dB; nil is none.
    var frication: Double?
    /// Centre and bandwidth of the frication or burst noise, Hz.
    var noiseBand: (centre: Double, width: Double) = (3000, 3000)
    /// nil takes the neighbours' mouth shape.
    var mouth: MouthTarget?
    /// Mouth shape at the end of a diphthong.
    var mouthGlide: MouthTarget?
    /// Air leaving the mouth, 0…1, and the nose, −1 (breathing in)…1.
    var oralFlow = 0.3
    var nasalFlow = 0.05

    static let silence = Phone(
        manner: .pause, duration: 0.12, mouth: MouthTarget(opening: 0.04, spread: 0, teeth: 0, tongue: 0),
        oralFlow: 0, nasalFlow: 0)

    /// The inventory by ARPAbet symbol.
    static let inventory: [String: Phone] = {
        var table: [String: Phone] = [:]
        func mouth(_ opening: Double, _ spread: Double, _ teeth: Double, _ tongue: Double = 0) -> MouthTarget
        {
            MouthTarget(opening: opening, spread: spread, teeth: teeth, tongue: tongue)
        }
        func vowel(
            _ symbol: String, _ ms: Double, _ formants: [Double], _ level: Double, _ shape: MouthTarget
        ) {
            table[symbol] = Phone(
                manner: .vowel, duration: ms / 1000, formants: formants, voicing: level, mouth: shape)
        }
        vowel("IY", 95, [270, 2290, 3010], -3, mouth(0.30, 0.9, 0.7))
        vowel("IH", 75, [390, 1990, 2550], -2, mouth(0.36, 0.5, 0.55))
        vowel("EH", 90, [530, 1840, 2480], -1, mouth(0.58, 0.4, 0.45))
        vowel("AE", 120, [660, 1720, 2410], 0, mouth(0.85, 0.5, 0.5, 0.3))
        vowel("AA", 125, [730, 1090, 2440], 0, mouth(0.95, 0.0, 0.2, 0.4))
        vowel("AO", 115, [570, 840, 2410], -1, mouth(0.70, -0.55, 0.05, 0.2))
        vowel("UH", 75, [440, 1020, 2240], -2, mouth(0.34, -0.5, 0.05))
        vowel("UW", 100, [300, 870, 2240], -3, mouth(0.20, -0.95, 0))
        vowel("AH", 85, [640, 1190, 2390], -1, mouth(0.64, 0.0, 0.25, 0.2))
        vowel("ER", 100, [490, 1350, 1690], -2, mouth(0.36, -0.3, 0.3))
        vowel("AX", 55, [500, 1500, 2500], -3, mouth(0.38, 0.1, 0.3))

        func diphthong(_ symbol: String, _ ms: Double, from: String, to: String) {
            guard var start = table[from], let end = table[to] else { return }
            start = Phone(
                manner: .vowel, duration: ms / 1000, formants: start.formants, glide: end.formants,
                voicing: start.voicing, mouth: start.mouth, mouthGlide: end.mouth)
            table[symbol] = start
        }
        diphthong("EY", 130, from: "EH", to: "IY")
        diphthong("AY", 150, from: "AA", to: "IH")
        diphthong("OW", 135, from: "AO", to: "UW")
        diphthong("AW", 150, from: "AA", to: "UH")

        func consonant(
            _ symbol: String, _ manner: PhoneManner, _ ms: Double, _ formants: [Double]?,
            voicing: Double? = nil,
            frication: Double? = nil, band: (Double, Double) = (3000, 3000), _ shape: MouthTarget?,
            oral: Double, nasal: Double = 0.05
        ) {
            table[symbol] = Phone(
                manner: manner, duration: ms / 1000, formants: formants, voicing: voicing,
                frication: frication,
                noiseBand: (centre: band.0, width: band.1), mouth: shape, oralFlow: oral, nasalFlow: nasal)
        }
        let pressed = mouth(-0.45, 0.05, 0)
        let alveolar = mouth(0.22, 0.25, 0.65, 0.3)
        consonant("P", .stop, 85, [250, 900, 2300], frication: -12, band: (900, 1400), pressed, oral: 1.0)
        consonant(
            "B", .stop, 70, [250, 900, 2300], voicing: -16, frication: -16, band: (900, 1400), pressed,
            oral: 0.6)
        consonant("T", .stop, 75, [280, 1750, 2650], frication: -8, band: (4600, 2200), alveolar, oral: 0.9)
        consonant(
            "D", .stop, 60, [280, 1750, 2650], voicing: -16, frication: -13, band: (4200, 2200), alveolar,
            oral: 0.5)
        consonant("K", .stop, 80, nil, frication: -9, band: (2100, 1000), nil, oral: 0.9)
        consonant("G", .stop, 65, nil, voicing: -16, frication: -14, band: (2000, 1000), nil, oral: 0.5)
        consonant("M", .nasal, 70, [250, 1000, 2200], voicing: -7, pressed, oral: 0, nasal: 0.8)
        consonant("N", .nasal, 62, [250, 1650, 2600], voicing: -7, alveolar, oral: 0, nasal: 0.7)
        consonant("NG", .nasal, 75, [250, 2000, 2500], voicing: -8, nil, oral: 0, nasal: 0.7)
        consonant(
            "S", .fricative, 105, [300, 1700, 2650], frication: -7, band: (5600, 1800),
            mouth(0.16, 0.45, 0.95), oral: 0.75)
        consonant(
            "Z", .fricative, 80, [300, 1700, 2650], voicing: -12, frication: -13, band: (5600, 1800),
            mouth(0.16, 0.4, 0.95), oral: 0.5)
        consonant(
            "SH", .fricative, 110, [320, 1900, 2600], frication: -6, band: (3000, 1300),
            mouth(0.24, -0.6, 0.8), oral: 0.75)
        let labiodental = mouth(0.06, 0.15, 0.9)
        consonant(
            "F", .fricative, 95, [320, 1050, 2350], frication: -18, band: (4300, 5500), labiodental, oral: 0.7
        )
        consonant(
            "V", .fricative, 60, [300, 1050, 2350], voicing: -9, frication: -24, band: (4300, 5500),
            labiodental, oral: 0.4)
        let dental = mouth(0.22, 0.15, 0.5, 1)
        consonant(
            "TH", .fricative, 90, [320, 1400, 2550], frication: -20, band: (5200, 5000), dental, oral: 0.7)
        consonant(
            "DH", .fricative, 50, [300, 1400, 2550], voicing: -9, frication: -26, band: (5200, 5000),
            dental, oral: 0.4)
        consonant("HH", .aspirate, 60, nil, frication: -10, nil, oral: 1.0)
        consonant(
            "L", .approximant, 62, [360, 1100, 2700], voicing: -5, mouth(0.34, 0.1, 0.4, 0.7), oral: 0.3)
        consonant("R", .approximant, 65, [350, 1200, 1650], voicing: -5, mouth(0.26, -0.5, 0.3), oral: 0.3)
        consonant("W", .approximant, 65, [300, 700, 2200], voicing: -6, mouth(0.10, -1, 0), oral: 0.3)
        consonant("Y", .approximant, 60, [280, 2200, 2950], voicing: -6, mouth(0.26, 0.8, 0.6), oral: 0.3)
        return table
    }()
}
