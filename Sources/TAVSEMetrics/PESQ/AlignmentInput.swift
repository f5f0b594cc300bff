extension PESQ.PaddedSignal {
    /// The signal as the time alignment sees it: mean removed, ends faded, filtered.
    func filteredForAlignment(_ format: PESQ.Format) -> [Float] {
        var output = samples
        let speech = format.border..<paddedCount - format.border
        // The Recommendation's procedure divides by the padded length, not by the length of the speech.
        let mean = Float(VectorKernels.sum(output[speech]) / Double(paddedCount))
        output.withUnsafeMutableBufferPointer { output in
            for index in speech { output[index] -= mean }
        }

        let fade = format.envelopeFrame
        for step in 0..<fade {
            let weight = (Float(step) + 0.5) / Float(fade)
            output[speech.lowerBound + step] *= weight
            output[speech.upperBound - 1 - step] *= weight
        }
        PESQ.Biquad.cascade(&output, count: paddedCount + format.tail, sections: format.alignmentFilter)
        return output
    }
}
