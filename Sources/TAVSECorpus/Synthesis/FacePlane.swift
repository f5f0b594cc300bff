/// A function of the place on a face that does not change during a clip, on a grid of whole face pixels.
///
/// What is smooth over several pixels is computed once per clip instead of once per pixel and frame.
struct FacePlane: Sendable {
    /// Face pixels from the middle that the grid reaches; a crop of 96 pixels with its pose and sway stays inside.
    private static let reach = 80
    private static let side = 2 * reach + 1

    private let values: [Float]

    /// - Parameter function: the value at a place in face pixels.
    init(_ function: (_ x: Double, _ y: Double) -> Double) {
        let axis = (-Self.reach...Self.reach).map(Double.init)
        values = axis.flatMap { y in axis.map { x in Float(function(x, y)) } }
    }

    /// The value at a place, bilinear; beyond the grid that of its edge.
    @inline(__always) func value(_ x: Double, _ y: Double) -> Double {
        let limit = Double(2 * Self.reach) - 0.001
        let px = min(max(x + Double(Self.reach), 0), limit)
        let py = min(max(y + Double(Self.reach), 0), limit)
        let (ix, iy) = (Int(px), Int(py))
        let (fx, fy) = (Float(px - Double(ix)), Float(py - Double(iy)))
        return values.withUnsafeBufferPointer { values in
            let corner = iy * Self.side + ix
            let upper = values[corner] + (values[corner + 1] - values[corner]) * fx
            let lower =
                values[corner + Self.side] + (values[corner + Self.side + 1] - values[corner + Self.side])
                * fx
            return Double(upper + (lower - upper) * fy)
        }
    }
}
