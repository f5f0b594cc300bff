import CPNG
import Foundation

/// A headless Chromium, where one is installed.
struct Browser {
    /// Its path; nil when the machine has none.
    static let path: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(
            String.init)
        let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
        let candidates = names.flatMap { name in folders.map { "\($0)/\(name)" } }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// A picture of a page.
    struct Picture {
        var width: Int, height: Int
        /// Red, green, blue and alpha `[height × width × 4]`.
        var pixels: [UInt8]

        /// Share of pixels within 6 steps of a colour.
        func share(of colour: (Int, Int, Int)) -> Double {
            var count = 0
            for start in stride(from: 0, to: pixels.count, by: 4) {
                let close =
                    abs(Int(pixels[start]) - colour.0) <= 6 && abs(Int(pixels[start + 1]) - colour.1) <= 6
                    && abs(Int(pixels[start + 2]) - colour.2) <= 6
                if close { count += 1 }
            }
            return Double(count) / Double(max(1, pixels.count / 4))
        }
    }

    private static func run(_ arguments: [String], folder: String) throws -> Tool.Outcome {
        let tool = try RunningTool(
            path: path ?? "",
            arguments: [
                "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
                "--user-data-dir=\(folder)/profile",
            ] + arguments, folder: folder, environment: [:])
        return tool.wait(timeout: 120)
    }

    /// The page as the browser shows it.
    static func picture(of page: String, dark: Bool, width: Int, height: Int, folder: String) throws
        -> Picture?
    {
        let file = folder + "/page.png"
        try? FileManager.default.removeItem(atPath: file)
        let scheme = dark ? ["--force-dark-mode", "--blink-settings=preferredColorScheme=0"] : []
        _ = try run(
            scheme + ["--window-size=\(width),\(height)", "--screenshot=\(file)", "file://\(page)"],
            folder: folder)
        guard let data = FileManager.default.contents(atPath: file) else { return nil }
        return decode([UInt8](data))
    }

    /// The page's elements after its scripts have run.
    static func document(of page: String, folder: String) throws -> String {
        try run(["--virtual-time-budget=3000", "--dump-dom", "file://\(page)"], folder: folder).output
    }

    private static func decode(_ bytes: [UInt8]) -> Picture? {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        guard png_image_begin_read_from_memory(&image, bytes, bytes.count) != 0 else { return nil }
        image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA)
        var pixels = [UInt8](repeating: 0, count: Int(image.width) * Int(image.height) * 4)
        guard png_image_finish_read(&image, nil, &pixels, 0, nil) != 0 else { return nil }
        return Picture(width: Int(image.width), height: Int(image.height), pixels: pixels)
    }
}
