extension PESQ {
    /// Twelve second-order sections in three vectors of four lanes; unused lanes pass their input on.
    struct SectionBank {
        private var low: Lanes
        private var middle: Lanes
        private var high: Lanes

        private struct Lanes {
            var b0 = SIMD4<Float>(repeating: 1)
            var b1 = SIMD4<Float>.zero
            var b2 = SIMD4<Float>.zero
            var a1 = SIMD4<Float>.zero
            var a2 = SIMD4<Float>.zero
            var w1 = SIMD4<Float>.zero
            var w2 = SIMD4<Float>.zero

            init(_ sections: [BiquadCoefficients], first: Int) {
                for lane in 0..<4 where first + lane < sections.count {
                    let section = sections[first + lane]
                    b0[lane] = section.b0
                    b1[lane] = section.b1
                    b2[lane] = section.b2
                    a1[lane] = section.a1
                    a2[lane] = section.a2
                }
            }

            @inline(__always)
            mutating func step(_ input: SIMD4<Float>) -> SIMD4<Float> {
                let w = input - a1 * w1 - a2 * w2
                let output = b0 * w + b1 * w1 + b2 * w2
                w2 = w1
                w1 = w
                return output
            }
        }

        init(_ sections: [BiquadCoefficients]) {
            low = Lanes(sections, first: 0)
            middle = Lanes(sections, first: 4)
            high = Lanes(sections, first: 8)
        }

        /// Filters in place. At step t lane k has sample t − k, so the last lane's output is 11 samples late.
        func run(_ samples: UnsafeMutableBufferPointer<Float>) {
            let latency = 11
            var (bank0, bank1, bank2) = (low, middle, high)
            var out0 = SIMD4<Float>.zero
            var out1 = SIMD4<Float>.zero
            var out2 = SIMD4<Float>.zero
            for time in 0..<samples.count + latency {
                let sample = time < samples.count ? samples[time] : 0
                let in0 = SIMD4(sample, out0.x, out0.y, out0.z)
                let in1 = SIMD4(out0.w, out1.x, out1.y, out1.z)
                let in2 = SIMD4(out1.w, out2.x, out2.y, out2.z)
                out0 = bank0.step(in0)
                out1 = bank1.step(in1)
                out2 = bank2.step(in2)
                if time >= latency { samples[time - latency] = out2.w }
            }
        }
    }
}
