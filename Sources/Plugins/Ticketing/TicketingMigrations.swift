internal import OpsCore

/// The plugin's tables, prefixed with its name.
enum TicketingMigrations {
    static let all =
        [
            Migration(
                "create_ticket",
                """
                CREATE TABLE ticketing_queue (
                    id BIGINT NOT NULL PRIMARY KEY,
                    name TEXT NOT NULL UNIQUE,
                    description TEXT NOT NULL,
                    assignee TEXT,
                    created_at BIGINT NOT NULL,
                    updated_at BIGINT NOT NULL,
                    generation BIGINT NOT NULL
                );
                CREATE TABLE ticketing_ticket (
                    id BIGINT NOT NULL PRIMARY KEY,
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
                CREATE INDEX ticketing_ticket_by_open ON ticketing_ticket (is_open, id);
                CREATE INDEX ticketing_ticket_by_urgency ON ticketing_ticket (is_open, priority, id);
                CREATE INDEX ticketing_ticket_by_priority ON ticketing_ticket (priority, id);
                CREATE INDEX ticketing_ticket_by_kind ON ticketing_ticket (kind, id);
                CREATE INDEX ticketing_ticket_by_state ON ticketing_ticket (state, id);
                CREATE INDEX ticketing_ticket_by_queue ON ticketing_ticket (queue_id, id, is_open);
                CREATE INDEX ticketing_ticket_by_queue_priority
                    ON ticketing_ticket (queue_id, is_open, priority, id);
                CREATE INDEX ticketing_ticket_by_assignee ON ticketing_ticket (assignee, id, is_open);
                CREATE INDEX ticketing_ticket_by_requester ON ticketing_ticket (requester, id);
                CREATE INDEX ticketing_ticket_by_own
                    ON ticketing_ticket (requester, is_open, priority, id);
                CREATE TABLE ticketing_entry (
                    id BIGINT NOT NULL PRIMARY KEY,
                    ticket_id BIGINT NOT NULL,
                    kind TEXT NOT NULL,
                    author TEXT NOT NULL,
                    body TEXT NOT NULL,
                    work_ms BIGINT,
                    at BIGINT NOT NULL
                );
                CREATE INDEX ticketing_entry_by_ticket ON ticketing_entry (ticket_id, id);
                CREATE INDEX ticketing_entry_by_work ON ticketing_entry (ticket_id, work_ms)
                    WHERE work_ms IS NOT NULL;
                CREATE INDEX ticketing_entry_by_time
                    ON ticketing_entry (at, author, work_ms, ticket_id) WHERE work_ms IS NOT NULL;
                """)
        ] + AttachmentMigrations.all + MoveMigrations.all + IntakeMigrations.all
}
