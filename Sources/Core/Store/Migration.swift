/// One step of a plugin's schema: a name that never changes and portable SQL.
///
/// An owner's migrations are ordered and append-only. A migration that has been released is never
/// edited, renamed, moved or taken out; a change of the schema is a new migration at the end.
public struct Migration: Sendable, Hashable {
    /// The name, unique within the owner: `create_check`.
    public let name: String
    /// The statements, separated by semicolons, in the SQL that SQLite and PostgreSQL share.
    public let sql: String

    /// Creates a migration.
    public init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }
}
