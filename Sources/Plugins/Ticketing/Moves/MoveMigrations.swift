internal import OpsCore

/// The table of merges and splits.
enum MoveMigrations {
    static let all = [
        Migration(
            "create_move",
            """
            CREATE TABLE ticketing_move (
                id INTEGER NOT NULL PRIMARY KEY,
                kind TEXT NOT NULL,
                source TEXT NOT NULL,
                target TEXT NOT NULL,
                subject TEXT NOT NULL,
                moved TEXT NOT NULL,
                at BIGINT NOT NULL,
                undone_at BIGINT
            );
            CREATE INDEX ticketing_move_by_subject ON ticketing_move (subject, undone_at, id);
            CREATE INDEX ticketing_move_by_target ON ticketing_move (target, undone_at);
            CREATE INDEX ticketing_move_undone ON ticketing_move (at) WHERE undone_at IS NOT NULL;
            """)
    ]
}
