/// What a metric's number means: name, unit, range, direction, and the signature that fixes every choice.
public struct MetricDescriptor: Sendable, Equatable, Codable {
    /// Which way is better.
    public enum Direction: String, Sendable, Codable {
        /// Larger scores are better.
        case higherIsBetter = "higher"
        /// Smaller scores are better.
        case lowerIsBetter = "lower"
    }

    /// The name used in files, tables and on the command line.
    public let name: MetricName
    /// The name in words, e.g. "PESQ (wide-band)".
    public let title: String
    /// Unit, e.g. "dB", "MOS-LQO"; empty for a pure number.
    public let unit: String
    /// Smallest possible score; nil when unbounded.
    public let lowerBound: Double?
    /// Greatest possible score; nil when unbounded.
    public let upperBound: Double?
    /// Which way is better.
    public let direction: Direction
    /// Names every choice that could move the score, e.g. `STOI|ext:no|fs:10000|v:1`.
    /// Scores of different signatures are never compared.
    public let signature: String
    /// The paper or standard, in one line.
    public let source: String

    /// Describes a metric; see the properties.
    public init(
        name: MetricName, title: String, unit: String, lowerBound: Double?, upperBound: Double?,
        direction: Direction, signature: String, source: String
    ) {
        self.name = name
        self.title = title
        self.unit = unit
        self.lowerBound = lowerBound
        self.upperBound = upperBound
        self.direction = direction
        self.signature = signature
        self.source = source
    }
}
