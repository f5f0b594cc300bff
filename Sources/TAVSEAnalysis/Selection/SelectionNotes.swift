import TAVSEStore

/// Says which evaluations a report shows where that is not plain, and which it leaves out and why.
public enum SelectionNotes {
    /// Runs of one system that are named; more are counted.
    private static let listed = 5

    /// Sentences, by system in the order of registration.
    ///
    /// - Parameters:
    ///   - store: the store.
    ///   - systems: names; nil for all.
    ///   - split: data split; nil for all.
    public static func make(
        store: ResultsStore, systems: [String]? = nil, split: String? = nil
    ) throws(StoreError) -> [String] {
        let known = try store.systemNames()
        let shown = try store.selectedRuns(systems: systems?.filter(known.contains), split: split)
        let all = try store.runs()
        var notes: [String] = []
        for system in known where systems?.contains(system) ?? true {
            guard let main = shown.first(where: { $0.run.system == system && $0.run.source != .import })
            else { continue }
            if let partial = main.partialText {
                notes.append(
                    "\(system): \(partial) (run \(main.id.rawValue)); no evaluation of it is complete")
            }
            notes += try coverage(main, system, store)
            let others = all.filter { run in
                run.run.system == system && run.run.source != .import && run.id != main.id
            }
            for other in others.suffix(listed) {
                notes.append("left out of \(system): \(try describe(other, store)); \(reason(other, main))")
            }
            if others.count > listed {
                notes.append(
                    "left out of \(system): \(others.count - listed) older runs; tavse-report list names them"
                )
            }
            if main.superseded > 0 {
                notes.append(
                    "left out of \(system): \(items(main.superseded)) of earlier commands that the last one of run "
                        + "\(main.id.rawValue) does not ask for; tavse-report list names them")
            }
        }
        return notes
    }

    /// Metrics that were computed for some of the items only, by commands with other metrics.
    private static func coverage(
        _ run: RunOverview, _ system: String, _ store: ResultsStore
    ) throws(StoreError) -> [String] {
        try store.metricCounts(of: run.id).filter { $0.items < run.items }.map { metric in
            "\(system): \(metric.name) was computed for \(metric.items) of \(items(run.items)); the last command "
                + "did not ask for it"
        }
    }

    private static func items(_ count: Int) -> String { "\(count) item\(count == 1 ? "" : "s")" }

    /// What a run is: number, source, size, metrics.
    private static func describe(_ run: RunOverview, _ store: ResultsStore) throws(StoreError) -> String {
        let names = try store.metricCounts(of: run.id).map(\.name).joined(separator: ", ")
        var parts = [run.run.source.rawValue, run.partialText ?? items(run.items)]
        if !names.isEmpty { parts.append(names) }
        return "run \(run.id.rawValue) (\(parts.joined(separator: "; ")))"
    }

    private static func reason(_ other: RunOverview, _ main: RunOverview) -> String {
        let number = "run \(main.id.rawValue)"
        if other.replaces == main.id {
            return "it repeats \(number), which stays in place until the repetition is complete"
        }
        if other.isCapture { return "it holds gates, not an evaluation" }
        if !other.isComplete && main.isComplete { return "\(number) is the last complete evaluation" }
        let words = main.isComplete ? "is the last complete evaluation" : "is the last evaluation"
        return "\(number) \(words), \(difference(other.run, main.run))"
    }

    /// In what two runs of a system differ.
    private static func difference(_ old: RunDescription, _ new: RunDescription) -> String {
        var parts: [String] = []
        if old.source != new.source { parts.append("of a \(new.source.rawValue)") }
        if old.checkpointHash != new.checkpointHash { parts.append("of another checkpoint") }
        if old.modalities != new.modalities { parts.append("with other modalities") }
        if old.control != new.control { parts.append("with another control") }
        if old.seed != new.seed { parts.append("with another seed") }
        if old.config != new.config {
            let (before, after) = (old.config ?? "{}", new.config ?? "{}")
            parts.append(
                before.count + after.count <= 120
                    ? "with \(after) in place of \(before)" : "with other settings")
        }
        return parts.isEmpty ? "made again" : parts.joined(separator: ", ")
    }
}
