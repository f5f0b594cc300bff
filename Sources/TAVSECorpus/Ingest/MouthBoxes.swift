import Foundation
import TAVSEData

/// A mouth in one frame, pixels of the thermal picture.
struct MouthBox: Sendable, Equatable {
    var x: Double
    var y: Double
    var width: Double
    var height: Double
    /// How sure the detector was; only compared with the least score wanted.
    var score = 1.0
}

/// Mouth boxes of many clips, read from `sub,trial,pos,cmd,frame,x,y,w,h,score`.
struct MouthBoxes: Sendable {
    static let columns = ["sub", "trial", "pos", "cmd", "frame", "x", "y", "w", "h", "score"]

    private struct Row: Sendable {
        let frame: Int32
        let x: Float
        let y: Float
        let width: Float
        let height: Float
    }

    private var rows: [ClipKey: [Row]] = [:]

    /// Reads a file, keeping boxes with at least a score.
    init(path: String, minimumScore: Double) throws(DataError) {
        guard FileManager.default.fileExists(atPath: path) else { throw .missingInput(path: path) }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .unreadable(path: path, reason: "permission denied, or not a file")
        }
        // Millions of rows of ten numbers: read line by line, kept as numbers, never as a table of strings.
        var line = 0
        for part in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            line += 1
            let text = String(decoding: part, as: UTF8.self).trimmingCharacters(in: .whitespaces)
            if text.isEmpty { continue }
            let fields = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            if line == 1 {
                guard fields == Self.columns else {
                    throw .table(
                        file: path, line: 1, column: fields.first ?? "",
                        reason: "expected the header \(Self.columns.joined(separator: ","))")
                }
                continue
            }
            guard fields.count == Self.columns.count else {
                throw .table(
                    file: path, line: line, column: Self.columns[min(fields.count, Self.columns.count - 1)],
                    reason: "the row has \(fields.count) fields, the header \(Self.columns.count)")
            }
            var numbers: [Double] = []
            for (field, column) in zip(fields, Self.columns) {
                guard let number = Double(field), number.isFinite, abs(number) < 1e7 else {
                    throw .table(
                        file: path, line: line, column: column, reason: "expected a number, found '\(field)'")
                }
                numbers.append(number)
            }
            for k in 0..<5 where numbers[k] != numbers[k].rounded() || numbers[k] < 0 {
                throw .table(
                    file: path, line: line, column: Self.columns[k],
                    reason: "expected a whole number, found '\(fields[k])'")
            }
            guard numbers[7] > 0, numbers[8] > 0 else {
                throw .table(file: path, line: line, column: "w", reason: "width and height must be positive")
            }
            guard numbers[9] >= minimumScore else { continue }
            let key = ClipKey(
                subject: Int(numbers[0]), trial: Int(numbers[1]), position: Int(numbers[2]),
                command: Int(numbers[3]))
            rows[key, default: []].append(
                Row(
                    frame: Int32(numbers[4]), x: Float(numbers[5]), y: Float(numbers[6]),
                    width: Float(numbers[7]),
                    height: Float(numbers[8])))
        }
    }

    /// The rows of a clip's boxes as text, in the order of frames; what ``init(path:minimumScore:)`` reads back.
    static func rows(_ boxes: [Int: MouthBox], of clip: ClipKey) -> String {
        var text = ""
        for frame in boxes.keys.sorted() {
            guard let box = boxes[frame] else { continue }
            let place: [Int] = [clip.subject, clip.trial, clip.position, clip.command, frame]
            let numbers: [Double] = [box.x, box.y, box.width, box.height, box.score]
            var fields: [String] = place.map { String($0) }
            for number in numbers { fields.append(Float(number).description) }
            text += fields.joined(separator: ",")
            text += "\n"
        }
        return text
    }

    /// The boxes of a clip by frame number (from 1).
    func boxes(of clip: ClipKey) -> [Int: MouthBox] {
        var boxes: [Int: MouthBox] = [:]
        for row in rows[clip] ?? [] {
            boxes[Int(row.frame)] = MouthBox(
                x: Double(row.x), y: Double(row.y), width: Double(row.width), height: Double(row.height))
        }
        return boxes
    }
}

/// Turns detections into one steady square per frame: gaps interpolated, ends held, everything smoothed over time.
enum MouthTrack {
    /// Standard deviation of the smoothing, frames.
    static let smoothing = 2.0
    /// A clip with boxes in fewer frames than this share has no usable mouth.
    static let leastShare = 0.2
    /// Longest run of frames without a box, at the ends too, over which the mouth is taken to be where it should:
    /// half a second. In a longer one the frames are lost.
    static let longestGap = 14

    /// - Parameters:
    ///   - boxes: by frame number from 1.
    ///   - count: frames of the clip.
    /// - Returns: centre and side of the square for frames 1 … count, nil for frames in a long gap; nil when too few
    ///   were found.
    static func squares(_ boxes: [Int: MouthBox], count: Int) -> [(x: Double, y: Double, side: Double)?]? {
        let known = boxes.keys.filter { (1...max(count, 1)).contains($0) }.sorted()
        guard count > 0, !known.isEmpty, Double(known.count) >= leastShare * Double(count) else { return nil }
        var tracks = [[Double]?](repeating: nil, count: count)
        // Index of the first known frame at or after the current one.
        var next = 0
        for frame in 1...count {
            while next < known.count, known[next] < frame { next += 1 }
            let right = next < known.count ? known[next] : nil
            let left = right == frame ? frame : next > 0 ? known[next - 1] : nil
            guard (right ?? count + 1) - (left ?? 0) - 1 <= longestGap else { continue }
            let values: [Double]
            switch (left, right) {
            case (let a?, let b?) where a != b:
                let mix = Double(frame - a) / Double(b - a)
                values = zip(square(boxes[a]), square(boxes[b])).map { $0 + ($1 - $0) * mix }
            case (let a?, _): values = square(boxes[a])
            case (nil, let b?): values = square(boxes[b])
            case (nil, nil): return nil
            }
            tracks[frame - 1] = values
        }
        return smoothed(tracks).map { $0.map { ($0[0], $0[1], $0[2]) } }
    }

    private static func square(_ box: MouthBox?) -> [Double] {
        guard let box else { return [0, 0, 0] }
        return [box.x + box.width / 2, box.y + box.height / 2, max(box.width, box.height)]
    }

    /// Gaussian smoothing; at the ends and at long gaps the kernel is cut and renormalised.
    private static func smoothed(_ values: [[Double]?]) -> [[Double]?] {
        let radius = Int((3 * smoothing).rounded(.up))
        return values.indices.map { n in
            guard values[n] != nil else { return nil }
            var sum = [0.0, 0.0, 0.0]
            var total = 0.0
            for m in max(0, n - radius)...min(values.count - 1, n + radius) {
                guard let value = values[m] else { continue }
                let weight = exp(-0.5 * pow(Double(m - n) / smoothing, 2))
                for k in 0..<3 { sum[k] += weight * value[k] }
                total += weight
            }
            return sum.map { $0 / total }
        }
    }
}
