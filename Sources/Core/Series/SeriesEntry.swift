/// One series in memory.
///
/// `@unchecked Sendable`: everything but `key` is touched only while the lock around the
/// `SeriesState` that knows the entry is held.
final class SeriesEntry: @unchecked Sendable {
    let key: PackedKey
    /// Given by the first sample; taken away when retention has deleted the series.
    var id: SeriesID?
    /// Whether the store has a row for it.
    var isSaved = false
    var head = SeriesHead()

    init(_ key: PackedKey) {
        self.key = key
    }
}
