internal import OpsCore

/// The table of the SLOs; what is counted lies in the series.
enum SLOSchema {
    static let migration = Migration(
        "create_slos",
        """
        CREATE TABLE monitoring_slo (
            id BIGINT NOT NULL PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            definition TEXT NOT NULL,
            counted_since BIGINT NOT NULL,
            revision BIGINT NOT NULL,
            firing_since TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL,
            generation BIGINT NOT NULL
        );
        """)
}
