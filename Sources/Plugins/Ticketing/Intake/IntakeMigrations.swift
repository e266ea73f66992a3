internal import OpsCore

/// The tables of the intake.
enum IntakeMigrations {
    static let all = [
        Migration(
            "create_intake",
            """
            CREATE TABLE ticketing_position (
                listener TEXT NOT NULL PRIMARY KEY,
                seq BIGINT NOT NULL
            );
            CREATE TABLE ticketing_watch (
                check_ref TEXT NOT NULL PRIMARY KEY,
                ticket_key TEXT NOT NULL,
                fails INTEGER NOT NULL,
                resolves INTEGER NOT NULL,
                reopens_within_ms BIGINT NOT NULL
            );
            CREATE INDEX ticketing_watch_by_ticket ON ticketing_watch (ticket_key, fails);
            """)
    ]
}
