extension Tensor {
    /// Sets each element to zero with the given probability and scales the others by 1 / (1 − p).
    ///
    /// The mask is a function of key and position alone, so it does not depend on the order of operations or on
    /// threads, and a second computation under `checkpoint` draws the same one. Backward: the same mask.
    ///
    /// > Source: Srivastava et al., *Dropout*, JMLR 15, 2014.
    public func dropout(probability: Float, key: UInt64) -> Tensor {
        guard probability >= 0, probability < 1 else {
            Contract.fail("dropout", "needs a probability in 0 ..< 1, got \(probability)")
        }
        if probability == 0 { return self }
        let result = Tensor(uninitialized: shape)
        Device.kernels.dropout(source, result.target, count: count, key: key, probability: probability)
        return result.recorded("dropout", [self]) { dy in
            let dx = Tensor(uninitialized: dy.shape)
            Device.kernels.dropout(dy.source, dx.target, count: dx.count, key: key, probability: probability)
            return [dx]
        }
    }
}
