/// The place where the gradient of one value gathers.
///
/// A node belongs to one tape's backward pass at a time, or to a parameter, which one trainer owns; neither is
/// touched by two threads at once.
final class Node: @unchecked Sendable {
    /// Path of the parameter this node belongs to.
    let path: String?
    private(set) var gradient: Tensor?
    /// Recorded operations on this value that have not run backwards.
    var consumers = 0
    /// What the operation that made this value does first with its whole gradient.
    var step: NormGradientStep?

    init(path: String? = nil) {
        self.path = path
    }

    /// Adds to the gradient. The first contribution is kept as it is; a later one is added in place where
    /// nobody else holds the sum.
    func accumulate(_ contribution: consuming Tensor) {
        guard let sum = gradient else {
            gradient = contribution.detached
            return
        }
        Contract.equal("gradient accumulation", sum, contribution)
        gradient = nil
        gradient = sum.adding(contribution)
    }

    func take() -> Tensor? {
        defer { gradient = nil }
        return gradient
    }

    /// The gathered gradient if it is stored and nobody else holds its memory: it may be written to in place.
    func owned() -> Tensor? {
        guard let sum = gradient, sum.count == sum.storage.count, sum.storage.pending == nil else {
            return nil
        }
        var storage = sum.storage
        let shape = sum.shape
        gradient = nil
        _ = consume sum
        let isUnique = isKnownUniquelyReferenced(&storage)
        let result = Tensor(shape: shape, storage: storage)
        gradient = result
        return isUnique ? result : nil
    }

    func set(_ value: Tensor?) { gradient = value?.detached }
}

extension Tensor {
    /// `self + other` for gradients of equal shape; reuses the memory of `self` when it is the only owner.
    fileprivate consuming func adding(_ other: Tensor) -> Tensor {
        var storage = self.storage
        let (shape, offset) = (self.shape, self.offset)
        _ = consume self
        let reusable = isKnownUniquelyReferenced(&storage) && offset == 0
        let result = reusable ? Tensor(shape: shape, storage: storage) : Tensor(uninitialized: shape)
        let sum = Tensor(shape: shape, storage: storage, offset: offset)
        Device.kernels.add(sum.source, other.source, result.target, count: result.count)
        return result
    }
}
