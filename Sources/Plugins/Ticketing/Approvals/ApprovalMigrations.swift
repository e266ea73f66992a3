internal import OpsCore

/// The tables of approvals.
enum ApprovalMigrations {
    static let all = [
        Migration(
            "create_approval",
            """
            CREATE TABLE ticketing_approval (
                id INTEGER NOT NULL PRIMARY KEY,
                ticket_id BIGINT NOT NULL,
                mode TEXT NOT NULL,
                needed INTEGER NOT NULL,
                approvers TEXT NOT NULL,
                state TEXT NOT NULL,
                subject_hash TEXT NOT NULL,
                overrides_freeze INTEGER NOT NULL,
                freezes TEXT NOT NULL,
                comment TEXT NOT NULL,
                requested_by TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                generation BIGINT NOT NULL
            );
            CREATE INDEX ticketing_approval_by_ticket ON ticketing_approval (ticket_id, id);
            CREATE INDEX ticketing_approval_by_state ON ticketing_approval (state, id);
            CREATE TABLE ticketing_approval_approver (
                approver TEXT NOT NULL,
                approval_id BIGINT NOT NULL,
                PRIMARY KEY (approver, approval_id)
            );
            CREATE TABLE ticketing_approval_vote (
                approval_id BIGINT NOT NULL,
                approver TEXT NOT NULL,
                vote TEXT NOT NULL,
                comment TEXT NOT NULL,
                recorded_by TEXT,
                at BIGINT NOT NULL,
                PRIMARY KEY (approval_id, approver)
            );
            """)
    ]
}
