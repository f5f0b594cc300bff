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

        /// Filters in place. At step t lane k has sample t − 2k, so the last lane's output is 22 samples late.
        ///
        /// Two steps per lane instead of one: what a lane hands on is ready before it is needed, so the loop waits
        /// only for a section's own recursion.
        func run(_ samples: UnsafeMutableBufferPointer<Float>) {
            let latency = 22
            var (bank0, bank1, bank2) = (low, middle, high)
            // Outputs of the step before, and of the step before that.
            var (out0, out1, out2) = (SIMD4<Float>.zero, SIMD4<Float>.zero, SIMD4<Float>.zero)
            var (old0, old1, old2) = (out0, out1, out2)

            @inline(__always)
            func step(_ sample: Float) -> Float {
                let in0 = SIMD4(sample, old0.x, old0.y, old0.z)
                let in1 = SIMD4(old0.w, old1.x, old1.y, old1.z)
                let in2 = SIMD4(old1.w, old2.x, old2.y, old2.z)
                (old0, old1, old2) = (out0, out1, out2)
                out0 = bank0.step(in0)
                out1 = bank1.step(in1)
                out2 = bank2.step(in2)
                return out2.w
            }

            let first = min(latency, samples.count)
            for time in 0..<first { _ = step(samples[time]) }
            for time in first..<samples.count { samples[time - latency] = step(samples[time]) }
            for time in samples.count..<samples.count + latency {
                let output = step(0)
                if time >= latency { samples[time - latency] = output }
            }
        }
    }
}
