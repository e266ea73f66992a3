internal import OpsCore

/// The tables of the files.
enum AttachmentMigrations {
    static let all = [
        Migration(
            "create_attachment",
            """
            CREATE TABLE ticketing_content (
                sha256 TEXT NOT NULL PRIMARY KEY,
                bytes BLOB NOT NULL
            );
            CREATE TABLE ticketing_attachment (
                id INTEGER NOT NULL PRIMARY KEY,
                ticket_id BIGINT NOT NULL,
                name TEXT NOT NULL,
                media_type TEXT NOT NULL,
                size BIGINT NOT NULL,
                sha256 TEXT NOT NULL,
                note INTEGER NOT NULL,
                author TEXT NOT NULL,
                created_at BIGINT NOT NULL
            );
            CREATE INDEX ticketing_attachment_by_ticket ON ticketing_attachment (ticket_id, id);
            CREATE INDEX ticketing_attachment_by_content ON ticketing_attachment (sha256);
            """)
    ]
}
