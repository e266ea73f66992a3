internal import OpsCore

/// The tables of calendars, SLAs and clocks.
enum SLAMigrations {
    static let all = [
        Migration(
            "create_clock",
            """
            CREATE TABLE ticketing_calendar (
                id INTEGER NOT NULL PRIMARY KEY,
                name TEXT NOT NULL UNIQUE,
                description TEXT NOT NULL,
                time_zone TEXT NOT NULL,
                week TEXT NOT NULL,
                days TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                generation BIGINT NOT NULL
            );
            CREATE TABLE ticketing_sla (
                id INTEGER NOT NULL PRIMARY KEY,
                name TEXT NOT NULL UNIQUE,
                description TEXT NOT NULL,
                rank INTEGER NOT NULL UNIQUE,
                active INTEGER NOT NULL,
                kind TEXT,
                priorities TEXT NOT NULL,
                labels TEXT NOT NULL,
                queue_id BIGINT,
                targets TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                generation BIGINT NOT NULL
            );
            CREATE TABLE ticketing_clock (
                id INTEGER NOT NULL PRIMARY KEY,
                ticket_id BIGINT NOT NULL,
                metric TEXT NOT NULL,
                cycle INTEGER NOT NULL,
                sla_id BIGINT NOT NULL,
                sla_name TEXT NOT NULL,
                target_ms BIGINT NOT NULL,
                calendar_id BIGINT,
                calendar_generation BIGINT,
                warn_pct INTEGER NOT NULL,
                pause_on TEXT NOT NULL,
                state TEXT NOT NULL,
                started_at BIGINT NOT NULL,
                due_at BIGINT,
                warn_at BIGINT,
                warned_at BIGINT,
                breached_at BIGINT,
                stopped_at BIGINT,
                is_late INTEGER NOT NULL,
                next_at BIGINT,
                sorted_at BIGINT NOT NULL
            );
            CREATE INDEX ticketing_clock_by_ticket ON ticketing_clock (ticket_id);
            CREATE INDEX ticketing_clock_by_next ON ticketing_clock (next_at);
            CREATE INDEX ticketing_clock_by_state ON ticketing_clock (state, sorted_at);
            CREATE INDEX ticketing_clock_by_end ON ticketing_clock (stopped_at);
            CREATE TABLE ticketing_clock_segment (
                clock_id BIGINT NOT NULL,
                position INTEGER NOT NULL,
                from_at BIGINT NOT NULL,
                to_at BIGINT,
                counts INTEGER NOT NULL,
                reason TEXT NOT NULL,
                work_ms BIGINT NOT NULL,
                calendar_id BIGINT,
                calendar_generation BIGINT,
                PRIMARY KEY (clock_id, position)
            );
            """)
    ]
}
