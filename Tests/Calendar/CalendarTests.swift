import OpsJSONRPC
import Testing

@testable import OpsCalendar

/// What zones and rules come to, held against Python's zoneinfo and dateutil; see
/// `Data/make-vectors.py`.
struct CalendarTests {
    private static func rows(_ file: String) throws -> [[String]] {
        let path = String(#filePath.dropLast("CalendarTests.swift".count)) + "Data/" + file
        return try TextLines.read(path).map { line in
            line.split(separator: "\t").map(String.init)
        }
    }

    private static let sixty = (0..<60).map(String.init).joined(separator: ",")

    @Test func `What comes every minute is found at once, however long it lasts`() throws {
        let rule = try RecurrenceRule("FREQ=HOURLY;BYMINUTE=\(Self.sixty);BYSECOND=0")
        let start = Instant(milliseconds: 1_767_225_600_000)
        let recurrence = Recurrence(rule, start: start, zone: try TimeZone(named: "UTC"))
        let year = start + .seconds(366 * 86_400)
        #expect(recurrence.last(after: start, until: year + .seconds(59)) == year)
        let monthly = Recurrence(
            try RecurrenceRule("FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=1"), start: start,
            zone: try TimeZone(named: "UTC"))
        let june = Instant(milliseconds: 1_780_272_000_000)
        #expect(monthly.last(after: start, until: june + .seconds(100 * 86_400)) == june)
        #expect(monthly.last(after: june, until: june + .seconds(100 * 86_400)) == nil)
    }

    @Test func `Every local time has the instant that zoneinfo gives it`() throws {
        var zones: [String: TimeZone] = [:]
        let rows = try Self.rows("zones.tsv")
        #expect(rows.count > 4000)
        for row in rows {
            let zone = try zones[row[0]] ?? TimeZone(named: row[0])
            zones[row[0]] = zone
            let local = try #require(LocalTime(row[1]))
            #expect(zone.instant(of: local).milliseconds / 1000 == Int64(row[2]), "\(row)")
            let same = Instant(milliseconds: local.seconds * 1000)
            #expect(zone.offset(at: same) == Int(row[3]), "\(row)")
        }
        #expect(zones.count >= 10)
    }

    @Test func `Every rule hits the instants that dateutil finds`() throws {
        let rows = try Self.rows("recurrences.tsv")
        #expect(rows.count == 1200)
        for row in rows {
            let zone = try TimeZone(named: row[0])
            let rule = try RecurrenceRule(row[2])
            let start = zone.instant(of: try #require(LocalTime(row[1])))
            // A start in a gap of the clocks is another local time than the one that was written.
            guard zone.local(at: start).description == row[1] else { continue }
            let wanted = row[3].split(separator: ",").compactMap { Int64($0) }
            let recurrence = Recurrence(rule, start: start, zone: zone)
            let found = recurrence.occurrences(from: start, limit: wanted.count)
            #expect(found.map { $0.milliseconds / 1000 } == wanted, "\(row)")
        }
    }

    @Test func `Beginning in the middle finds the same as counting from the start`() throws {
        for row in try Self.rows("recurrences.tsv").filter({ $0[3].contains(",") }) {
            let zone = try TimeZone(named: row[0])
            let start = zone.instant(of: try #require(LocalTime(row[1])))
            guard zone.local(at: start).description == row[1] else { continue }
            let wanted = row[3].split(separator: ",").compactMap { Int64($0) }
            let recurrence = Recurrence(try RecurrenceRule(row[2]), start: start, zone: zone)
            let middle = Instant(milliseconds: wanted[wanted.count / 2] * 1000)
            #expect(recurrence.occurrences(from: middle, limit: 1) == [middle], "\(row)")
            let before = Instant(milliseconds: wanted[wanted.count / 2 - 1] * 1000)
            let last = recurrence.last(
                after: before - .seconds(1), until: middle - .milliseconds(1))
            #expect(last == before, "\(row)")
            #expect(recurrence.last(after: before, until: middle - .milliseconds(1)) == nil)
        }
    }

    @Test func `A night at half past two stays where the clocks are changed`() throws {
        let zone = try TimeZone(named: "Europe/Berlin")
        let start = try #require(Instant("2026-03-27T02:30:00+01:00"))
        let nights = Recurrence(try RecurrenceRule("FREQ=DAILY"), start: start, zone: zone)
        let spring = nights.occurrences(from: start, limit: 4).map(\.description)
        // 02:30 does not exist on the 29th; read with the offset before, it is 03:30.
        #expect(
            spring == [
                "2026-03-27T01:30:00.000Z", "2026-03-28T01:30:00.000Z",
                "2026-03-29T01:30:00.000Z", "2026-03-30T00:30:00.000Z",
            ])
        let october = try #require(Instant("2026-10-24T12:00:00Z"))
        // 02:30 comes twice on the 25th; the first is meant.
        #expect(
            nights.occurrences(from: october, limit: 2).map(\.description)
                == ["2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"])
    }

    @Test func `Dates are left out and added`() throws {
        let zone = try TimeZone(named: "UTC")
        func at(_ day: Int) throws -> Instant {
            try #require(Instant("2026-01-0\(day)T02:00:00Z"))
        }
        let dates = Recurrence(
            try RecurrenceRule("FREQ=DAILY;COUNT=4"), start: try at(1), zone: zone,
            exceptions: [try at(2), try at(7)], additions: [try at(6), try at(7), try at(1)])
        let all = try [at(1), at(3), at(4), at(6)]
        #expect(dates.occurrences(from: try at(1), limit: 10) == all)
        #expect(dates.occurrences(from: try at(2), limit: 2) == Array(all[1...2]))
        #expect(dates.last(after: try at(1), until: try at(2)) == nil)
        #expect(dates.last(after: try at(4), until: try at(9)) == all[3])
    }

    @Test func `An end in UTC and one on the wall both count`() throws {
        let zone = try TimeZone(named: "America/New_York")
        let start = try #require(Instant("2026-01-01T20:00:00-05:00"))
        for (until, count) in [
            ("20260104T010000Z", 3), ("20260103T200000", 3), ("20260104T005959Z", 2),
        ] {
            let rule = try RecurrenceRule("FREQ=DAILY;UNTIL=\(until)")
            let found = Recurrence(rule, start: start, zone: zone)
                .occurrences(from: start, limit: 10)
            #expect(found.count == count, "\(until)")
        }
    }

    @Test func `Without a day the week's day is that of the start`() throws {
        let start = try #require(Instant("2026-01-07T02:00:00Z"))
        let rule = try RecurrenceRule("FREQ=YEARLY;BYWEEKNO=20")
        let found = Recurrence(rule, start: start, zone: try TimeZone(named: "UTC"))
            .occurrences(from: start, limit: 2)
        #expect(
            found.map(\.description) == ["2026-05-13T02:00:00.000Z", "2027-05-19T02:00:00.000Z"])
    }

    @Test(arguments: [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=HOURLY;INTERVAL=24;BYHOUR=3",
        "FREQ=DAILY;BYMONTH=4;BYMONTHDAY=31", "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
    ])
    func `A rule that hits nothing comes to an end`(text: String) throws {
        let start = try #require(Instant("2026-01-07T02:00:00Z"))
        let never = Recurrence(
            try RecurrenceRule(text), start: start, zone: try TimeZone(named: "UTC"))
        #expect(never.occurrences(from: start, limit: 1).isEmpty)
    }

    @Test(arguments: [
        ("", ""), ("FREQ", ""), ("FREQ=", ""), ("INTERVAL=2", "FREQ"), ("FREQ=SECONDLY", "FREQ"),
        ("FREQ=MINUTELY", "FREQ"), ("FREQ=DAILY;FREQ=DAILY", "FREQ"), ("FREQ=DAILY;", ""),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL"), ("FREQ=DAILY;COUNT=x", "COUNT"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101T000000Z", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20270101", "UNTIL"), ("FREQ=DAILY;UNTIL=20270231T000000Z", "UNTIL"),
        ("FREQ=WEEKLY;BYDAY=1MO", "BYDAY"), ("FREQ=WEEKLY;BYDAY=XX", "BYDAY"),
        ("FREQ=YEARLY;BYWEEKNO=3;BYDAY=1MO", "BYDAY"), ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY"),
        ("FREQ=MONTHLY;BYWEEKNO=3", "BYWEEKNO"), ("FREQ=DAILY;BYYEARDAY=3", "BYYEARDAY"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "BYMONTHDAY"), ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY"), ("FREQ=DAILY;BYHOUR=24", "BYHOUR"),
        ("FREQ=DAILY;BYHOUR=-1", "BYHOUR"), ("FREQ=DAILY;BYSECOND=60", "BYSECOND"),
        ("FREQ=DAILY;BYSETPOS=1", "BYSETPOS"), ("FREQ=DAILY;RSCALE=CHINESE", "RSCALE"),
        ("FREQ=DAILY;WKST=1", "WKST"), ("FREQ=DAILY;BYHOUR=1,,2", "BYHOUR"),
        // The least number has no positive one.
        ("FREQ=MONTHLY;BYMONTHDAY=\(Int.min)", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYDAY=\(Int.min)MO", "BYDAY"),
        ("FREQ=DAILY;BYHOUR=1;BYSETPOS=\(Int.min)", "BYSETPOS"),
        ("FREQ=HOURLY;BYMINUTE=\(CalendarTests.sixty);BYSECOND=0,30", "BYSECOND"),
        (
            "FREQ=DAILY;BYHOUR=9,17;BYMINUTE=\(CalendarTests.sixty);BYSECOND=\(CalendarTests.sixty)",
            "BYSECOND"
        ),
    ])
    func `A rule that cannot be is refused by the part`(text: String, part: String) {
        let error = #expect(throws: CalendarError.self) { try RecurrenceRule(text) }
        #expect(error?.part == part, "\(text)")
    }

    @Test(arguments: [
        "", "Nowhere", "../etc/passwd", "Europe/", "/UTC", "tzdata.zi", "a b", "Europe",
    ])
    func `A zone that is none is refused`(name: String) {
        #expect(throws: CalendarError.self) { try TimeZone(named: name) }
    }

    @Test func `A zone file that is cut anywhere is refused or read without a crash`() throws {
        let bytes = try #require(ZoneFile.bytes(of: "Europe/Berlin"))
        #expect(ZoneFile.read(bytes) != nil)
        for count in 0..<bytes.count - 30 {
            let history = ZoneFile.read(Array(bytes.prefix(count)))
            #expect(history?.offset(at: 0) ?? 3600 == 3600)
        }
    }

    @Test func `Days of the year may be written in all the ways of POSIX`() throws {
        // 1 March 2027 and 2028, by its number with and without leap days.
        let julian = try #require(ZoneRule("AAA0BBB,J60/0,J300/0"))
        let ordinal = try #require(ZoneRule("<+00>0<+01>-1,59/0,299/0"))
        for (text, first, second) in [
            ("2027-03-01T00:00:00Z", 3600, 3600), ("2028-02-29T00:00:00Z", 0, 3600),
        ] {
            let at = try #require(Instant(text)).milliseconds / 1000
            #expect(julian.offset(at: at) == first)
            #expect(ordinal.offset(at: at) == second)
            #expect(julian.offset(at: at - 1) == 0)
        }
        #expect(ZoneRule("") == nil && ZoneRule("AAA") == nil && ZoneRule("AAA0BBB") == nil)
    }
}
