internal import OpsCore

/// The steps that make the plugin's tables; further ones are only ever appended.
enum MonitoringMigrations {
    static let all = [
        Migration(
            "create_checks",
            """
            CREATE TABLE monitoring_check (
                id BIGINT NOT NULL PRIMARY KEY,
                name TEXT NOT NULL UNIQUE,
                type TEXT NOT NULL,
                labels TEXT NOT NULL,
                interval_ms BIGINT NOT NULL,
                retry_interval_ms BIGINT NOT NULL,
                timeout_ms BIGINT NOT NULL,
                max_attempts BIGINT NOT NULL,
                members TEXT NOT NULL,
                origin TEXT NOT NULL,
                paused BIGINT NOT NULL,
                state TEXT NOT NULL,
                state_type TEXT NOT NULL,
                attempt BIGINT NOT NULL,
                hard_state TEXT NOT NULL,
                output TEXT NOT NULL,
                long_output TEXT NOT NULL,
                duration_ms DOUBLE PRECISION,
                last_check_at BIGINT,
                last_state_change_at BIGINT,
                last_hard_state_change_at BIGINT,
                last_submission_at BIGINT,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                generation BIGINT NOT NULL
            );
            CREATE TABLE monitoring_history (
                id BIGINT NOT NULL PRIMARY KEY,
                check_id BIGINT NOT NULL,
                at BIGINT NOT NULL,
                state TEXT NOT NULL,
                previous_state TEXT NOT NULL,
                attempt BIGINT NOT NULL,
                output TEXT NOT NULL
            );
            CREATE INDEX monitoring_history_by_check ON monitoring_history (check_id, id);
            CREATE INDEX monitoring_history_by_time ON monitoring_history (at);
            """),
        Migration(
            "create_targets_and_templates",
            """
            CREATE TABLE monitoring_target (
                id BIGINT NOT NULL PRIMARY KEY,
                name TEXT NOT NULL UNIQUE,
                address TEXT NOT NULL,
                labels TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                generation BIGINT NOT NULL
            );
            CREATE TABLE monitoring_template (
                id BIGINT NOT NULL PRIMARY KEY,
                name TEXT NOT NULL UNIQUE,
                selector TEXT NOT NULL,
                members TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                generation BIGINT NOT NULL
            );
            ALTER TABLE monitoring_check ADD COLUMN target_id BIGINT;
            ALTER TABLE monitoring_check ADD COLUMN template_id BIGINT;
            """),
        MaintenanceSchema.migration,
        Migration(
            "add_announcements",
            """
            ALTER TABLE monitoring_check ADD COLUMN policy TEXT NOT NULL DEFAULT '{}';
            ALTER TABLE monitoring_check ADD COLUMN announced_state TEXT NOT NULL DEFAULT '';
            UPDATE monitoring_check SET announced_state = hard_state;
            ALTER TABLE monitoring_check ADD COLUMN memory TEXT NOT NULL DEFAULT '{}';
            ALTER TABLE monitoring_history ADD COLUMN announced BIGINT NOT NULL DEFAULT 1;
            ALTER TABLE monitoring_history ADD COLUMN suppressed_by TEXT NOT NULL DEFAULT '[]';
            """),
        RuleSchema.migration,
        SLOSchema.migration,
        Migration(
            "add_flapping_to_history",
            "ALTER TABLE monitoring_history ADD COLUMN flapping BIGINT;"),
        Migration(
            "create_pending_checks",
            """
            CREATE TABLE monitoring_pending_check (
                id BIGINT NOT NULL PRIMARY KEY,
                target_id BIGINT NOT NULL,
                template_id BIGINT NOT NULL,
                created_at BIGINT NOT NULL
            );
            """),
        // What a check can be filtered by in a search is worked out from all of it, which SQL cannot;
        // and there may be a million, for which a start must not wait: housekeeping does it.
        Migration(
            "index_checks_by_facets",
            """
            CREATE TABLE monitoring_unindexed (id BIGINT NOT NULL PRIMARY KEY);
            INSERT INTO monitoring_unindexed (id) SELECT id FROM monitoring_check;
            """),
    ]
}
