import ArgumentParser
import TAVSEBase
import TAVSEMetrics
import TAVSESignal
import ToolSupport

struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "List the metrics with unit, range, direction and signature.")

    @Flag(help: "One JSON object instead of a table.") var json = false

    func run() throws {
        print(json ? Self.json() : Self.table())
    }

    private static func json() -> String {
        let entries = MetricCatalog.all.map { metric in
            let fields = [
                ("title", JSONText.string(metric.title)), ("unit", JSONText.string(metric.unit)),
                ("lower_bound", JSONText.number(metric.lowerBound)),
                ("upper_bound", JSONText.number(metric.upperBound)),
                ("higher_is_better", String(metric.direction == .higherIsBetter)),
                ("signature", JSONText.string(metric.signature)), ("source", JSONText.string(metric.source)),
            ]
            return "    \(JSONText.string(metric.name.rawValue)): \(JSONText.object(fields))"
        }
        return "{\n  \"metrics\": {\n" + entries.joined(separator: ",\n") + "\n  }\n}"
    }

    private static func table() -> String {
        let bound = { (value: Double?, sign: String) in
            value.map { JSONText.number($0).replacing("-", with: "−") } ?? sign + "∞"
        }
        var rows = [["name", "unit", "range", "better", "signature", "title"]]
        rows += MetricCatalog.all.map { metric in
            [
                metric.name.rawValue, metric.unit,
                "\(bound(metric.lowerBound, "−")) … \(bound(metric.upperBound, "+"))",
                metric.direction.rawValue, metric.signature, metric.title,
            ]
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let lines = rows.map { row in
            let cells = row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return column == row.count - 1 ? row[column] : row[column] + space
            }
            return cells.joined(separator: "  ")
        }
        return lines.joined(separator: "\n") + "\n\npesq is another name for pesq_wb."
    }
}
