import Testing

@testable import TAVSEMetrics

/// Oracles are scalar loops; lengths around multiples of the vectors try what is left over.
@Suite("Vector kernels")
struct VectorKernelsTests {
    static let counts = [0, 1, 3, 4, 7, 8, 9, 16, 61]

    @Test("sum floats and their squares in double (direct sums)", arguments: counts)
    func sums(count: Int) {
        let a = TestSignals.noise(count, seed: 1).samples
        let expected = a.reduce(0.0) { $0 + Double($1) }
        let squares = a.reduce(0.0) { $0 + Double($1) * Double($1) }
        #expect(abs(VectorKernels.sum(a[...]) - expected) < 1e-14)
        #expect(abs(VectorKernels.sumOfSquares(a[...]) - squares) < 1e-14)
    }

    @Test("divide in double and write nothing beside (same bits)", arguments: counts)
    func divide(count: Int) {
        let a = TestSignals.noise(count, seed: 2).samples
        var b = [Float](repeating: 9, count: count + 5)
        VectorKernels.divide(a, by: 0.3, into: &b, at: 2)
        #expect(b == [9, 9] + a.map { Float(Double($0) / 0.3) } + [9, 9, 9])
    }

    @Test("add a multiple of a stretch (same bits)", arguments: counts)
    func addMultiple(count: Int) {
        let x = TestSignals.noise(count + 3, seed: 3).samples
        var y = [Float](repeating: 1, count: count + 4)
        VectorKernels.add(0.7, times: x, 2..<2 + count, to: &y, at: 3)
        #expect(y == [1, 1, 1] + x[2..<2 + count].map { 1 + 0.7 * $0 } + [1])
    }

    @Test("multiply and add products (same bits)", arguments: counts)
    func products(count: Int) {
        let a = TestSignals.noise(count, seed: 4).samples.map(Double.init)
        let b = TestSignals.noise(count, seed: 5).samples.map(Double.init)
        var c = [Double](repeating: 2, count: count)
        VectorKernels.addProduct(a, b, to: &c, count: count)
        #expect(c == zip(a, b).map { 2 + $0 * $1 })
        VectorKernels.multiply(a, b, into: &c, count: count)
        #expect(c == zip(a, b).map { $0 * $1 })
    }

    @Test("multiply spectra by conjugates (direct products)", arguments: [0, 1, 2, 3, 8, 33])
    func crossSpectrum(bins: Int) {
        let a = TestSignals.noise(2 * bins, seed: 6).samples
        let b = TestSignals.noise(2 * bins, seed: 7).samples
        var product = b
        PESQ.CrossSpectrum.multiply(&product, byConjugateOf: a)
        for bin in 0..<bins {
            let (ar, ai) = (Double(a[2 * bin]), Double(a[2 * bin + 1]))
            let (br, bi) = (Double(b[2 * bin]), Double(b[2 * bin + 1]))
            #expect(abs(Double(product[2 * bin]) - (ar * br + ai * bi)) < 1e-7)
            #expect(abs(Double(product[2 * bin + 1]) - (ar * bi - ai * br)) < 1e-7)
        }
    }
}
