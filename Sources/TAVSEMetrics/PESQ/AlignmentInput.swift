extension PESQ.PaddedSignal {
    /// The signal as the time alignment sees it: mean removed, ends faded, filtered.
    func filteredForAlignment(_ format: PESQ.Format) -> [Float] {
        var output = samples
        let speech = format.border..<paddedCount - format.border
        var sum = 0.0
        for index in speech { sum += Double(output[index]) }
        // The Recommendation's procedure divides by the padded length, not by the length of the speech.
        let mean = Float(sum / Double(paddedCount))
        for index in speech { output[index] -= mean }

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
