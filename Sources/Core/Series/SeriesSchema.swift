/// The tables of the series store.
enum SeriesSchema {
    static let owner = "series"

    /// The owner's migrations.
    ///
    /// The table `series_tail` holds the samples since the last checkpoint, packed as by
    /// `TailWriter`, one row a flush. The table `series_chunk` holds the samples before it, packed
    /// as by `Chunk`; its times are milliseconds since 1970, both included.
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
            """)
    ]
}
