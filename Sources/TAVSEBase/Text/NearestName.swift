/// The name somebody probably meant.
public enum NearestName {
    /// The nearest of some names, if it is near enough to be meant: at most a third of its letters differ, or two.
    public static func of(_ word: String, among names: [String]) -> String? {
        guard word.unicodeScalars.count <= 64 else { return nil }
        let distances = names.map { (name: $0, distance: distance(word.lowercased(), $0.lowercased())) }
        guard let best = distances.min(by: { ($0.distance, $0.name) < ($1.distance, $1.name) }) else {
            return nil
        }
        return best.distance <= max(2, best.name.count / 3) && best.distance < best.name.count
            ? best.name : nil
    }

    /// Edit distance: insertions, deletions, substitutions, and swaps of neighbours count one each.
    ///
    /// > Source: the optimal string alignment distance; Damerau, *A technique for computer detection and correction of
    /// > spelling errors*, Communications of the ACM 7 (3), 1964.
    static func distance(_ a: String, _ b: String) -> Int {
        let a = Array(a.unicodeScalars)
        let b = Array(b.unicodeScalars)
        var rows = [Array(0...b.count)]
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    best = min(best, rows[i - 1][j - 1] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
