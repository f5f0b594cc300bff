/// Ends the program on a mistake in the code that builds a network, with a message that says which operation,
/// which shapes and which parameter.
///
/// Shapes of a network follow from its code, not from files: whoever takes frames or audio from outside checks
/// them first and throws. `fatalError` rather than `precondition`, whose message release builds drop.
enum Contract {
    static func fail(_ operation: String, _ message: String) -> Never {
        fatalError("TAVSENN: \(operation) \(message)")
    }

    /// Fails unless two shapes are equal.
    static func equal(_ operation: String, _ a: Tensor, _ b: Tensor) {
        if a.shape != b.shape { fail(operation, "needs equal shapes, got \(a.label) and \(b.label)") }
    }

    /// Fails unless a tensor has the given number of axes.
    static func rank(_ operation: String, _ x: Tensor, _ rank: Int, _ axes: String) {
        if x.rank != rank { fail(operation, "needs an input of shape \(axes), got \(x.label)") }
    }
}
