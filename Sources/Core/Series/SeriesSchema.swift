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
    /// The table `series_rollup` holds what the samples of a day come to, for each length of
    /// `RollupTier`, packed as by `RollupEncoder`. The table `series_day` has a row for each day of
    /// a group: `due` says that samples came or went since it was rolled up, `pruned` of which
    /// series retention has deleted the samples (see `PrunedSeries`), and `has_late` that others
    /// came since.
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
        Migration(
            "create_series_rollup",
            """
            CREATE TABLE series_day (
                series_group BIGINT NOT NULL,
                day BIGINT NOT NULL,
                due BIGINT NOT NULL,
                pruned BIGINT NOT NULL,
                has_late BIGINT NOT NULL,
                pruned_series BLOB,
                PRIMARY KEY (series_group, day)
            );
            CREATE TABLE series_rollup (
                series_group BIGINT NOT NULL,
                tier BIGINT NOT NULL,
                day BIGINT NOT NULL,
                data BLOB NOT NULL,
                PRIMARY KEY (series_group, tier, day)
            );
            INSERT INTO series_day (series_group, day, due, pruned, has_late)
                SELECT DISTINCT series_group, start_at / 86400000, 1, 0, 0 FROM series_block
                UNION SELECT DISTINCT series_group, end_at / 86400000, 1, 0, 0 FROM series_block;
            """),
        Migration(
            // Blocks of before could reach a little over a day, so that three days have a part.
            "mark_middle_days",
            """
            INSERT INTO series_day (series_group, day, due, pruned, has_late)
                SELECT DISTINCT series_group, start_at / 86400000 + 1, 1, 0, 0 FROM series_block
                WHERE end_at / 86400000 - start_at / 86400000 >= 2
                ON CONFLICT DO NOTHING;
            """),
    ]
}
