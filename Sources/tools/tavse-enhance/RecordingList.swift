import ArgumentParser
import Foundation
import TAVSEBase
import TAVSESignal

/// A recording and where its enhanced version goes.
struct EnhanceJob: Equatable {
    let input: String
    let output: String
    /// File name without extension: what its video is found under.
    var utterance: String {
        ((input as NSString).lastPathComponent as NSString).deletingPathExtension
    }
}

/// Finds the recordings among files and folders.
enum RecordingList {
    /// One job per recording, in the order given, folders by name. The output folder is left out of folders that hold it.
    ///
    /// - Throws: `AudioError.missing`, or a usage error when two recordings share an output or an output is an input.
    static func jobs(inputs: [String], outputFolder: String, fileExtension: String) throws -> [EnhanceJob] {
        var jobs: [EnhanceJob] = []
        for input in inputs {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: input, isDirectory: &isFolder) else {
                throw AudioError.missing(path: input)
            }
            let names =
                isFolder.boolValue
                ? try FolderListing.audioFiles(in: input, leavingOut: [outputFolder])
                : [(input as NSString).lastPathComponent]
            guard !names.isEmpty else {
                throw ValidationError(
                    "\(input): a folder without audio files ("
                        + AudioFile.extensions.sorted().joined(separator: ", ") + ")")
            }
            for name in names {
                let stem = (name as NSString).deletingPathExtension
                jobs.append(
                    EnhanceJob(
                        input: isFolder.boolValue ? input + "/" + name : input,
                        output: outputFolder + "/" + stem + "." + fileExtension))
            }
        }
        try check(jobs)
        return jobs
    }

    private static func check(_ jobs: [EnhanceJob]) throws {
        var owner: [String: String] = [:]
        let inputs = Set(jobs.map { resolved($0.input) })
        for job in jobs {
            let output = resolved(job.output)
            if let other = owner.updateValue(job.input, forKey: output) {
                throw ValidationError("\(other) and \(job.input) would both become \(job.output)")
            }
            if inputs.contains(output) {
                throw ValidationError("\(job.output) is a recording to be enhanced; choose another --out")
            }
        }
    }

    private static func resolved(_ path: String) -> String {
        URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }
}
