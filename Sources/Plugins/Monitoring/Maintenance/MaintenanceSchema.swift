internal import OpsCore

/// The table of the maintenances.
enum MaintenanceSchema {
    static let migration = Migration(
        "create_maintenance",
        """
        CREATE TABLE monitoring_maintenance (
            id BIGINT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            comment TEXT NOT NULL,
            selector TEXT NOT NULL,
            root_check BIGINT,
            starts_at BIGINT NOT NULL,
            duration_ms BIGINT NOT NULL,
            rrule TEXT NOT NULL,
            time_zone TEXT NOT NULL,
            exdates TEXT NOT NULL,
            rdates TEXT NOT NULL,
            cancelled_at BIGINT,
            running_from BIGINT,
            running_until BIGINT,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            generation BIGINT NOT NULL
        );
        """)
}
