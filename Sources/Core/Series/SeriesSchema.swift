/// The tables of the series store.
enum SeriesSchema {
    static let owner = "series"

    /// The owner's migrations.
    ///
    /// The table `series_tail` holds the samples since the last checkpoint, packed as by
    /// `TailWriter`, one row a flush. The table `series_block` holds the samples before it, packed
    /// as by `BlockEncoder`; its times are milliseconds since 1970, both included, and of two blocks
    /// with a sample of the same instant the one with the higher number counts. The table
    /// `series_group` holds names and labels, packed as by `GroupKeys`.
    ///
    /// The tables `series` and `series_chunk` are those of the first format; what is in them moves
    /// when the store is opened (`Series+Migration.swift`).
    static let migrations = [
        Migration(
            "create_series",
            """
            CREATE TABLE series (
                id INTEGER PRIMARY KEY,
                name TEXT NOT NULL,
                labels TEXT NOT NULL
            );
            CREATE TABLE series_tail (
                id INTEGER PRIMARY KEY,
                data BLOB NOT NULL
            );
            CREATE TABLE series_chunk (
                id INTEGER PRIMARY KEY,
                series BIGINT NOT NULL,
                start_at BIGINT NOT NULL,
                end_at BIGINT NOT NULL,
                count INTEGER NOT NULL,
                data BLOB NOT NULL
            );
            CREATE INDEX series_chunk_by_end ON series_chunk (series, end_at);
            """),
        Migration(
            "create_series_block",
            """
            CREATE TABLE series_group (
                number BIGINT NOT NULL PRIMARY KEY,
                data BLOB NOT NULL
            );
            CREATE TABLE series_block (
                id INTEGER PRIMARY KEY,
                series_group BIGINT NOT NULL,
                start_at BIGINT NOT NULL,
                end_at BIGINT NOT NULL,
                count BIGINT NOT NULL,
                data BLOB NOT NULL
            );
            CREATE INDEX series_block_by_end ON series_block (series_group, end_at);
            """),
    ]
}
