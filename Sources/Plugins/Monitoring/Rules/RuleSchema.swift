internal import OpsCore

/// The tables of the rules, their alerts and what became of these.
enum RuleSchema {
    static let migration = Migration(
        "create_rules",
        """
        CREATE TABLE monitoring_rule (
            id BIGINT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            definition TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            generation BIGINT NOT NULL
        );
        CREATE TABLE monitoring_alert (
            rule_id BIGINT NOT NULL,
            labels TEXT NOT NULL,
            state TEXT NOT NULL,
            announced TEXT NOT NULL,
            value DOUBLE PRECISION,
            bad_since BIGINT,
            clear_since BIGINT,
            missing_since BIGINT,
            firing_since BIGINT,
            PRIMARY KEY (rule_id, labels)
        );
        CREATE TABLE monitoring_rule_history (
            id BIGINT NOT NULL PRIMARY KEY,
            rule_id BIGINT NOT NULL,
            at BIGINT NOT NULL,
            labels TEXT NOT NULL,
            previous_state TEXT NOT NULL,
            state TEXT NOT NULL,
            value DOUBLE PRECISION,
            suppressed_by TEXT
        );
        CREATE INDEX monitoring_rule_history_by_rule ON monitoring_rule_history (rule_id, id);
        CREATE INDEX monitoring_rule_history_by_time ON monitoring_rule_history (at);
        """)
}
