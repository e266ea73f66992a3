internal import OpsCore

/// The tables of triggers.
enum TriggerMigrations {
    static let all = [
        Migration(
            "create_trigger",
            """
            CREATE TABLE ticketing_trigger (
                id INTEGER NOT NULL PRIMARY KEY,
                name TEXT NOT NULL UNIQUE,
                description TEXT NOT NULL,
                rank INTEGER NOT NULL UNIQUE,
                active INTEGER NOT NULL,
                kinds TEXT NOT NULL,
                event TEXT NOT NULL,
                after_ms BIGINT,
                state TEXT,
                waits_since TEXT,
                conditions TEXT NOT NULL,
                any_of TEXT NOT NULL,
                actions TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                generation BIGINT NOT NULL
            );
            CREATE TABLE ticketing_trigger_tally (
                trigger_id INTEGER NOT NULL PRIMARY KEY,
                runs BIGINT NOT NULL,
                failures BIGINT NOT NULL,
                stops BIGINT NOT NULL,
                turn BIGINT NOT NULL,
                last_run_at BIGINT,
                last_error TEXT,
                last_error_at BIGINT
            );
            CREATE TABLE ticketing_trigger_wait (
                trigger_id BIGINT NOT NULL,
                ticket_id BIGINT NOT NULL,
                due_at BIGINT NOT NULL,
                PRIMARY KEY (trigger_id, ticket_id)
            );
            CREATE INDEX ticketing_trigger_wait_by_ticket ON ticketing_trigger_wait (ticket_id);
            CREATE INDEX ticketing_trigger_wait_by_due ON ticketing_trigger_wait (due_at);
            """)
    ]
}
