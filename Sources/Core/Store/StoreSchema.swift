/// The store's own tables.
enum StoreSchema {
    /// The owner's name of the store's own migrations.
    static let owner = "store"

    // The store's own numbers; the dot keeps them apart from every noun of a plugin.
    static let eventNoun = "store.event"
    static let auditNoun = "store.audit"
    static let documentNoun = "store.document"

    /// What marks a file as ours in the header that SQLite keeps for this ("OpsL").
    static let applicationID = 0x4f70_734c

    /// Where migrations are remembered; it has to exist before the first of them runs.
    static let migrationTable = """
        CREATE TABLE IF NOT EXISTS migration (
            owner TEXT NOT NULL,
            name TEXT NOT NULL,
            position INTEGER NOT NULL,
            applied_at BIGINT NOT NULL,
            PRIMARY KEY (owner, name)
        )
        """

    static let migrations = [
        Migration(
            "create_log_tables",
            """
            CREATE TABLE sequence (noun TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL);
            CREATE TABLE event (
                seq INTEGER NOT NULL PRIMARY KEY,
                at BIGINT NOT NULL,
                topic TEXT NOT NULL,
                ref TEXT,
                data TEXT NOT NULL
            );
            CREATE TABLE audit (
                seq INTEGER NOT NULL PRIMARY KEY,
                at BIGINT NOT NULL,
                principal TEXT NOT NULL,
                reason TEXT NOT NULL,
                action TEXT NOT NULL,
                ref TEXT,
                before TEXT,
                after TEXT
            );
            CREATE INDEX audit_ref ON audit (ref, seq);
            """),
        Migration(
            "create_link",
            """
            CREATE TABLE link (
                from_ref TEXT NOT NULL,
                relation TEXT NOT NULL,
                to_ref TEXT NOT NULL,
                at BIGINT NOT NULL,
                PRIMARY KEY (from_ref, relation, to_ref)
            ) WITHOUT ROWID;
            CREATE INDEX link_to ON link (to_ref, relation, from_ref);
            """),
        Migration(
            "create_search",
            """
            CREATE TABLE search_document (
                id INTEGER NOT NULL PRIMARY KEY,
                ref TEXT NOT NULL UNIQUE,
                noun TEXT NOT NULL,
                title TEXT NOT NULL,
                body TEXT NOT NULL,
                labels TEXT NOT NULL
            );
            CREATE VIRTUAL TABLE search_index USING fts5 (
                title, body, labels,
                content='search_document', content_rowid='id',
                tokenize='unicode61 remove_diacritics 2', prefix='2 3'
            );
            """),
        Migration(
            chainMigration,
            """
            ALTER TABLE audit ADD COLUMN method TEXT;
            ALTER TABLE audit ADD COLUMN request_id TEXT;
            ALTER TABLE audit ADD COLUMN outcome TEXT;
            ALTER TABLE audit ADD COLUMN hash BLOB;
            CREATE INDEX audit_principal ON audit (principal, seq);
            CREATE INDEX audit_at ON audit (at);
            CREATE INDEX audit_refused ON audit (seq) WHERE outcome <> 'ok';
            """),
        Migration(
            "add_search_facets",
            """
            ALTER TABLE search_document ADD COLUMN facets TEXT NOT NULL DEFAULT '';
            UPDATE search_document SET facets = LOWER(HEX('noun') || 'x' || HEX(noun));
            DROP TABLE search_index;
            CREATE VIRTUAL TABLE search_index USING fts5 (
                title, body, labels, facets,
                content='search_document', content_rowid='id',
                tokenize='unicode61 remove_diacritics 2', prefix='3'
            );
            INSERT INTO search_index (search_index) VALUES ('rebuild');
            """),
        // What a transaction adds to the index is gathered in memory before it is written, by default
        // one megabyte; with four an import takes a quarter less for the index.
        Migration(
            "gather_search_index",
            "INSERT INTO search_index (search_index, rank) VALUES ('hashsize', 4194304);"),
    ]

    /// The migration after which the audit log is a chain.
    static let chainMigration = "chain_audit"
}
