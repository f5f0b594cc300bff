import Foundation
import TAVSEBase
import Testing

@testable import TAVSESignal

@Suite("RealFFT")
struct RealFFTTests {
    @Test(
        "equals the sum it is defined by (closed form)",
        arguments: [1, 2, 3, 15, 16, 30, 64, 72, 100, 120, 512])
    func definition(length: Int) {
        var generator = SplitMix64(seed: 3)
        let x = (0..<length).map { _ in Double.random(in: -1...1, using: &generator) }
        let bins = RealFFT.plan(length).forward(x)
        for k in 0...(length / 2) {
            var (re, im) = (0.0, 0.0)
            for n in 0..<length {
                let angle = -2 * Double.pi * Double(k * n % length) / Double(length)
                re += x[n] * cos(angle)
                im += x[n] * sin(angle)
            }
            #expect(abs(bins[2 * k] - re) < 1e-13 * Double(length))
            #expect(abs(bins[2 * k + 1] - im) < 1e-13 * Double(length))
        }
    }

    @Test("comes back times N after the inverse (property)", arguments: [1, 8, 64, 72, 480, 682, 1000, 1024])
    func roundTrip(length: Int) {
        var generator = SplitMix64(seed: 4)
        let x = (0..<length).map { _ in Double.random(in: -1...1, using: &generator) }
        let plan = RealFFT.plan(length)
        let back = plan.inverse(plan.forward(x))
        for n in 0..<length { #expect(abs(back[n] / Double(length) - x[n]) < 1e-14 * 10) }
        let single = RealFFTFloat.plan(length)
        let backSingle = single.inverse(single.forward(x.map { Float($0) }))
        for n in 0..<length { #expect(abs(Double(backSingle[n]) / Double(length) - x[n]) < 2e-6) }
    }

    @Test("is one shared plan however many threads ask, with the same bits from each (property)")
    func concurrent() {
        let x = (0..<512).map { sin(Double($0)) }
        let expected = RealFFT.plan(512).forward(x)
        nonisolated(unsafe) var equal = [Bool](repeating: false, count: 64)
        equal.withUnsafeMutableBufferPointer { results in
            nonisolated(unsafe) let results = results
            DispatchQueue.concurrentPerform(iterations: 64) { i in
                _ = RealFFT.plan(600 + i % 8)
                results[i] = RealFFT.plan(512).forward(x) == expected
            }
        }
        #expect(equal.allSatisfy { $0 })
    }

    @Test("gives the same bits wherever its memory starts (property)", arguments: [16, 480, 1024])
    func alignment(length: Int) {
        var generator = SplitMix64(seed: 5)
        let x = (0..<length).map { _ in Double.random(in: -1...1, using: &generator) }
        let plan = RealFFT.plan(length)
        let aligned = plan.forward(x)
        let shifted = [0] + x
        var bins = [Double](repeating: 0, count: aligned.count + 1)
        shifted.withUnsafeBufferPointer { input in
            bins.withUnsafeMutableBufferPointer { output in
                guard let input = input.baseAddress, let output = output.baseAddress else { return }
                plan.forward(input + 1, into: output + 1)
            }
        }
        #expect(Array(bins.dropFirst()) == aligned)
        var back = [Double](repeating: 0, count: length + 1)
        bins.withUnsafeMutableBufferPointer { input in
            back.withUnsafeMutableBufferPointer { output in
                guard let input = input.baseAddress, let output = output.baseAddress else { return }
                plan.inverse(destroying: input + 1, into: output + 1)
            }
        }
        #expect(Array(back.dropFirst()) == plan.inverse(aligned))
    }

    @Test("finds the least 2ᵃ3ᵇ5ᶜ (reference: search)")
    func fastLength() {
        func isSmooth(_ n: Int) -> Bool {
            var n = n
            for factor in [2, 3, 5] { while n % factor == 0 { n /= factor } }
            return n == 1
        }
        var next = 0
        for n in 1...2000 {
            if next < n {
                next = n
                while !isSmooth(next) { next += 1 }
            }
            #expect(RealFFT.fastLength(n) == next)
        }
    }
}
