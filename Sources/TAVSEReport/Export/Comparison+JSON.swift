import Foundation
import TAVSEAnalysis

extension Comparison {
    /// The whole comparison as JSON: sorted keys, doubles in shortest round-trip form, and the strings "NaN",
    /// "Infinity", "-Infinity" for non-finite values. Same comparison, same bytes.
    public func jsonData() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return try encoder.encode(self)
    }

    /// Reads what ``jsonData()`` wrote.
    public init(jsonData data: Data) throws {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        self = try decoder.decode(Comparison.self, from: data)
    }
}
