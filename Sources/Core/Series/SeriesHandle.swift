/// A series to append to, looked up once so that appending needs no look-up.
///
/// A handle stays good as long as its `Series` lives: a series that retention has deleted comes
/// back with the next sample.
public struct SeriesHandle: Sendable {
    let entry: SeriesEntry
}
