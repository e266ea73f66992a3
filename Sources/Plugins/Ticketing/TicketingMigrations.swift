internal import OpsCore

/// The plugin's tables, prefixed with its name.
enum TicketingMigrations {
    static let all =
        [
            Migration(
                "create_ticket",
                """
                CREATE TABLE ticketing_queue (
                    id INTEGER NOT NULL PRIMARY KEY,
                    name TEXT NOT NULL UNIQUE,
                    description TEXT NOT NULL,
                    assignee TEXT,
                    created_at BIGINT NOT NULL,
                    updated_at BIGINT NOT NULL,
                    generation BIGINT NOT NULL
                );
                CREATE TABLE ticketing_ticket (
                    id INTEGER NOT NULL PRIMARY KEY,
                    key TEXT NOT NULL UNIQUE,
                    kind TEXT NOT NULL,
                    title TEXT NOT NULL,
                    description TEXT NOT NULL,
                    state TEXT NOT NULL,
                    is_open INTEGER NOT NULL,
                    hold_reason TEXT,
                    impact INTEGER NOT NULL,
                    urgency INTEGER NOT NULL,
                    priority INTEGER NOT NULL,
                    priority_reason TEXT,
                    requester TEXT,
                    assignee TEXT,
                    queue_id BIGINT,
                    labels TEXT NOT NULL,
                    fields TEXT NOT NULL,
                    channel TEXT NOT NULL,
                    source TEXT UNIQUE,
                    resolution TEXT,
                    resolution_code TEXT,
                    root_cause TEXT,
                    workaround TEXT,
                    known_error INTEGER NOT NULL,
                    reopen_count BIGINT NOT NULL,
                    created_at BIGINT NOT NULL,
                    updated_at BIGINT NOT NULL,
                    resolved_at BIGINT,
                    closed_at BIGINT,
                    generation BIGINT NOT NULL,
                    is_taken_over INTEGER NOT NULL DEFAULT 0,
                    came_as TEXT NOT NULL DEFAULT 'new'
                );
                CREATE INDEX ticketing_ticket_by_priority ON ticketing_ticket (priority);
                CREATE INDEX ticketing_ticket_by_kind ON ticketing_ticket (kind);
                CREATE INDEX ticketing_ticket_by_state ON ticketing_ticket (state);
                CREATE INDEX ticketing_ticket_by_queue ON ticketing_ticket (queue_id);
                CREATE INDEX ticketing_ticket_by_assignee ON ticketing_ticket (assignee);
                CREATE INDEX ticketing_ticket_by_requester ON ticketing_ticket (requester);
                -- What is asked for most is open, and the least of what there is.
                CREATE INDEX ticketing_open ON ticketing_ticket (is_open) WHERE is_open = 1;
                CREATE INDEX ticketing_open_by_priority ON ticketing_ticket (is_open, priority)
                    WHERE is_open = 1;
                CREATE INDEX ticketing_open_by_queue ON ticketing_ticket (queue_id)
                    WHERE is_open = 1;
                CREATE INDEX ticketing_open_by_queue_priority
                    ON ticketing_ticket (queue_id, priority) WHERE is_open = 1;
                CREATE INDEX ticketing_open_by_assignee ON ticketing_ticket (assignee)
                    WHERE is_open = 1;
                CREATE INDEX ticketing_open_by_requester ON ticketing_ticket (requester, priority)
                    WHERE is_open = 1;
                CREATE TABLE ticketing_entry (
                    id INTEGER NOT NULL PRIMARY KEY,
                    ticket_id BIGINT NOT NULL,
                    kind TEXT NOT NULL,
                    author TEXT NOT NULL,
                    body TEXT NOT NULL,
                    work_ms BIGINT,
                    at BIGINT NOT NULL
                );
                CREATE INDEX ticketing_entry_by_ticket ON ticketing_entry (ticket_id);
                CREATE INDEX ticketing_entry_by_work ON ticketing_entry (ticket_id, work_ms)
                    WHERE work_ms IS NOT NULL;
                CREATE INDEX ticketing_entry_by_time
                    ON ticketing_entry (at, author, work_ms, ticket_id) WHERE work_ms IS NOT NULL;
                """)
        ] + AttachmentMigrations.all + MoveMigrations.all + IntakeMigrations.all
}
