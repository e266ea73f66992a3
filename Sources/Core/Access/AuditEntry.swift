public import OpsJSONRPC

/// One row of the audit log: who did what to which record, and why.
public struct AuditEntry: Codable, Sendable {
    /// The row's number; rows are never changed or reused.
    public var seq: Int64
    /// When it was committed.
    public var at: Instant
    /// Who acted.
    public var principal: String
    /// Why: the call, or the plugin's own words.
    public var reason: String
    /// What was done.
    public var action: String
    /// The record concerned.
    public var ref: Ref?
    /// The record before.
    public var before: JSON?
    /// The record after; of a denial, the error and how often it was the same.
    public var after: JSON?
    /// The method that was called.
    public var method: String?
    /// The call's name.
    public var requestId: String?
    /// How it ended: `ok`, or the kind of an error.
    public var outcome: String?

    init(row: Row) throws {
        seq = try row.int64("seq")
        at = try row.instant("at")
        principal = try row.text("principal")
        reason = try row.text("reason")
        action = try row.text("action")
        ref = try row.optionalRef("ref")
        before = try row.optionalJSON("before")
        after = try row.optionalJSON("after")
        method = try row.optionalText("method")
        requestId = try row.optionalText("request_id")
        outcome = try row.optionalText("outcome")
    }
}
