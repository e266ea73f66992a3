/// The table of tokens.
enum TokenSchema {
    /// The owner's name of its migrations.
    static let owner = "access"
    /// The noun of a token's ref, and the first word of its principal.
    static let noun = "token"

    static let migrations = [
        Migration(
            "create_token",
            """
            CREATE TABLE token (
                id INTEGER NOT NULL PRIMARY KEY,
                name TEXT NOT NULL,
                role TEXT NOT NULL,
                salt BLOB NOT NULL,
                restrictions TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                created_by TEXT NOT NULL,
                revoked_at BIGINT
            );
            """)
    ]

    static func ref(_ id: Int) -> Ref { Ref(noun, id) }
}
