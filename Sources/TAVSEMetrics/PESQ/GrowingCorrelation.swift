extension PESQ {
    /// Cross-correlation of two envelopes over a window that grows at either end.
    ///
    /// Growing adds only the products that are new, so all break points of an utterance of L frames cost L² products
    /// together instead of a transform each.
    struct GrowingCorrelation {
        private let reference: [Float]
        private let estimate: [Float]
        /// Frames by which the estimate's window is shifted against the reference's.
        private let shift: Int
        /// Index of lag 0; the lag of reference frame t and estimate frame u is u − t − shift.
        private let origin: Int
        private var values: [Float]
        private(set) var referenceWindow = 0..<0
        private(set) var estimateWindow = 0..<0

        /// - Parameter span: the reference frames that windows will stay within.
        init(reference: [Float], estimate: [Float], shift: Int, span: Range<Int>) {
            self.reference = reference
            self.estimate = estimate
            self.shift = shift
            origin = span.count
            values = [Float](repeating: 0, count: 2 * span.count + 1)
        }

        /// Forgets the window.
        mutating func reset() {
            for index in values.indices { values[index] = 0 }
            referenceWindow = 0..<0
            estimateWindow = 0..<0
        }

        /// Grows to a window of reference frames that holds the present one.
        mutating func extend(to window: Range<Int>) {
            let first = max(0, window.lowerBound, -shift)
            let newReference = first..<max(first, min(window.upperBound, reference.count))
            let estimateFirst = max(0, newReference.lowerBound + shift)
            let newEstimate =
                estimateFirst..<max(estimateFirst, min(window.upperBound + shift, estimate.count))
            let old = referenceWindow
            if old.isEmpty || estimateWindow.isEmpty {
                addRows(newReference, against: newEstimate)
            } else {
                addRows(newReference.lowerBound..<old.lowerBound, against: newEstimate)
                addRows(old.upperBound..<newReference.upperBound, against: newEstimate)
                addRows(old, against: newEstimate.lowerBound..<estimateWindow.lowerBound)
                addRows(old, against: estimateWindow.upperBound..<newEstimate.upperBound)
            }
            referenceWindow = newReference
            estimateWindow = newEstimate
        }

        /// The lag with the greatest positive value, first on ties; 0 if none is positive.
        var bestLag: Int {
            var best = origin
            var greatest: Float = 0
            for index in values.indices where values[index] > greatest {
                greatest = values[index]
                best = index
            }
            return best - origin
        }

        private mutating func addRows(_ rows: Range<Int>, against columns: Range<Int>) {
            guard !columns.isEmpty else { return }
            for row in rows where reference[row] != 0 {
                VectorKernels.add(
                    reference[row], times: estimate, columns, to: &values,
                    at: origin - row - shift + columns.lowerBound)
            }
        }
    }
}
