import ArgumentParser
import Foundation
import TAVSEBase
import TAVSECorpus
import TAVSEData
import ToolSupport

struct IngestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Import SpeakingFaces archives (or unpacked folders) into a data root.",
        discussion: """
            Reads sub_{id}_ia.zip without unpacking it, cuts the mouth out of colour and thermal frames, and converts the sound to 16 kHz. Stopped or killed, run it again with --resume. Exit code 3 when \
            some archives or clips could not be read; they are listed.
            """)

    @Option(help: "Folder with sub_{id}_ia.zip archives or sub_{id}_ia folders.", completion: .directory)
    var source: String
    @Option(help: "Data root; processed/ is made inside it.", completion: .directory) var out: String
    @Option(
        help: """
            Mouth boxes: sub,trial,pos,cmd,frame,x,y,w,h,score in pixels of the thermal picture. Without them the \
            mouths are detected.
            """, completion: .file(extensions: ["csv"]))
    var boxes: String?
    @Flag(help: "Detect the mouths on the aligned colour pictures; what happens without --boxes.")
    var detect = false
    @Option(
        help:
            "LBP cascade that finds faces. [default: \(CascadeFile.standardName) of the package opencv-data]",
        completion: .file(extensions: ["xml"]))
    var cascade: String?
    @Option(help: "Write the boxes that were found to this CSV file.", completion: .file(extensions: ["csv"]))
    var saveBoxes: String?
    @Option(help: "Subjects, e.g. 1-100,121.") var subjects = "1-142"
    @Option(
        help:
            "Table of speakers; found by itself as metadata/subjects.csv or subjects.csv in the source. Its Split has the last word on --split official.",
        completion: .file(extensions: ["csv"]))
    var subjectTable: String?
    @Option(help: "official (1-100/101-120/121-142) or guide (1-100/101-114/115-142).")
    var split = SpeakingFacesSplit.official
    @Option(help: "Thermal colours to grey: palette (inverse of the iron palette) or luma.")
    var grey = ThermalGrey.palette
    @Option(help: "Least score of a box that counts; detected: merged windows.") var minimumScore = 0.0
    @Option(help: "Side of the square cut out, in longer sides of the box.") var margin = 1.0
    @Flag(help: "Resume an earlier import.") var resume = false
    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard boxes != nil else { return }
        if detect || cascade != nil || saveBoxes != nil {
            throw ValidationError(
                "--boxes excludes --detect, --cascade and --save-boxes: boxes are given or found.")
        }
    }

    func run() throws {
        try Diagnostics.data.reportingErrors {
            var settings = IngestSettings(source: source, subjects: try IngestSettings.subjects(subjects))
            settings.split = split
            settings.subjectTable = subjectTable
            settings.grey = grey
            settings.minimumScore = minimumScore
            settings.margin = margin
            let ingest =
                if let boxes {
                    try SpeakingFacesIngest(settings, boxesPath: boxes, workers: common.workers)
                } else {
                    try SpeakingFacesIngest(settings, detectingWith: cascade, workers: common.workers)
                }
            let watch = SignalWatch { ingest.stop() }
            var progress = ProgressLine(unit: "clips", quiet: common.quiet)
            let summary: IngestSummary
            do {
                summary = try ingest.run(
                    into: DataRoot(out), resume: resume, savingBoxesTo: saveBoxes
                ) { done, total, subject in
                    progress.show(done: done, total: total, note: "subject \(subject)")
                }
            } catch DataError.cancelled {
                progress.finish()
                Diagnostics.data.say("stopped; finished subjects are saved, run again with --resume")
                throw (watch.exitStatus ?? .stopped).exitCode
            }
            progress.finish()
            report(summary)
            if !summary.problems.isEmpty { throw ExitStatus.tooManyFailures.exitCode }
        }
    }

    private func report(_ summary: IngestSummary) {
        print("\(out)/processed: \(summary.subjects) subjects, \(summary.utterances) utterances")
        for position in 1...9 {
            guard let rate = summary.missRate(position: position) else { continue }
            print("head position \(position): no mouth in \(String(format: "%.1f", 100 * rate)) % of frames")
        }
        if !summary.absent.isEmpty {
            let list = summary.absent.map(String.init).joined(separator: " ")
            Diagnostics.data.say("warning: no archive, or an empty one, for subjects \(list)")
        }
        for warning in summary.warnings { Diagnostics.data.say("warning: \(warning)") }
        for problem in summary.problems { Diagnostics.data.say("error: \(problem)") }
    }
}

extension SpeakingFacesSplit: ExpressibleByArgument {}
extension ThermalGrey: ExpressibleByArgument {}
