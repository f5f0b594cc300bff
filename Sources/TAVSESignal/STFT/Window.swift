import Foundation

/// Analysis windows.
public enum Window {
    /// Periodic Hann: w[n] = ½ − ½·cos(2πn/N), n = 0 … N − 1.
    public static func periodicHann(_ length: Int) -> [Double] {
        (0..<length).map { 0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(length)) }
    }

    /// Symmetric Hann without its zero end points: w[n] = ½ − ½·cos(2π(n + 1)/(N + 1)), n = 0 … N − 1.
    public static func interiorHann(_ length: Int) -> [Double] {
        (0..<length).map { 0.5 - 0.5 * cos(2 * .pi * Double($0 + 1) / Double(length + 1)) }
    }
}
