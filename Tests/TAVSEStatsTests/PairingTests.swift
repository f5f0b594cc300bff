import TAVSEStats
import Testing

@Suite("Pairing")
struct PairingTests {
    private func row(_ utterance: String, _ snr: Double?, _ score: Double, noise: String? = nil) -> PairingRow
    {
        PairingRow(
            key: PairingKey(utterance: utterance, snrDB: snr, condition: noise), speaker: nil, score: score)
    }

    @Test("rows are matched by key in any order, with unknown SNRs and noise types")
    func keys() throws {
        let first = [row("b", nil, 3), row("a", 5, 1, noise: "cafe"), row("a", 5, 2, noise: "bus")]
        let second = [row("a", 5, 1, noise: "bus"), row("b", nil, 1), row("a", 5, 0.5, noise: "cafe")]
        let pairing = try Pairing(first: first, second: second)
        #expect(pairing.differences == [1, 0.5, 2])
        #expect(pairing.keys.map(\.condition) == ["bus", "cafe", nil])
    }

    @Test("an SNR that is not a number is refused")
    func invalidKey() {
        let bad = row("a", .nan, 1)
        #expect(throws: PairingError.self) { try Pairing(first: [bad], second: []) }
    }

    @Test("the error names the keys")
    func message() {
        let error = PairingError.unmatched(
            onlyFirst: [PairingKey(utterance: "u1", snrDB: 5)], onlySecond: [])
        #expect(error.description.contains("u1 @ 5.0 dB"))
    }
}
