internal import OpsJSONRPC

struct ShowHistory: Method {
    static let name = "record.history"
    static let summary = "Shows who changed a record, when, and what; newest first."
    static let effect = Effect.read
    static let columns = ["entry", "at", "principal", "action", "changed"]
    @Param("The record.", .positional) var ref: Ref
    @Param("Only from this time on.") var since: Instant?
    @Param("Only before this time.") var until: Instant?
    @Param("How many changes at most.", .range(1...1000)) var limit: Int = 100
    @Param("Where the last page ended.") var cursor: String?
    typealias Result = Page<RecordChange>
}

struct ShowRecordAsOf: Method {
    static let name = "record.as_of"
    static let summary = "Shows a record as it was at some time."
    static let effect = Effect.read
    @Param("The record.", .positional) var ref: Ref
    @Param("The time.", .positional) var at: Instant
    struct Result: Codable, Sendable {
        var ref: Ref
        var at: Instant
        /// Whether the record was there.
        var exists: Bool
        /// Its members at that time; absent when it was not there.
        var state: JSON?
        /// The audit entry that made it so; absent when that is older than the audit log.
        var entry: Int64?
        var principal: String?
        var since: Instant?
    }
}

struct RevertRecord: Method {
    static let name = "record.revert"
    static let summary = "Takes a change back, or all that the same call changed with it."
    static let effect = Effect.write
    /// What is taken back.
    enum Scope: String, Codable, CaseIterable, Sendable {
        /// The one entry.
        case entry
        /// All that the same call wrote with it, such as an import.
        case call
    }
    @Param("The number of the audit entry, as record.history and audit.list show it.", .positional)
    var entry: Int64
    @Param("Only the entry, or all that the same call wrote with it.") var scope: Scope = .entry
    struct Result: Codable, Sendable {
        /// A record that is as before.
        struct Change: Codable, Sendable {
            var ref: Ref
            var changed: [RecordChange.Difference]
            /// Whether it is gone now, or back.
            var exists: Bool
        }
        /// The entries that were taken back, newest first.
        var entries: [Int64]
        var changes: [Change]
    }
}
