/// Where each wanted time falls on a uniform grid: between `low` and `high`, by `weight`.
struct InterpolationGrid: Sendable {
    struct Point: Sendable {
        let low: Int
        let high: Int
        let weight: Float
    }

    let length: Int
    let points: [Point]
}

extension Tensor {
    /// A sequence at other times, by linear interpolation; before the first and after the last it stays constant.
    ///
    ///     p = clamp((t − start) / step, 0, N − 1),  y(t) = (1 − (p − ⌊p⌋))·x[⌊p⌋] + (p − ⌊p⌋)·x[⌊p⌋ + 1]
    ///
    /// x: `[B, N, D]`, y: `[B, times, D]`. Backward: both neighbours get their share.
    ///
    /// - Parameters:
    ///   - times: wanted times, in seconds.
    ///   - start: time of the first element, in seconds.
    ///   - step: seconds between elements, positive.
    public func interpolated(at times: [Double], start: Double, step: Double) -> Tensor {
        Contract.rank("interpolate", self, 3, "[B, N, D]")
        let (batch, length, width) = (shape[0], shape[1], shape[2])
        guard length > 0, step > 0, times.allSatisfy(\.isFinite) else {
            Contract.fail(
                "interpolate", "needs elements, a positive step and finite times; input is \(label)")
        }
        let points = times.map { time in
            let position = min(max((time - start) / step, 0), Double(length - 1))
            let low = Int(position)
            return InterpolationGrid.Point(
                low: low, high: min(low + 1, length - 1), weight: Float(position - Double(low)))
        }
        let grid = InterpolationGrid(length: length, points: points)
        let result = Tensor(uninitialized: [batch, times.count, width])
        Device.kernels.interpolate(source, grid, batch: batch, width: width, result.target)
        let shapeX = shape
        return result.recorded("interpolate", [self]) { dy in
            let dx = Tensor(uninitialized: shapeX)
            Device.kernels.interpolateGradient(dy.source, grid, batch: batch, width: width, dx.target)
            return [dx]
        }
    }
}
