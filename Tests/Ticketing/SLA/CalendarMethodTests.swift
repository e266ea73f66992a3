import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// Calendars come, change and go.
@Suite struct CalendarMethodTests {
    @Test func `A calendar tells whether it is open, and until when`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            let open = try await fixture.call("calendar.get", ["calendar": "berlin"])
            #expect(open["is_open"] == true)
            #expect(open["changes_at"] == (try berlin("05 17:00")))
            try await fixture.pass(to: "09 18:00")
            let closed = try await fixture.call("calendar.get", ["calendar": "calendar:1"])
            #expect(closed["is_open"] == false)
            #expect(closed["changes_at"] == (try berlin("12 09:00")))
            #expect(closed["calendar"]?["week"]?["mon"] == ["09:00-17:00"])
        }
    }

    @Test func `What cannot be is refused by its day`() async throws {
        try await TicketingFixture.onMonday { fixture in
            for (path, members) in [
                ("time_zone", ["time_zone": "Mars/Base"]),
                ("week.monday", ["week": ["monday": []]]),
                ("week.mon[0]", ["week": ["mon": ["nine to five"]]]),
                ("week.mon[1]", ["week": ["mon": ["09:00-10:00", "12:00-11:00"]]]),
                ("week.tue", ["week": ["tue": ["09:00-12:00", "11:00-13:00"]]]),
                ("days.2026-02-30", ["days": ["2026-02-30": []]]),
                ("days.2026-02-28[0]", ["days": ["2026-02-28": ["9-12"]]]),
                ("name", ["name": "a:b"]),
            ] as [(String, JSON.Object)] {
                var params: JSON.Object = ["name": "x", "time_zone": "UTC", "week": [:]]
                for (key, value) in members { params[key] = value }
                let error = await fixture.refusal("calendar.create", .object(params))
                #expect(error?.fields.map(\.path) == [path], "\(params)")
            }
            let count = try await fixture.count("ticketing_calendar")
            #expect(count == 0)
        }
    }

    @Test func `Calendars are listed by name, changed, and deleted`() async throws {
        try await TicketingFixture.onMonday { fixture in
            for name in ["b", "a", "c"] {
                try await fixture.call(
                    "calendar.create", ["name": .string(name), "time_zone": "UTC", "week": [:]])
            }
            let first = try await fixture.call("calendar.list", ["limit": 2])
            #expect(first["items"]?.array?.map { $0["name"] } == ["a", "b"])
            let second = try await fixture.call(
                "calendar.list", ["cursor": try #require(first["next_cursor"])])
            #expect(second["items"]?.array?.map { $0["name"] } == ["c"])
            let changed = try await fixture.call(
                "calendar.update",
                ["calendar": "a", "week": ["sun": ["00:00-24:00"]], "generation": 1])
            #expect(changed["generation"] == 2)
            let stale = await fixture.refusal(
                "calendar.update", ["calendar": "a", "name": "d", "generation": 1])
            #expect(stale?.kind == "stale_generation")
            let taken = await fixture.refusal("calendar.update", ["calendar": "a", "name": "b"])
            #expect(taken?.kind == "conflict")
            try await fixture.call("calendar.delete", ["calendar": "a", "generation": 2])
            #expect(await fixture.refusal("calendar.get", ["calendar": "a"])?.kind == "not_found")
            #expect(try await fixture.events("calendar.deleted").count == 1)
        }
    }
}
