extension PESQ {
    /// The window with which the parts of an utterance are aligned while the best break point is looked for.
    ///
    /// In the ITU program this window and the envelope correlations of the parts share one scratch area. Correlations of
    /// long parts (from 3.1 s at 8 kHz, 6.2 s at 16 kHz) reach into the window and replace its values, which moves the
    /// break points found. The program takes precedence over the Recommendation's text, so its numbers are
    /// reproduced: sample k of A is replaced by value i = 3A + 6 + k of the last part that has so many values.
    ///
    ///     c[i] = Σₜ reference[t] · estimate[t + lag],   lag = i − (frames of the reference − 1)
    enum SplitWindow {
        /// The stretches of the two envelopes that are correlated for one part; lag 0 pairs their first frames.
        struct Part {
            var reference = 0..<0
            var estimate = 0..<0

            init() {}

            /// The windows to which a correlation has grown.
            init(_ growing: GrowingCorrelation) {
                reference = growing.referenceWindow
                estimate = growing.estimateWindow
            }

            /// Number of values of the full correlation; none for a single frame.
            var valueCount: Int {
                reference.count > 1 && estimate.count > 1 ? reference.count + estimate.count - 1 : 0
            }

            /// Value `index` of the correlation, from the most negative lag on.
            func value(_ index: Int, _ a: [Float], _ b: [Float]) -> Float {
                let lag = index - (reference.count - 1)
                let first = max(0, -lag)
                var sum = 0.0
                for t in first..<max(first, min(reference.count, estimate.count - lag)) {
                    sum += Double(a[reference.lowerBound + t]) * Double(b[estimate.lowerBound + t + lag])
                }
                return Float(sum)
            }
        }

        /// The window after the correlations of all parts, in the order given; nil where none reaches it.
        static func shape(
            hann: [Float], parts: [Part], reference: [Float], estimate: [Float]
        ) -> [Float]? {
            let offset = 3 * hann.count + 6
            // From the last part back: a value belongs to the first part met here that has it.
            var written = offset
            var shape = hann
            for part in parts.reversed() where part.valueCount > written {
                let end = min(part.valueCount, offset + hann.count)
                for index in written..<max(written, end) {
                    shape[index - offset] = part.value(index, reference, estimate)
                }
                written = max(written, end)
            }
            return written > offset ? shape : nil
        }
    }
}
