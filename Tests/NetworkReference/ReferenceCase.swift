import Foundation
import ReferenceSupport
import TAVSENN

/// Cases of the network reference: files `<kind>_<number>.safetensors` in `$TAVSE_REFERENCE/nn`, else in
/// `fixtures/nn`. Whatever files are there are run.
public struct ReferenceCase: Sendable, CustomStringConvertible {
    /// The file's name without extension.
    public let name: String
    /// What it holds.
    public let file: Safetensors

    /// The name.
    public var description: String { name }

    private static let folder = ReferenceFiles.folder("nn")

    /// Kinds with families of cases, as `conv2d_strides_0` and `network_fine_audio_only_cross_attention`.
    private static let kindsWithFamilies: Set = ["conv2d", "conv_transpose2d", "network"]

    /// Cases of one kind, in order of their names; a kind without a single file is an error.
    public static func all(_ kind: String) throws -> [ReferenceCase] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let cases = try names.compactMap { file -> ReferenceCase? in
            guard file.hasSuffix(".safetensors"), file.hasPrefix(kind + "_") else { return nil }
            let name = String(file.dropLast(".safetensors".count))
            guard
                kindsWithFamilies.contains(kind)
                    || name.dropFirst(kind.count + 1).allSatisfy({ $0.isNumber || $0.isLetter })
            else { return nil }
            return ReferenceCase(
                name: name, file: try Safetensors(contentsOf: folder.appendingPathComponent(file).path))
        }
        guard !cases.isEmpty else { throw MissingCases(kind: kind, folder: folder.path) }
        return cases
    }

    /// No file of a kind.
    public struct MissingCases: Error {
        /// What was looked for.
        public let kind: String
        /// Where.
        public let folder: String
    }

    /// A tensor of the case.
    public func tensor(_ name: String) throws -> Tensor { try file.tensor(name) }

    /// A tensor that not every case has.
    public func optional(_ name: String) throws -> Tensor? {
        file.shape(of: name) == nil ? nil : try file.tensor(name)
    }

    /// A whole number of the metadata.
    public func integer(_ key: String) throws -> Int {
        guard let text = file.metadata[key], let value = Int(text) else {
            throw SafetensorsError.entry(name: key, reason: "is not a whole number in the metadata")
        }
        return value
    }

    /// A number per axis of an image: a list of two (frequency, time), or one number for both.
    ///
    /// - Parameter standard: where the metadata do not have it.
    public func pair(_ key: String, default standard: AxisPair? = nil) throws -> AxisPair {
        guard let text = file.metadata[key] else {
            if let standard { return standard }
            throw SafetensorsError.entry(name: key, reason: "is missing from the metadata")
        }
        if let both = Int(text) { return AxisPair(both) }
        guard let list = try? JSONDecoder().decode([Int].self, from: Data(text.utf8)), list.count == 2 else {
            throw SafetensorsError.entry(name: key, reason: "is not one or two whole numbers in the metadata")
        }
        return AxisPair(height: list[0], width: list[1])
    }
}

extension Tensor {
    /// [B, C, H, W] of the reference to our [B, H, W, C].
    public var channelsLast: Tensor { permuted([0, 2, 3, 1]) }
    /// Our [B, H, W, C] to [B, C, H, W] of the reference.
    public var channelsFirst: Tensor { permuted([0, 3, 1, 2]) }

    /// Largest magnitude.
    public var largest: Double { values.reduce(0) { max($0, Double(abs($1))) } }

    /// Largest difference, relative to the largest magnitude expected or to `floor` where that is larger; infinite
    /// when shapes differ or a value is not finite.
    public func error(from expected: Tensor, floor: Double = 1e-30) -> Double {
        guard shape == expected.shape else { return .infinity }
        let (a, b) = (values, expected.values)
        guard a.allSatisfy(\.isFinite) else { return .infinity }
        let difference = zip(a, b).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) }
        return difference / max(expected.largest, floor)
    }
}
