import OpsJSONRPC
import TestVectors
import Testing

@testable import OpsCalendar

/// Work time, held against what others have computed and against counting every second.
struct BusinessCalendarTests {
    /// The calendars of the vectors.
    enum Sort: String, CaseIterable {
        case berlin, lunch, always, nights, paris, zammad, newYork

        func calendar() throws -> BusinessCalendar {
            let workdays: (String, String) throws -> [[BusinessHours]] = {
                let hours = [try BusinessHours($0, $1)]
                return Array(repeating: hours, count: 5) + [[], []]
            }
            switch self {
            case .berlin:
                let off = ["2026-01-01", "2026-04-03", "2026-04-06", "2026-05-01", "2026-12-25"]
                return try BusinessCalendar(
                    zone: TimeZone(named: "Europe/Berlin"), week: workdays("09:00", "17:00"),
                    days: Dictionary(uniqueKeysWithValues: off.map { ($0, []) }))
            case .lunch:
                let hours = [
                    try BusinessHours("14:00", "18:00"), try BusinessHours("09:00", "13:00"),
                ]
                return try BusinessCalendar(
                    zone: TimeZone(named: "Europe/Berlin"),
                    week: Array(repeating: hours, count: 5) + [[], []])
            case .always:
                return try BusinessCalendar(
                    zone: TimeZone(named: "Europe/Berlin"),
                    week: Array(repeating: [try BusinessHours("00:00", "24:00")], count: 7))
            case .nights:
                let hours = [
                    try BusinessHours("00:00", "06:00"), try BusinessHours("22:00", "24:00"),
                ]
                return try BusinessCalendar(
                    zone: TimeZone(named: "Europe/Berlin"), week: Array(repeating: hours, count: 7))
            case .paris:
                return try BusinessCalendar(
                    zone: TimeZone(named: "Europe/Paris"), week: workdays("08:00", "18:00"))
            case .zammad:
                return try BusinessCalendar(
                    zone: TimeZone(named: "Europe/Berlin"),
                    week: Array(repeating: [try BusinessHours("09:00", "21:00")], count: 7),
                    days: ["2016-11-13": []])
            case .newYork:
                return try BusinessCalendar(
                    zone: TimeZone(named: "America/New_York"), week: workdays("09:00", "17:00"))
            }
        }
    }

    private func instant(_ local: String, in calendar: BusinessCalendar) throws -> Instant {
        calendar.zone.instant(of: try #require(LocalTime("\(local):00")))
    }

    /// A vector of the reference, by its id.
    struct Vector: CustomTestStringConvertible, Sendable {
        var id: String
        var sort: Sort
        var start: String
        var seconds: Int
        var end: String
        var testDescription: String { id }

        init(id: String, _ sort: Sort, _ start: String, _ seconds: Int, _ end: String) {
            (self.id, self.sort, self.start, self.seconds, self.end) = (
                id, sort, start, seconds, end
            )
        }
    }

    @Test(arguments: [
        Vector(id: "S1", .berlin, "2026-01-05T10:00", 4 * 3600, "2026-01-05T13:00:00.000Z"),
        Vector(id: "S2", .berlin, "2026-01-05T15:00", 4 * 3600, "2026-01-06T10:00:00.000Z"),
        Vector(id: "S3", .berlin, "2026-01-09T16:00", 4 * 3600, "2026-01-12T11:00:00.000Z"),
        Vector(id: "S4", .berlin, "2026-01-10T12:00", 3600, "2026-01-12T09:00:00.000Z"),
        Vector(id: "S5", .berlin, "2026-01-05T09:00", 8 * 3600, "2026-01-05T16:00:00.000Z"),
        Vector(id: "S6", .berlin, "2026-01-05T17:00", 1, "2026-01-06T08:00:01.000Z"),
        Vector(id: "S7", .berlin, "2025-12-31T16:30", 3600, "2026-01-02T08:30:00.000Z"),
        Vector(id: "S8", .berlin, "2026-04-02T15:00", 8 * 3600, "2026-04-07T13:00:00.000Z"),
        Vector(id: "S9", .lunch, "2026-01-05T12:30", 3600, "2026-01-05T13:30:00.000Z"),
        Vector(id: "S10", .lunch, "2026-01-05T13:15", 3600, "2026-01-05T14:00:00.000Z"),
        Vector(id: "S11", .always, "2026-03-28T12:00", 24 * 3600, "2026-03-29T11:00:00.000Z"),
        Vector(id: "S12", .always, "2026-10-24T12:00", 24 * 3600, "2026-10-25T10:00:00.000Z"),
        Vector(id: "S14", .nights, "2026-03-28T23:00", 6 * 3600, "2026-03-29T04:00:00.000Z"),
        Vector(
            id: "S14 control", .nights, "2026-03-27T23:00", 6 * 3600, "2026-03-28T04:00:00.000Z"),
        Vector(id: "S15", .nights, "2026-10-24T23:00", 6 * 3600, "2026-10-25T03:00:00.000Z"),
        Vector(id: "S16", .paris, "2026-01-05T16:00", 4 * 3600, "2026-01-06T09:00:00.000Z"),
        Vector(id: "S17", .zammad, "2016-11-09T23:00", 48 * 3600, "2016-11-14T20:00:00.000Z"),
        Vector(id: "S18", .newYork, "2026-01-05T16:30", 2 * 3600, "2026-01-06T15:30:00.000Z"),
    ])
    func `Work ends when the reference says`(_ vector: Vector) throws {
        let calendar = try vector.sort.calendar()
        let begin = try instant(vector.start, in: calendar)
        let found = calendar.instant(after: .seconds(vector.seconds), of: begin)
        #expect(found?.description == vector.end)
        #expect(
            calendar.work(from: begin, to: try #require(found)) == .seconds(vector.seconds))
    }

    @Test func `S13: a day is as long as the clocks let it be`() throws {
        let calendar = try Sort.always.calendar()
        for (day, next, hours) in [
            ("2026-03-29T00:00", "2026-03-30T00:00", 23),
            ("2026-10-25T00:00", "2026-10-26T00:00", 25),
        ] {
            let work = calendar.work(
                from: try instant(day, in: calendar), to: try instant(next, in: calendar))
            #expect(work == .seconds(hours * 3600))
        }
    }

    @Test func `Hours that a gap of the clocks pushes together pass once`() throws {
        let hours = [try BusinessHours("02:00", "02:30"), try BusinessHours("03:00", "04:00")]
        let calendar = try BusinessCalendar(
            zone: TimeZone(named: "Europe/Berlin"), week: Array(repeating: hours, count: 7))
        let work = calendar.work(
            from: try instant("2026-03-29T00:00", in: calendar),
            to: try instant("2026-03-30T00:00", in: calendar))
        #expect(work == .seconds(3600))
    }

    @Test func `Hours that a gap of the clocks puts in another order all count`() throws {
        // What is meant by 02:30 comes after 03:00 when the clocks jump from two to three.
        let hours = [try BusinessHours("02:30", "02:45"), try BusinessHours("03:00", "03:15")]
        let calendar = try BusinessCalendar(
            zone: TimeZone(named: "Europe/Berlin"), week: Array(repeating: hours, count: 7))
        let midnight = try instant("2026-03-29T00:00", in: calendar)
        let work = calendar.work(
            from: midnight, to: try instant("2026-03-30T00:00", in: calendar))
        #expect(work == .seconds(1800))
        let end = calendar.instant(after: .seconds(1800), of: midnight)
        #expect(end?.description == "2026-03-29T01:45:00.000Z")
    }

    @Test func `The end grows with the work, and counting it back gives the work`() throws {
        var random = SeededGenerator(seed: 4711)
        for sort in Sort.allCases {
            let calendar = try sort.calendar()
            for _ in 0..<200 {
                let start = Instant(
                    milliseconds: 1_767_225_600_000 + Int64.random(
                        in: 0..<31_536_000, using: &random) * 1000)
                let asked = Duration.milliseconds(
                    Int.random(in: 1..<400_000_000, using: &random))
                let end = try #require(calendar.instant(after: asked, of: start))
                #expect(calendar.work(from: start, to: end) == asked)
                let later = try #require(
                    calendar.instant(after: asked + .milliseconds(1), of: start))
                #expect(later > end)
                let other = start + .seconds(Int64.random(in: 0..<1_000_000, using: &random))
                let worked = calendar.work(from: start, to: other)
                let reached = try #require(calendar.instant(after: worked, of: start))
                #expect(reached <= other)
            }
        }
    }

    @Test func `Counting every minute gives the same`() throws {
        var random = SeededGenerator(seed: 12)
        for sort in Sort.allCases {
            let calendar = try sort.calendar()
            // Over both changes of the clocks in Berlin.
            for day in ["2026-03-27T07:13", "2026-10-23T07:13"] {
                let start = try instant(day, in: calendar)
                var (minute, counted) = (start, 0)
                for _ in 0..<(4 * 1440) {
                    let next = minute + .seconds(60)
                    let middle = minute + .seconds(30)
                    if try #require(calendar.opening(at: middle)).contains(middle) { counted += 60 }
                    if Int64.random(in: 0..<50, using: &random) == 0 {
                        let work = calendar.work(from: start, to: next)
                        #expect(work == .seconds(counted), "\(sort) \(next)")
                    }
                    minute = next
                }
            }
        }
    }

    @Test func `What is open now is told with its beginning, and what is closed with its next one`()
        throws
    {
        let calendar = try Sort.lunch.calendar()
        let morning = try instant("2026-01-05T09:00", in: calendar)
        let noon = try instant("2026-01-05T13:00", in: calendar)
        let open = try #require(calendar.opening(at: morning + .seconds(600)))
        #expect(open == morning..<noon)
        let friday = try instant("2026-01-09T18:00", in: calendar)
        let monday = try instant("2026-01-12T09:00", in: calendar)
        #expect(calendar.opening(at: friday)?.lowerBound == monday)
    }

    @Test func `A calendar that is never open says so`() throws {
        let calendar = try BusinessCalendar(
            zone: TimeZone(named: "UTC"), week: Array(repeating: [], count: 7))
        let start = Instant(milliseconds: 0)
        #expect(calendar.instant(after: .seconds(1), of: start) == nil)
        #expect(calendar.instant(after: .zero, of: start) == start)
        #expect(calendar.opening(at: start) == nil)
        #expect(calendar.work(from: start, to: start + .seconds(1_000_000)) == .zero)
    }

    @Test func `Hours and days that cannot be are refused by name`() throws {
        for (start, end) in [
            ("9:00", "17:00"), ("09:60", "10:00"), ("24:01", "24:02"), ("+9:00", "10:00"),
            ("17:00", "09:00"), ("09:00", "09:00"), ("", ""),
        ] {
            let error = try #require(throws: CalendarError.self) { try BusinessHours(start, end) }
            #expect(error.part == "\(start)-\(end)")
        }
        let zone = try TimeZone(named: "UTC")
        let week = Array(repeating: [BusinessHours](), count: 7)
        #expect(throws: CalendarError("week", "has seven days")) {
            try BusinessCalendar(zone: zone, week: [])
        }
        #expect(throws: CalendarError("2026-02-30", "is no date, such as 2026-12-25")) {
            try BusinessCalendar(zone: zone, week: week, days: ["2026-02-30": []])
        }
        let twice = [try BusinessHours("09:00", "13:00"), try BusinessHours("12:00", "14:00")]
        #expect(throws: CalendarError("09:00-13:00 and 12:00-14:00", "overlap")) {
            try BusinessCalendar(zone: zone, week: week, days: ["2026-02-28": twice])
        }
    }
}
