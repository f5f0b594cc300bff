/// What a kernel reads: tensors side by side along the channels, each seen through the layer that follows it.
///
/// Every part computes, per pixel and channel,
///
///     φ( scale · values + shift + residualScale · residual + residualShift )          or          c1 · gradient + c2 · values + c3
///
/// with φ linear on each side of zero. The first form is batch norm (folded to scale and shift) with activation and
/// residual sum; the second is the gradient of batch norm. A plain tensor is the first form without coefficients.
struct Operand {
    struct Part {
        var values: Tensor
        var channels: Int
        var scale: Tensor?
        var shift: Tensor?
        var slope: Float = 1
        var residual: Tensor?
        var residualScale: Tensor?
        var residualShift: Tensor?
        var gradient: Tensor?
        var gradientScale: Tensor?
        var valueScale: Tensor?
        var constant: Tensor?

        init(_ values: Tensor, channels: Int) {
            self.values = values.detached
            self.channels = channels
        }

        /// Adds a residual; one that is a pending batch norm without activation is read through it, not stored first.
        mutating func add(residual: Tensor) {
            let operand = residual.operand
            if let norm = operand.parts.first, operand.parts.count == 1, norm.slope == 1, norm.scale != nil,
                norm.shift != nil, norm.residual == nil, norm.gradient == nil
            {
                self.residual = norm.values
                (residualScale, residualShift) = (norm.scale, norm.shift)
            } else {
                self.residual = residual.detached
            }
        }
    }

    var parts: [Part]

    var channels: Int { parts.reduce(0) { $0 + $1.channels } }
    /// Rows of all parts.
    var pixels: Int { parts.first.map { $0.values.count / max(1, $0.channels) } ?? 0 }
}

extension Tensor {
    /// A tensor whose values are computed where they are read.
    init(shape: [Int], pending: Operand) {
        self.init(shape: shape, storage: Storage(count: shape.reduce(1, *), pending: pending))
    }

    /// This tensor as kernels read it: its pending formula where it has one over these channels, else its values.
    var operand: Operand {
        let channels = shape.last ?? 1
        if let pending = storage.pending, offset == 0, count == storage.count, pending.channels == channels {
            return pending
        }
        return Operand(parts: [Operand.Part(self, channels: channels)])
    }

    /// Whether values may be left pending here: not when the tape asks for compressed or checked activations.
    static var mayPend: Bool {
        guard let options = Tape.current?.options else { return true }
        return options.savedPrecision == .float32 && !options.tracesNonFinite
    }
}
