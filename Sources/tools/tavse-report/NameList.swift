import ArgumentParser

/// Names separated by commas.
struct NameList: ExpressibleByArgument {
    var names: [String]

    init?(argument: String) {
        names = argument.split(separator: ",").map { $0.trimmingPrefix { $0 == " " } }.map(String.init)
        guard !names.isEmpty else { return nil }
    }
}

/// Equivalence margins, "metric=number" separated by commas.
struct Margins: ExpressibleByArgument {
    var values: [String: Double] = [:]

    init?(argument: String) {
        for part in argument.split(separator: ",") {
            let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard sides.count == 2, !sides[0].isEmpty, let value = Double(sides[1]), value > 0, value.isFinite
            else {
                return nil
            }
            values[sides[0]] = value
        }
        guard !values.isEmpty else { return nil }
    }
}
