import CTAVSEKernels
import Foundation

/// Kernels without the engine around them: a table of layers, and whole steps of the visual tower and the U-Net.
///
///     kernels-benchmark layers|tower|unet [--width 32] [--threads 2] [--batch 140] [--stem 2] [--runs 7] [--set 2] [--cpu]
///
/// Prints comma-separated rows. `--cpu` reports processor time, for one thread on a busy machine.
@main
enum Main {
    static func main() {
        let arguments = CommandLine.arguments
        func option(_ name: String, _ standard: Int) -> Int {
            guard let at = arguments.firstIndex(of: "--\(name)"), at + 1 < arguments.count else {
                return standard
            }
            return Int(arguments[at + 1]) ?? standard
        }
        let width = option("width", 32)
        let runs = option("runs", 7)
        tavse_set_thread_count(Int32(option("threads", 2)))
        if arguments.contains("--set"), !tavse_select_instruction_set(Int32(option("set", 2))) {
            print("this processor lacks instruction set \(option("set", 2))")
            return
        }
        let processor = arguments.contains("--cpu")
        func report(_ name: String, _ timing: Timing) {
            print(String(format: "%@,%.1f", name, processor ? timing.processor : timing.wall))
        }
        switch arguments.dropFirst().first {
        case "layers":
            LayerTable.print(batch: option("batch", 140), width: width, runs: runs, processor: processor)
        case "tower":
            let tower = Tower(batch: option("batch", 140), width: width, stemStride: option("stem", 2))
            tower.forward()
            report(
                "tower training step (ms)",
                Timing.best(of: runs) {
                    tower.forward(); tower.backward()
                })
            report("tower forward in training (ms)", Timing.best(of: runs) { tower.forward() })
            report("tower inference (ms)", Timing.best(of: runs) { tower.forward(training: false) })
            report("peak memory (MiB)", Timing(wall: peakMemory(), processor: peakMemory()))
        case "unet":
            let network = UNet(batch: option("batch", 8))
            network.forward()
            report(
                "U-Net training step (ms)",
                Timing.best(of: runs) {
                    network.forward(); network.backward()
                })
            report("U-Net inference (ms)", Timing.best(of: runs) { network.forward(training: false) })
        default:
            print(
                "kernels-benchmark layers|tower|unet [--width N] [--threads N] [--batch N] [--stem 1|2] [--runs N]"
            )
        }
    }

    static func peakMemory() -> Double {
        // Linux: "VmHWM:   123 kB" in the process's status.
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }
        return (line?.split(separator: " ").dropLast().last).flatMap { Double($0) }.map { $0 / 1024 } ?? .nan
    }
}
