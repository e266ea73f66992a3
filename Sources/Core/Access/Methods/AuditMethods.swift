internal import OpsJSONRPC

struct ListAudit: Method {
    static let name = "audit.list"
    static let summary = "Lists who did what, and who was kept from it, newest first."
    static let effect = Effect.read
    static let columns = ["seq", "at", "principal", "action", "ref", "reason", "outcome"]
    @Param("Only this record.") var ref: Ref?
    @Param("Only what this principal did, such as uid:1000 or token:3.") var principal: String?
    @Param("Only calls of this method.") var method: String?
    @Param("Only this outcome: ok, or the kind of an error such as forbidden.")
    var outcome: String?
    @Param("Only from this time on.") var since: Instant?
    @Param("Only before this time.") var until: Instant?
    @Param("How many rows at most.", .range(1...1000)) var limit: Int = 100
    @Param("Where the last page ended.") var cursor: String?
    typealias Result = Page<AuditEntry>
}

struct VerifyAudit: Method {
    static let name = "audit.verify"
    static let summary = "Checks that no row of the audit log was changed, removed or put in."
    static let effect = Effect.read
    @Param("The first row to look at; the one before it is trusted.", .present(.atLeast(1)))
    var fromSeq: Int64?
    @Param("The head that an earlier check answered and that was kept elsewhere.")
    var expectedHead: String?
    struct Result: Codable, Sendable {
        /// Whether every row is as it was written.
        var ok: Bool
        /// How many rows were looked at.
        var checked: Int
        /// The last row that is as it was written, and its hash: keep it elsewhere, and give it as
        /// `expected_head` later.
        var head: String
        /// The first row that is not.
        var firstBadSeq: Int64?
        /// What is wrong with it.
        var problem: String?
    }
}
