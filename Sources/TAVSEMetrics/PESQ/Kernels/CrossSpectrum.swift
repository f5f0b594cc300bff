extension PESQ {
    /// The product of spectra whose inverse transform is a cross-correlation.
    enum CrossSpectrum {
        /// B ← conj(A)·B, both re, im, re, im, … of one length; two bins at a time.
        static func multiply(_ b: inout [Float], byConjugateOf a: [Float]) {
            let count = b.count
            precondition(
                a.count == count && count % 2 == 0, "spectra of \(a.count) and \(count) values do not match")
            let conjugate = SIMD4<Float>(1, -1, 1, -1)
            a.withUnsafeBytes { x in
                b.withUnsafeMutableBytes { y in
                    let whole = count / 4 * 4
                    for byte in stride(from: 0, to: 4 * whole, by: 16) {
                        let u = x.loadUnaligned(fromByteOffset: byte, as: SIMD4<Float>.self)
                        let v = y.loadUnaligned(fromByteOffset: byte, as: SIMD4<Float>.self)
                        // (ar − i·ai)·(br + i·bi) = ar·br + ai·bi + i·(ar·bi − ai·br)
                        let product =
                            SIMD4(u.x, u.x, u.z, u.z) * v
                            + conjugate * (SIMD4(u.y, u.y, u.w, u.w) * SIMD4(v.y, v.x, v.w, v.z))
                        y.storeBytes(of: product, toByteOffset: byte, as: SIMD4<Float>.self)
                    }
                }
            }
            if count % 4 == 2 {
                let (r, i) = (count - 2, count - 1)
                (b[r], b[i]) = (a[r] * b[r] + a[i] * b[i], a[r] * b[i] - a[i] * b[r])
            }
        }
    }
}
