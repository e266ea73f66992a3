/// Names a day of a group of series.
struct DayKey: Sendable, Hashable {
    let group: Int64
    let day: Int64

    init(group: Int64, day: Int64) {
        self.group = group
        self.day = day
    }

    init(_ row: Row) throws {
        self.group = try row.int64("series_group")
        self.day = try row.int64("day")
    }
}
