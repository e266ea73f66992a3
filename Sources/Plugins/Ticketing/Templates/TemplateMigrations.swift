internal import OpsCore

/// The table of templates.
enum TemplateMigrations {
    static let all = [
        Migration(
            "create_ticket_template",
            """
            CREATE TABLE ticketing_ticket_template (
                id INTEGER NOT NULL PRIMARY KEY,
                name TEXT NOT NULL UNIQUE,
                description TEXT NOT NULL,
                body TEXT NOT NULL,
                members TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                generation BIGINT NOT NULL
            );
            """)
    ]
}
