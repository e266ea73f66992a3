internal import OpsCore

/// The tables of changes.
enum ChangeMigrations {
    static let all = [
        Migration(
            "create_change",
            """
            CREATE TABLE ticketing_change (
                ticket_id INTEGER NOT NULL PRIMARY KEY,
                type TEXT NOT NULL,
                model_id BIGINT,
                risk TEXT,
                risk_reason TEXT,
                assessed_at BIGINT,
                reason TEXT NOT NULL,
                plan TEXT NOT NULL,
                backout_plan TEXT NOT NULL,
                test_plan TEXT NOT NULL,
                window_from BIGINT,
                window_to BIGINT,
                outage INTEGER NOT NULL,
                outcome TEXT,
                review_due_at BIGINT,
                implemented_at BIGINT
            );
            CREATE INDEX ticketing_change_by_window ON ticketing_change (window_to, window_from);
            CREATE INDEX ticketing_change_by_model ON ticketing_change (model_id);
            CREATE TABLE ticketing_change_model (
                id INTEGER NOT NULL PRIMARY KEY,
                name TEXT NOT NULL UNIQUE,
                description TEXT NOT NULL,
                reason TEXT NOT NULL,
                plan TEXT NOT NULL,
                backout_plan TEXT NOT NULL,
                test_plan TEXT NOT NULL,
                active INTEGER NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                generation BIGINT NOT NULL
            );
            CREATE TABLE ticketing_freeze (
                id INTEGER NOT NULL PRIMARY KEY,
                name TEXT NOT NULL UNIQUE,
                reason TEXT NOT NULL,
                from_at BIGINT NOT NULL,
                to_at BIGINT NOT NULL,
                items TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                generation BIGINT NOT NULL
            );
            CREATE INDEX ticketing_freeze_by_time ON ticketing_freeze (to_at, from_at);
            """)
    ]
}
