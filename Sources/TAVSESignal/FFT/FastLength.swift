/// Transform lengths that FFTW handles fast.
enum FastLength {
    /// The smallest 2ᵃ·3ᵇ·5ᶜ that is ≥ `minimum`.
    static func atLeast(_ minimum: Int) -> Int {
        var best = Int.max
        var power5 = 1
        while power5 < best {
            var power35 = power5
            while power35 < best {
                var candidate = power35
                while candidate < minimum { candidate *= 2 }
                best = min(best, candidate)
                power35 *= 3
            }
            power5 *= 5
        }
        return best
    }
}
