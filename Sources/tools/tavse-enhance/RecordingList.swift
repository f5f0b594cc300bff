import ArgumentParser
import Foundation
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
    private static let extensions: Set<String> = ["wav", "flac", "ogg", "oga", "aiff", "aif"]

    /// One job per recording, in the order given, folders by name.
    ///
    /// - Throws: `AudioError.missing`, or a usage error when two recordings share an output or an output is an input.
    static func jobs(inputs: [String], outputFolder: String, fileExtension: String) throws -> [EnhanceJob] {
        var jobs: [EnhanceJob] = []
        for input in inputs {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: input, isDirectory: &isFolder) else {
                throw AudioError.missing(path: input)
            }
            let names = isFolder.boolValue ? recordings(in: input) : [(input as NSString).lastPathComponent]
            guard !names.isEmpty else {
                throw ValidationError("\(input): a folder without WAV, FLAC, OGG or AIFF files")
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

    private static func recordings(in folder: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return names.filter { name in
            let last = (name as NSString).lastPathComponent
            return extensions.contains((name as NSString).pathExtension.lowercased()) && !last.hasPrefix(".")
        }.sorted()
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
