internal import OpsCore

/// The table of views.
enum ViewMigrations {
    static let all = [
        Migration(
            "create_view",
            """
            CREATE TABLE ticketing_view (
                id INTEGER NOT NULL PRIMARY KEY,
                name TEXT NOT NULL,
                description TEXT NOT NULL,
                owner TEXT NOT NULL,
                scope TEXT NOT NULL,
                filter TEXT NOT NULL,
                sort TEXT NOT NULL,
                columns TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                generation BIGINT NOT NULL,
                UNIQUE (scope, name)
            );
            """)
    ]
}
