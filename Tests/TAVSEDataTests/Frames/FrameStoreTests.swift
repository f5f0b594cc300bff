import Foundation
import TAVSEBase
import TAVSEData
import TAVSESignal
import TestSupport
import Testing

@Suite("FrameStore") struct FrameStoreTests {
    private func build(_ folder: TemporaryFolder, frames: Int = 40, bytes: Int = 3000) throws -> String {
        let path = folder.file("rgb_mouth.lmdb")
        let writer = try FrameStoreWriter(path: path, durable: false)
        try writer.write(
            (0..<frames).map {
                .init(
                    utterance: "1_1_1_7", frame: $0, bytes: [UInt8](repeating: UInt8($0 % 251), count: bytes))
            })
        try writer.finish()
        return path
    }

    private func value(_ reader: FrameStore.Reader, _ utterance: String, _ frame: Int) throws -> [UInt8]? {
        try reader.withFrame(utterance: utterance, frame: frame) { bytes throws(DataError) in
            bytes.map(Array.init)
        }
    }

    @Test("gives back what was written, and nil for a frame that was not (round trip)")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let store = try FrameStore(path: build(folder))
        let reader = try store.reader()
        #expect(store.count == 40)
        #expect(try value(reader, "1_1_1_7", 3) == [UInt8](repeating: 3, count: 3000))
        #expect(try value(reader, "1_1_1_7", 40) == nil)
        #expect(try value(reader, "1_1_1_8", 3) == nil)
    }

    @Test("visits keys in order, frames of an utterance by number (by hand)")
    func order() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("s.lmdb")
        let writer = try FrameStoreWriter(path: path, durable: true)
        try writer.write([
            .init(utterance: "b", frame: 0, bytes: [1]), .init(utterance: "a", frame: 10, bytes: [2]),
            .init(utterance: "a", frame: 9, bytes: [3]),
        ])
        var keys: [String] = []
        try FrameStore(path: path).reader().forEach { key, _ throws(DataError) in
            keys.append(String(decoding: key, as: UTF8.self))
        }
        #expect(keys == ["a/000009", "a/000010", "b/000000"])
    }

    @Test("grows its map when it is full")
    func grows() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("s.lmdb")
        let writer = try FrameStoreWriter(path: path, durable: false, mapSize: 1 << 16)
        for batch in 0..<8 {
            try writer.write(
                (0..<50).map {
                    .init(utterance: "u\(batch)", frame: $0, bytes: [UInt8](repeating: 9, count: 4000))
                })
        }
        try writer.finish()
        #expect(try FrameStore(path: path).count == 400)
    }

    @Test("leaves no lock file and opens in a folder that cannot be written")
    func readOnly() throws {
        let folder = try TemporaryFolder()
        let path = try build(folder)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["data.mdb"])
        try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path + "/data.mdb")
        try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: path)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path) }
        #expect(try FrameStore(path: path).count == 40)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["data.mdb"])
    }

    @Test("opens a bare data file as well as a folder")
    func bareFile() throws {
        let folder = try TemporaryFolder()
        let path = try build(folder) + "/data.mdb"
        #expect(try FrameStore(path: path).count == 40)
    }

    @Test("refuses a truncated file instead of dying on it later", arguments: [0.3, 0.9, 0.999])
    func truncated(share: Double) throws {
        let folder = try TemporaryFolder()
        let path = try build(folder)
        let data = try Data(contentsOf: URL(fileURLWithPath: path + "/data.mdb"))
        try data.prefix(Int(Double(data.count) * share)).write(to: URL(fileURLWithPath: path + "/data.mdb"))
        do throws(DataError) {
            _ = try FrameStore(path: path)
            Issue.record("opened")
        } catch {
            guard case .frameStore(_, let reason) = error else {
                Issue.record("another error: \(error)")
                return
            }
            #expect(reason.hasPrefix("truncated:"))
        }
    }

    @Test(
        "says what is wrong with a damaged header",
        arguments: [
            (16, [0, 0, 0, 0], "not an LMDB file"), (16, [0xBE, 0xEF, 0xC0, 0xDE], "other byte order"),
            (20, [9, 0, 0, 0], "LMDB data format 9"), (40, [1, 2, 3, 0], "page size"),
        ])
    func header(offset: Int, bytes: [UInt8], words: String) throws {
        let folder = try TemporaryFolder()
        let path = try build(folder)
        var data = try Data(contentsOf: URL(fileURLWithPath: path + "/data.mdb"))
        data.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        try data.write(to: URL(fileURLWithPath: path + "/data.mdb"))
        do throws(DataError) {
            _ = try FrameStore(path: path)
            Issue.record("opened")
        } catch {
            guard case .frameStore(_, let reason) = error else {
                Issue.record("another error: \(error)")
                return
            }
            #expect(reason.contains(words))
        }
    }

    /// Reads every key and walks the store; gives the values found and the errors met.
    private func readAll(_ path: String, frames: Int) throws -> (values: [[UInt8]?], errors: [DataError]) {
        var values: [[UInt8]?] = []
        var errors: [DataError] = []
        do throws(DataError) {
            let reader = try FrameStore(path: path).reader()
            for frame in 0..<frames {
                do throws(DataError) {
                    values.append(
                        try reader.withFrame(utterance: "1_1_1_7", frame: frame) { bytes throws(DataError) in
                            bytes.map(Array.init)
                        })
                } catch { errors.append(error) }
            }
            try reader.forEach { _, _ in }
        } catch { errors.append(error) }
        return (values, errors)
    }

    @Test(
        "finds every frame of a deep store, in pages of their own and beside their keys (round trip)",
        arguments: [20, 700, 3000])
    func deep(bytes: Int) throws {
        let folder = try TemporaryFolder()
        let (values, errors) = try readAll(build(folder, frames: 3000, bytes: bytes), frames: 3001)
        #expect(errors.isEmpty)
        #expect(values.count == 3001 && values[3000] == nil)
        #expect(
            values.indices.dropLast().allSatisfy {
                values[$0] == [UInt8](repeating: UInt8($0 % 251), count: bytes)
            })
    }

    @Test(
        "calls any page that is overwritten damaged and never reads outside the file (all pages, many patterns)",
        arguments: [(300, 300), (60, 3000)])
    func damagedPages(frames: Int, bytes: Int) throws {
        let folder = try TemporaryFolder()
        let path = try build(folder, frames: frames, bytes: bytes)
        let file = URL(fileURLWithPath: path + "/data.mdb")
        let whole = try Data(contentsOf: file)
        let pageSize = 4096
        var generator = SplitMix64(seed: 1)
        var noticed = 0
        for page in 2..<whole.count / pageSize {
            let start = page * pageSize
            var headers: [[UInt8]] = [
                [UInt8](repeating: 0, count: pageSize), [UInt8](repeating: 0xFF, count: pageSize),
                // The number and marks stay, everything behind them is noise.
                whole[start..<start + 12]
                    + (12..<pageSize).map { _ in UInt8.random(in: 0...255, using: &generator) },
            ]
            // Entries that point anywhere, with the page's own header.
            headers.append(whole[start..<start + 16] + [UInt8](repeating: 0xF0, count: pageSize - 16))
            for header in headers {
                var copy = whole
                copy.replaceSubrange(start..<start + pageSize, with: header)
                try copy.write(to: file)
                let (_, errors) = try readAll(path, frames: frames)
                for error in errors {
                    guard case .frameStore(path, let reason) = error, reason.hasPrefix("damaged: ") else {
                        Issue.record("another error: \(error)")
                        return
                    }
                }
                noticed += errors.isEmpty ? 0 : 1
            }
        }
        // Pages of a value's bytes and free ones hold no structure: only the decoder could notice.
        #expect(noticed > 20)
    }

    @Test("says so when the tree's root or its number of frames is impossible", arguments: [120, 128])
    func damagedRoot(offset: Int) throws {
        let folder = try TemporaryFolder()
        let path = try build(folder)
        var data = try Data(contentsOf: URL(fileURLWithPath: path + "/data.mdb"))
        for meta in [0, 4096] {
            data.replaceSubrange(meta + offset..<meta + offset + 8, with: [9, 9, 9, 9, 9, 9, 9, 0])
        }
        try data.write(to: URL(fileURLWithPath: path + "/data.mdb"))
        let (_, errors) = try readAll(path, frames: 1)
        let error = try #require(errors.first)
        #expect(error.description.contains("damaged: "), "\(error)")
    }

    private func append(to path: String) throws {
        let writer = try FrameStoreWriter(path: path, durable: false)
        for frame in 0..<3 {
            try writer.write([.init(utterance: "v", frame: frame, bytes: [UInt8](repeating: 1, count: 3000))])
        }
        try writer.finish()
    }

    /// What opening a store to write says is wrong with it; nil when it opens.
    private func refusal(_ path: String) throws -> String? {
        do throws(DataError) {
            _ = try FrameStoreWriter(path: path, durable: false)
            return nil
        } catch {
            guard case .frameStore(path, let reason) = error else { throw error }
            return reason
        }
    }

    @Test("a store is gone on with, again and again, over pages that were freed (round trip)")
    func append() throws {
        let folder = try TemporaryFolder()
        let path = try build(folder, frames: 300, bytes: 300)
        for _ in 0..<4 {
            try append(to: path)
            #expect(try refusal(path) == nil)
        }
        let (values, errors) = try readAll(path, frames: 300)
        #expect(errors.isEmpty && values.allSatisfy { $0?.count == 300 })
        #expect(try FrameStore(path: path).count == 303)
    }

    @Test(
        "no damaged store is opened to write, and a store that opens can be written (all pages, many patterns)",
        arguments: [(100, 300), (20, 3000)])
    func damagedForWriting(frames: Int, bytes: Int) throws {
        let folder = try TemporaryFolder()
        let path = try build(folder, frames: frames, bytes: bytes)
        try append(to: path)
        let file = URL(fileURLWithPath: path + "/data.mdb")
        let whole = try Data(contentsOf: file)
        let pageSize = 4096
        var generator = SplitMix64(seed: 1)
        var refused = 0
        for page in 2..<whole.count / pageSize {
            let start = page * pageSize
            let page = [UInt8](whole[start..<start + pageSize])
            let noise = (0..<pageSize).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let patterns: [[UInt8]] = [
                [UInt8](repeating: 0, count: pageSize), [UInt8](repeating: 0xFF, count: pageSize),
                Array(page[..<12] + noise[12...]), Array(page.dropLast(64) + noise[..<64]),
                page[..<16] + [UInt8](repeating: 0xF0, count: pageSize - 16),
            ]
            for pattern in patterns {
                var copy = whole
                copy.replaceSubrange(start..<start + pageSize, with: pattern)
                try copy.write(to: file)
                if let reason = try refusal(path) {
                    #expect(reason.hasPrefix("damaged: "), "\(reason)")
                    #expect(
                        reason.hasSuffix("put back an undamaged copy, or remove processed/ and make it again")
                    )
                    #expect(try Data(contentsOf: file) == copy)
                    refused += 1
                } else {
                    // Bytes of a value, or of a page that nothing uses: writing does not read them.
                    try append(to: path)
                }
            }
        }
        #expect(refused > 20)
    }

    @Test("a field of the head that is overwritten ends no process (all fields, many patterns)")
    func damagedHeadForWriting() throws {
        let folder = try TemporaryFolder()
        let path = try build(folder, frames: 60, bytes: 300)
        try append(to: path)
        let file = URL(fileURLWithPath: path + "/data.mdb")
        let whole = try Data(contentsOf: file)
        for place in stride(from: 0, to: 152, by: 2) {
            for pattern: [UInt8] in [[0xFF, 0xFF], [0, 0], [7, 0x80]] {
                for heads in [[0], [0, 4096]] {
                    var copy = whole
                    for head in heads { copy.replaceSubrange(head + place..<head + place + 2, with: pattern) }
                    try copy.write(to: file)
                    // An error or none, and the test goes on.
                    do throws(DataError) {
                        let writer = try FrameStoreWriter(path: path, durable: false)
                        try writer.write([.init(utterance: "v", frame: 9, bytes: [1])])
                    } catch {
                        guard case .setting = error else { continue }
                        Issue.record("\(error)")
                    }
                }
            }
        }
    }

    @Test("a list of free pages that names a page in use, or none of the file, is damage")
    func damagedFreeList() throws {
        let folder = try TemporaryFolder()
        let path = try build(folder, frames: 300, bytes: 300)
        try append(to: path)
        let file = URL(fileURLWithPath: path + "/data.mdb")
        let whole = try Data(contentsOf: file)
        func word(_ place: Int) -> Int {
            whole[place..<place + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        // The newer head, the leaf of the free tree it names, and that leaf's first entry: 8 bytes of node, 8 of key.
        let head = word(144) > word(4096 + 144) ? 0 : 4096
        let leaf = word(head + 80) * 4096
        let entry = leaf + Int(whole[leaf + 16]) + Int(whole[leaf + 17]) << 8
        let count = word(entry + 16)
        #expect(count > 0 && count < 100)
        for (place, value, words) in [
            (entry + 24, word(head + 128), "used and listed as free"),
            (entry + 24, 1 << 40, "not in the file"), (entry + 24, 1, "not in the file"),
            (entry + 16, 1 << 40, "longer than its value"),
        ] {
            var copy = whole
            copy.replaceSubrange(place..<place + 8, with: withUnsafeBytes(of: UInt64(value)) { Data($0) })
            try copy.write(to: file)
            let reason = try #require(try refusal(path))
            #expect(reason.contains(words), "\(reason)")
        }
    }

    @Test("tells a missing store from an empty file")
    func missing() throws {
        let folder = try TemporaryFolder()
        #expect(throws: DataError.missingInput(path: folder.file("x"))) {
            try FrameStore(path: folder.file("x"))
        }
        let empty = try folder.write("", to: "empty.mdb")
        #expect(
            throws: DataError.frameStore(path: empty, reason: "0 bytes are too few for an LMDB file")
        ) { try FrameStore(path: empty) }
    }
}

@Suite("FrameKey") struct FrameKeyTests {
    @Test("is utterance, slash and six digits, and parses back (by hand)")
    func key() {
        #expect(FrameKey.text(utterance: "1_2_3_4", frame: 42) == "1_2_3_4/000042")
        let parsed = FrameKey.bytes(utterance: "1_2_3_4", frame: 999_999).withUnsafeBytes {
            FrameKey.parse($0)
        }
        #expect(parsed?.utterance == "1_2_3_4" && parsed?.frame == 999_999)
    }

    @Test(
        "does not parse anything else", arguments: ["", "abc", "/000001x", "u/00001", "u/00000a", "u000001"])
    func foreign(text: String) {
        #expect(Array(text.utf8).withUnsafeBytes { FrameKey.parse($0) == nil })
    }
}
