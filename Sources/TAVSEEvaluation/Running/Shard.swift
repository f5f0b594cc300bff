/// One share of a list, for job arrays: every `count`-th item from the `index`-th on.
public struct Shard: Sendable, Equatable, CustomStringConvertible {
    /// Which share, from 1.
    public let index: Int
    /// How many shares there are.
    public let count: Int

    /// - Returns: nil unless 1 ≤ index ≤ count.
    public init?(_ index: Int, of count: Int) {
        guard index >= 1, index <= count else { return nil }
        self.index = index
        self.count = count
    }

    /// - Parameter text: `K/N`.
    public init?(_ text: String) {
        let parts = text.split(separator: "/").map { Int($0) }
        guard parts.count == 2, let index = parts[0], let count = parts[1] else { return nil }
        self.init(index, of: count)
    }

    /// `K/N`.
    public var description: String { "\(index)/\(count)" }

    /// The items of the share.
    public func indices(of items: Range<Int>) -> [Int] { items.filter { $0 % count == index - 1 } }
}
