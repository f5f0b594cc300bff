import Testing

@testable import TAVSEMetrics

@Suite("Block correlations of STOI")
struct BlockCorrelationTests {
    @Test("are those of each block alone (direct sums)", arguments: [1, 2, 3, 4, 5, 8, 31])
    func direct(blocks: Int) {
        let length = 30
        let count = blocks + length - 1
        let x = TestSignals.noise(count + BlockCorrelation.overhang, seed: 5).samples.map { abs(Double($0)) }
        let y = TestSignals.noise(count + BlockCorrelation.overhang, seed: 6).samples.map { abs(Double($0)) }
        let clipFactor = 1.5
        let expected = (0..<blocks).reduce(0.0) {
            $0 + Self.correlation(Array(x[$1..<$1 + length]), Array(y[$1..<$1 + length]), clipFactor)
        }
        let sum = BlockCorrelation.sum(
            x[...], y[...], blocks: blocks, length: length, clipFactor: clipFactor)
        #expect(abs(sum - expected) < 1e-12 * Double(blocks))
    }

    @Test("of silence are zero, not undefined (closed form)")
    func silence() {
        let zeros = [Double](repeating: 0, count: 34 + BlockCorrelation.overhang)
        #expect(BlockCorrelation.sum(zeros[...], zeros[...], blocks: 5, length: 30, clipFactor: 2) == 0)
    }

    private static func correlation(_ x: [Double], _ y: [Double], _ clipFactor: Double) -> Double {
        func energy(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
        func centred(_ values: [Double]) -> [Double] {
            let mean = values.reduce(0, +) / Double(values.count)
            return values.map { $0 - mean }
        }
        let gain = (energy(x) / energy(y)).squareRoot()
        let u = centred(x)
        let v = centred(zip(x, y).map { min(gain * $1, clipFactor * $0) })
        return zip(u, v).reduce(0) { $0 + $1.0 * $1.1 } / (energy(u) * energy(v)).squareRoot()
    }
}
