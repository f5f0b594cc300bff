import Foundation
import Testing

@Suite("tavse-train") struct TrainCommandTests {
    @Test("a dry run reports and writes nothing")
    func dryRun() throws {
        let workspace = try TrainWorkspace()
        let text = try workspace.run("--dry-run")
        #expect(text.exitCode == 0, "\(text)")
        for part in ["spectrogram", "1 × 2 × 257 × 41", "visual.thermal", "visual towers recomputed"] {
            #expect(text.output.contains(part), "\(part) in \(text)")
        }
        let single = try workspace.run("--dry-run", "--set", "training.batch_size=16")
        #expect(single.output.contains(" in 1 step and "), "\(single)")
        let json = try workspace.run("--dry-run", "--json")
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        let parts = try #require(object?["parameters"] as? [String: Int])
        #expect(object?["parameter_count"] as? Int == parts.values.reduce(0, +))
        #expect(!FileManager.default.fileExists(atPath: workspace.folder.path + "/checkpoints"))
    }

    @Test("learns one batch by heart, and says when it did not")
    func overfit() throws {
        let workspace = try TrainWorkspace()
        let passed = try workspace.run("--overfit-batch", "16", "--quiet")
        #expect(passed.exitCode == 0 && passed.output.contains("passed"), "\(passed)")
        let failed = try workspace.run("--overfit-batch", "4", "--set", "training.lr=1")
        #expect([0, 1].contains(failed.exitCode), "\(failed)")
        #expect(try workspace.run("--overfit-batch", "1").exitCode == 64)
    }

    @Test("starting over, resuming nothing and changed settings are errors with the remedy")
    func starts() throws {
        let workspace = try TrainWorkspace(epochs: 1)
        let nothing = try workspace.run("--resume")
        #expect(nothing.exitCode == 66 && nothing.errors.contains("start without --resume"), "\(nothing)")
        let first = try workspace.run("--json")
        #expect(first.exitCode == 0 && first.output.contains("\"end\": \"finished\""), "\(first)")
        let again = try workspace.run()
        #expect(again.exitCode == 73 && again.errors.contains("pass --resume"), "\(again)")
        let changed = try workspace.run("--resume", "--set", "training.lr=1e-4")
        #expect(changed.exitCode == 64 && changed.errors.contains("training.lr was 0.003, is "), "\(changed)")
        let finished = try workspace.run("--resume")
        #expect(finished.exitCode == 0 && finished.output.contains("finished after 1 epochs"), "\(finished)")
        let state = URL(fileURLWithPath: workspace.statePath)
        try Data(contentsOf: state).dropLast(7).write(to: state)
        let damaged = try workspace.run("--resume")
        #expect(
            damaged.exitCode == 65 && damaged.errors.contains("not a usable training state"), "\(damaged)")
    }

    /// Closed form: weight decay of 10 at a rate of 1 makes every weight -9 times itself in each step, until it overflows.
    @Test("a run that diverges names the first operation that is not finite when TAVSE_TRACE_NAN is 1")
    func tracesNonFinite() throws {
        for isTracing in [true, false] {
            let workspace = try TrainWorkspace(epochs: 40)
            let outcome = try workspace.run(
                "--quiet", "--set", "training.weight_decay=10", "--set", "training.lr=1",
                "--set", "training.warmup_steps=0", "--set", "training.val_interval=1000",
                "--set", "training.max_non_finite_steps=2",
                environment: isTracing ? ["TAVSE_TRACE_NAN": "1"] : [:])
            #expect(outcome.exitCode == 1 && outcome.errors.contains("2 steps in a row"), "\(outcome)")
            let named = outcome.errors.contains("first value that is not finite: result of operation ")
            #expect(named == isTracing, "\(outcome)")
            #expect(outcome.errors.contains(", shape [") == isTracing, "\(outcome)")
        }
    }

    @Test("data that is not there is named")
    func missingData() throws {
        let workspace = try TrainWorkspace()
        let outcome = try workspace.run("--set", "data.root=/nowhere")
        #expect(outcome.exitCode == 66 && outcome.errors.contains("/nowhere/processed"), "\(outcome)")
    }
}
