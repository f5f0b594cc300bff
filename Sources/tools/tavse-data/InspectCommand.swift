import ArgumentParser
import Foundation
import TAVSEBase
import TAVSECorpus
import TAVSEData
import ToolSupport

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Draw one utterance: frames of both cameras above its waveform and spectrogram (PNG).")

    @Argument(help: "Data root that holds processed/.", completion: .directory) var directory: String
    @Argument(help: "Utterance id as in the manifest.") var utterance: String
    @Option(help: "PNG file to write; <utterance>.png unless given.", completion: .file(extensions: ["png"]))
    var out: String?

    func run() throws {
        try Diagnostics.data.reportingErrors {
            let sheet = try ContactSheet(DataRoot(directory)).draw(utterance)
            let path = out ?? utterance + ".png"
            do {
                try AtomicFile.write(Data(PNGCodec.encode(sheet, level: 9)), to: path)
            } catch let error as FileWriteError {
                throw DataError.cannotWrite(path: path, reason: error.reason)
            }
            print(path)
        }
    }
}
