public import OpsJSONRPC

/// A token as the server remembers it: everything but the token itself.
public struct TokenRecord: Codable, Sendable {
    /// What to revoke it by.
    public var ref: Ref
    /// What it is for.
    public var name: String
    /// The role in which it acts.
    public var role: String
    /// What it was restricted to when it was made, in words.
    public var restrictions: [String]
    /// When it was made.
    public var createdAt: Instant
    /// Who made it.
    public var createdBy: String
    /// When it was revoked.
    public var revokedAt: Instant?

    init(row: Row) throws {
        ref = TokenSchema.ref(try row.int("id"))
        name = try row.text("name")
        role = try row.text("role")
        restrictions = (try row.json("restrictions").array ?? []).compactMap(\.string)
        createdAt = try row.instant("created_at")
        createdBy = try row.text("created_by")
        revokedAt = try row.optionalInstant("revoked_at")
    }

    init(
        ref: Ref, name: String, role: String, restrictions: [String], createdAt: Instant,
        createdBy: String
    ) {
        self.ref = ref
        self.name = name
        self.role = role
        self.restrictions = restrictions
        self.createdAt = createdAt
        self.createdBy = createdBy
    }
}
