import Foundation
import GRDB
import TestSupport
import Testing

@testable import TAVSEStore

@Suite struct ResultsStoreTests {
    @Test("opens a new file, and the same file again, with tables of the current version (property)")
    func createsAndReopens() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("r.sqlite")
        _ = try ResultsStore(path: path, access: .readWrite)
        let store = try ResultsStore(path: path, access: .readWrite)
        let version = try store.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
        let application = try store.read { try Int.fetchOne($0, sql: "PRAGMA application_id") }
        let journal = try store.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
        #expect(version == Schema.currentVersion)
        #expect(application == Schema.applicationID)
        #expect(journal == "delete")
    }

    @Test("refuses, with the exact reason, a file that is missing, empty, or not a database (closed form)")
    func refusesOtherFiles() throws {
        let folder = try TemporaryFolder()
        let missing = folder.file("none.sqlite")
        #expect(throws: StoreError.missingFile(path: missing)) {
            try ResultsStore(path: missing, access: .readOnly)
        }
        let text = folder.file("text.sqlite")
        try "system,utterance\n".write(toFile: text, atomically: false, encoding: .utf8)
        for access in [ResultsStore.Access.readOnly, .readWrite] {
            #expect(throws: StoreError.notADatabase(path: text)) {
                try ResultsStore(path: text, access: access)
            }
        }
        let empty = folder.file("empty.sqlite")
        try Data().write(to: URL(fileURLWithPath: empty))
        #expect(throws: StoreError.emptyFile(path: empty)) {
            try ResultsStore(path: empty, access: .readOnly)
        }
        let nowhere = folder.file("no/such/r.sqlite")
        #expect(throws: StoreError.missingFolder(path: folder.file("no/such"))) {
            try ResultsStore(path: nowhere, access: .readWrite)
        }
        #expect(throws: StoreError.self) {
            try ResultsStore(path: folder.path, access: .readWrite)
        }
    }

    @Test("refuses a database of another program, and versions it cannot use (closed form)")
    func refusesOtherVersions() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("r.sqlite")
        func set(_ sql: String) throws {
            let queue = try DatabaseQueue(path: path)
            try queue.inDatabase { try $0.execute(sql: sql) }
            try queue.close()
        }
        try set("CREATE TABLE other (x)")
        for access in [ResultsStore.Access.readOnly, .readWrite] {
            #expect(throws: StoreError.foreignDatabase(path: path, applicationID: 0)) {
                try ResultsStore(path: path, access: access)
            }
        }
        try FileManager.default.removeItem(atPath: path)
        _ = try ResultsStore(path: path, access: .readWrite)
        try set("PRAGMA user_version = 99")
        for access in [ResultsStore.Access.readOnly, .readWrite] {
            #expect(throws: StoreError.newerSchema(path: path, found: 99, supported: Schema.currentVersion)) {
                try ResultsStore(path: path, access: access)
            }
        }
        try set("PRAGMA user_version = 0")
        #expect(throws: StoreError.unmigratableSchema(path: path, found: 0, supported: Schema.currentVersion))
        {
            try ResultsStore(path: path, access: .readWrite)
        }
    }

    @Test("refuses a damaged database without crashing, wherever the damage is (property)")
    func damaged() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("r.sqlite")
        try Sample.fill(ResultsStore(path: path, access: .readWrite), system: "A", [("u1", 0.5)])
        let good = try Data(contentsOf: URL(fileURLWithPath: path))
        for start in stride(from: 16, to: good.count, by: good.count / 23) {
            var bad = good
            bad.replaceSubrange(start..<min(start + 400, good.count), with: repeatElement(0xA5, count: 400))
            try bad.prefix(good.count).write(to: URL(fileURLWithPath: path))
            do {
                let store = try ResultsStore(path: path, access: .readOnly, busySeconds: 0)
                _ = try store.scoreTable()
            } catch let error {
                #expect(!error.description.isEmpty)
            }
        }
        try good.prefix(good.count / 2).write(to: URL(fileURLWithPath: path))
        #expect(throws: StoreError.self) {
            try ResultsStore(path: path, access: .readOnly).scoreTable()
        }
    }

    @Test("waits for another writer and then says that the file is in use (closed form)")
    func busy() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("r.sqlite")
        let first = try ResultsStore(path: path, access: .readWrite)
        let second = try ResultsStore(path: path, access: .readWrite, busySeconds: 0.05)
        _ = try first.write { _ in
            #expect(throws: StoreError.busy(path: path, seconds: 0.05)) {
                try second.register([Sample.stoi])
            }
        }
        #expect(try second.register([Sample.stoi]).count == 1)
    }

    @Test("guards every score: a finite value or a reason, never both, never neither (property)")
    func constraints() throws {
        let folder = try TemporaryFolder()
        let store = try ResultsStore(path: folder.file("r.sqlite"), access: .readWrite)
        try Sample.fill(store, system: "A", [("u1", 0.5)])
        func insert(_ value: String, _ status: String, _ reason: String) throws {
            try store.write {
                try $0.execute(
                    sql: "INSERT INTO score VALUES (1, 1, 2, 1, \(value), \(status), \(reason), NULL)")
            }
        }
        let wrong = [
            ("NULL", "NULL", "NULL"), ("1.0", "'too_short'", "'why'"), ("NULL", "'too_short'", "NULL"),
            ("9e999", "NULL", "NULL"), ("NULL", "'ok'", "'why'"), ("1.0", "NULL", "'why'"),
            ("'x'", "NULL", "NULL"),
        ]
        for (value, status, reason) in wrong {
            #expect(throws: StoreError.self) { try insert(value, status, reason) }
        }
        try insert("NULL", "'too_short'", "'why'")
        #expect(throws: StoreError.self) {
            try store.write {
                try $0.execute(sql: "INSERT INTO score VALUES (7, 1, 1, 1, 1.0, NULL, NULL, NULL)")
            }
        }
    }

    @Test("keeps a failed batch out entirely and the batches before it (property)")
    func transactions() throws {
        let folder = try TemporaryFolder()
        let store = try ResultsStore(path: folder.file("r.sqlite"), access: .readWrite)
        let run = try Sample.fill(store, system: "A", [("u1", 0.5)])
        let estimate = EstimateRecord(path: nil, contentHash: nil)
        let good = ItemResult(item: Sample.item("u2"), estimate: estimate, scores: [])
        let bad = ItemResult(
            item: Sample.item("u3"), estimate: estimate,
            scores: [ScoreRecord(signal: .enhanced, metric: MetricID(rawValue: 42), outcome: .value(1))])
        #expect(throws: StoreError.self) { try store.commit([good, bad], run: run) }
        #expect(try store.scoreTable().items.map(\.utterance) == ["u1"])
        #expect(try store.stored(for: Sample.item("u2"), run: run).estimate == nil)
    }
}
