import GRDB

/// Schema versions, how one becomes the next, and how a file is recognised as a results store.
enum Schema {
    /// "TAVS" in ASCII, in the SQLite header: tells a results store from any other database.
    static let applicationID = 0x5441_5653

    /// SQLite 3.37 brought STRICT tables.
    static let minimumSQLite = (number: 3_037_000, name: "3.37.0")

    /// Numbered from 1, append-only; each runs in a transaction of its own.
    static let migrations: [@Sendable (Database) throws -> Void] = [
        { database in
            try database.execute(sql: SchemaVersion1.tables)
            try database.execute(sql: SchemaVersion1.views)
        },
        { database in
            try database.execute(sql: SchemaVersion2.tables)
            try database.execute(sql: SchemaVersion2.views)
        },
    ]

    static var currentVersion: Int { migrations.count }

    /// What a file is, from its header.
    enum State: Equatable {
        /// No tables, no identity: a new file.
        case blank
        /// A results store of this version.
        case store(version: Int)
        /// Something else.
        case foreign(applicationID: Int)
    }

    static func state(of database: Database) throws -> State {
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        if application == applicationID { return .store(version: version) }
        let objects = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        return application == 0 && version == 0 && objects == 0
            ? .blank : .foreign(applicationID: application)
    }

    /// Checks that the file is a store which this build understands; returns its version, 0 for a new file.
    static func check(_ database: Database, path: String) throws -> Int {
        switch try state(of: database) {
        case .blank: return 0
        case .foreign(let id): throw StoreError.foreignDatabase(path: path, applicationID: id)
        case .store(let version):
            if version > currentVersion {
                throw StoreError.newerSchema(path: path, found: version, supported: currentVersion)
            }
            guard version >= 1 else {
                throw StoreError.unmigratableSchema(path: path, found: version, supported: currentVersion)
            }
            return version
        }
    }

    /// Brings the file to the current version, one transaction per step.
    ///
    /// The version is read again inside each transaction, so that two processes may start on one new file.
    static func migrate(_ database: Database, path: String) throws {
        while true {
            var finished = false
            try database.inTransaction(.immediate) {
                let version = try check(database, path: path)
                guard version < currentVersion else {
                    finished = true
                    return .commit
                }
                try migrations[version](database)
                try database.execute(sql: "PRAGMA application_id = \(applicationID)")
                try database.execute(sql: "PRAGMA user_version = \(version + 1)")
                return .commit
            }
            if finished { return }
        }
    }
}
