/// One sample of an exposition.
///
/// Its name and labels are not read yet: a scraper that has met the same bytes before knows them.
struct ExpositionSample: Sendable, Equatable {
    /// Where name and labels stand in the text.
    var series: Range<Int>
    var value: Double
    /// Milliseconds since 1970, where the exposition says when the value was so.
    var timestamp: Int64?
}
