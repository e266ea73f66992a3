internal import OpsCore

/// The steps that make the plugin's tables; further ones are only ever appended.
enum InventoryMigrations {
    static let all = [
        Migration(
            "create_records",
            """
            CREATE TABLE inventory_team (
                id INTEGER NOT NULL PRIMARY KEY,
                name TEXT NOT NULL UNIQUE,
                email TEXT,
                description TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                generation BIGINT NOT NULL
            );
            CREATE TABLE inventory_person (
                id INTEGER NOT NULL PRIMARY KEY,
                name TEXT NOT NULL,
                email TEXT UNIQUE,
                phone TEXT,
                team_id BIGINT,
                time_zone TEXT,
                away_from BIGINT,
                away_until BIGINT,
                description TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                generation BIGINT NOT NULL
            );
            CREATE INDEX inventory_person_by_name ON inventory_person (name, id);
            CREATE INDEX inventory_person_by_team ON inventory_person (team_id);
            CREATE TABLE inventory_location (
                id INTEGER NOT NULL PRIMARY KEY,
                name TEXT NOT NULL UNIQUE,
                parent_id BIGINT,
                address TEXT NOT NULL,
                description TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                generation BIGINT NOT NULL
            );
            CREATE INDEX inventory_location_by_parent ON inventory_location (parent_id);
            CREATE TABLE inventory_service (
                id INTEGER NOT NULL PRIMARY KEY,
                name TEXT NOT NULL UNIQUE,
                status TEXT NOT NULL,
                owner_id BIGINT,
                criticality BIGINT,
                parent_id BIGINT,
                min_up BIGINT,
                description TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                generation BIGINT NOT NULL
            );
            CREATE INDEX inventory_service_by_owner ON inventory_service (owner_id);
            CREATE INDEX inventory_service_by_parent ON inventory_service (parent_id);
            CREATE TABLE inventory_ci (
                id INTEGER NOT NULL PRIMARY KEY,
                name TEXT NOT NULL,
                class TEXT NOT NULL,
                status TEXT NOT NULL,
                environment TEXT NOT NULL,
                owner_id BIGINT,
                criticality BIGINT,
                location_id BIGINT,
                service_id BIGINT,
                fields TEXT NOT NULL,
                description TEXT NOT NULL,
                discovered_by TEXT,
                external_key TEXT,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                generation BIGINT NOT NULL,
                UNIQUE (class, name),
                UNIQUE (discovered_by, external_key)
            );
            CREATE TABLE inventory_deleted (
                noun TEXT NOT NULL,
                id BIGINT NOT NULL,
                generation BIGINT NOT NULL,
                PRIMARY KEY (noun, id)
            );
            CREATE INDEX inventory_ci_by_name ON inventory_ci (name, id);
            CREATE INDEX inventory_ci_by_owner ON inventory_ci (owner_id, name)
                WHERE owner_id IS NOT NULL;
            CREATE INDEX inventory_ci_by_location ON inventory_ci (location_id, name)
                WHERE location_id IS NOT NULL;
            CREATE INDEX inventory_ci_by_service ON inventory_ci (service_id, name)
                WHERE service_id IS NOT NULL;
            """),
        Migration(
            "create_relations",
            """
            CREATE TABLE inventory_relation (
                from_ci BIGINT NOT NULL,
                to_ci BIGINT NOT NULL,
                rel TEXT NOT NULL,
                grp TEXT NOT NULL,
                min_up BIGINT,
                created_at BIGINT NOT NULL,
                PRIMARY KEY (from_ci, rel, to_ci)
            );
            CREATE INDEX inventory_relation_to
                ON inventory_relation (to_ci, rel, from_ci, grp, min_up);
            CREATE INDEX inventory_relation_group ON inventory_relation (from_ci, rel, grp);
            """),
        Migration(
            "create_observations",
            """
            CREATE TABLE inventory_observation (
                id INTEGER NOT NULL PRIMARY KEY,
                source TEXT NOT NULL,
                external_key TEXT NOT NULL,
                ci_id BIGINT,
                class TEXT,
                name TEXT,
                kind TEXT,
                said TEXT NOT NULL,
                drift TEXT NOT NULL,
                first_seen_at BIGINT NOT NULL,
                seen_at BIGINT NOT NULL,
                UNIQUE (source, external_key)
            );
            CREATE INDEX inventory_observation_by_ci ON inventory_observation (ci_id)
                WHERE ci_id IS NOT NULL;
            CREATE INDEX inventory_observation_by_name ON inventory_observation (class, name)
                WHERE ci_id IS NULL;
            CREATE INDEX inventory_observation_undocumented ON inventory_observation (seen_at)
                WHERE ci_id IS NULL;
            CREATE INDEX inventory_observation_by_kind ON inventory_observation (kind, id);
            """),
    ]
}
