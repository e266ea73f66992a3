import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

struct MaintenanceServiceTests {
    private static func wish(
        _ name: String = "patches", _ change: (inout CreateMaintenance) -> Void = { _ in }
    ) -> CreateMaintenance {
        var wish = CreateMaintenance()
        wish.name = name
        wish.select = "{}"
        wish.durationMs = 3_600_000
        change(&wish)
        return wish
    }

    private static func complaint(_ body: () async throws -> Void) async -> [String] {
        do {
            try await body()
            return ["nothing"]
        } catch let error as RPCError {
            return error.fields.isEmpty ? [error.kind] : error.fields.map(\.path).sorted()
        } catch {
            return ["\(error)"]
        }
    }

    @Test func `A maintenance begins now, ends, and says both once`() async throws {
        try await MonitoringFixture.run { fixture in
            let call = MonitoringFixture.call
            let made = try await fixture.maintenance.create(Self.wish(), for: call)
            #expect(made.state == .active)
            #expect(made.activeUntil == made.startsAt + .seconds(3600))
            #expect(try await fixture.topics() == ["maintenance.created", "maintenance.started"])
            await fixture.pass(.seconds(3599))
            #expect(try await fixture.maintenance.get("patches").state == .active)
            await fixture.pass(.seconds(1))
            #expect(try await fixture.maintenance.get("maintenance:1").state == .ended)
            await fixture.pass(.seconds(3600))
            #expect(
                try await fixture.topics().suffix(2) == [
                    "maintenance.started", "maintenance.ended",
                ])
        }
    }

    @Test func `A recurring one shows its next windows and runs at each`() async throws {
        try await MonitoringFixture.run { fixture in
            // The clock of the tests begins on Thursday, 1 January 2026.
            let made = try await fixture.maintenance.create(
                Self.wish { wish in
                    wish.startsAt = Instant("2026-01-01T03:00:00+01:00")
                    wish.rrule = "FREQ=WEEKLY;BYDAY=TH,FR"
                    wish.timeZone = "Europe/Berlin"
                    wish.exdates = [Instant("2026-01-02T02:00:00Z") ?? Instant(milliseconds: 0)]
                }, for: MonitoringFixture.call)
            #expect(made.state == .scheduled)
            #expect(made.endsAt == nil)
            #expect(
                made.upcoming.prefix(3).map(\.startsAt.description) == [
                    "2026-01-01T02:00:00.000Z", "2026-01-08T02:00:00.000Z",
                    "2026-01-09T02:00:00.000Z",
                ])
            await fixture.pass(.seconds(2 * 3600))
            #expect(try await fixture.maintenance.get("patches").state == .active)
            await fixture.pass(.seconds(3600))
            let after = try await fixture.maintenance.get("patches")
            #expect(after.state == .scheduled)
            #expect(after.nextStartsAt?.description == "2026-01-08T02:00:00.000Z")
            #expect(
                try await fixture.topics() == [
                    "maintenance.created", "maintenance.started", "maintenance.ended",
                ])
        }
    }

    @Test func `What began and ended while nobody was there is said at the start`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.maintenance.create(Self.wish(), for: MonitoringFixture.call)
            try await fixture.crash(after: .seconds(1800))
            #expect(try await fixture.topics().count == 2)
            #expect(try await fixture.maintenance.get("patches").state == .active)
            try await fixture.restart(after: .seconds(3600))
            #expect(try await fixture.topics().last == "maintenance.ended")
            #expect(try await fixture.topics().count == 3)
        }
    }

    @Test func `A clock that is set forwards or back is followed within half a minute`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.maintenance.create(Self.wish(), for: MonitoringFixture.call)
            fixture.time.stepWallClock(by: .seconds(7200))
            await fixture.pass(.seconds(30))
            #expect(try await fixture.topics().last == "maintenance.ended")
            fixture.time.stepWallClock(by: .seconds(-7200))
            await fixture.pass(.seconds(30))
            #expect(try await fixture.topics().last == "maintenance.started")
        }
    }

    @Test func `A disk that is full delays the word and not the window`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.maintenance.create(
                Self.wish { $0.startsAt = fixture.time.now() + .seconds(60) },
                for: MonitoringFixture.call)
            fixture.outage.begin()
            await fixture.pass(.seconds(120))
            #expect(try await fixture.maintenance.get("patches").state == .active)
            #expect(try await fixture.topics() == ["maintenance.created"])
            fixture.outage.end()
            await fixture.pass(.seconds(31))
            #expect(try await fixture.topics() == ["maintenance.created", "maintenance.started"])
            #expect(fixture.log.all.count { $0.contains("cannot be announced") } == 1)
        }
    }

    @Test func `Cancelling ends a window for good and twice is once`() async throws {
        try await MonitoringFixture.run { fixture in
            let call = MonitoringFixture.call
            _ = try await fixture.maintenance.create(
                Self.wish { $0.rrule = "FREQ=HOURLY;INTERVAL=2" }, for: call)
            let cancelled = try await fixture.maintenance.cancel("patches", at: nil, for: call)
            #expect(cancelled.state == .cancelled)
            #expect(cancelled.upcoming.isEmpty)
            let again = try await fixture.maintenance.cancel("patches", at: nil, for: call)
            #expect(again.generation == cancelled.generation)
            await fixture.pass(.seconds(3 * 3600))
            try await fixture.restart(after: .seconds(60))
            #expect(
                try await fixture.topics() == [
                    "maintenance.created", "maintenance.started", "maintenance.cancelled",
                    "maintenance.ended",
                ])
        }
    }

    @Test func `Deleting one that runs says that it ended`() async throws {
        try await MonitoringFixture.run { fixture in
            let call = MonitoringFixture.call
            _ = try await fixture.maintenance.create(Self.wish(), for: call)
            _ = try await fixture.maintenance.delete("patches", at: nil, for: call)
            #expect(
                try await fixture.topics().suffix(2) == [
                    "maintenance.ended", "maintenance.deleted",
                ])
            #expect(try await fixture.count("monitoring_maintenance") == 0)
            #expect(
                await Self.complaint { _ = try await fixture.maintenance.get("patches") }
                    == ["not_found"])
        }
    }

    @Test func `An update moves a window and counts the generation`() async throws {
        try await MonitoringFixture.run { fixture in
            let call = MonitoringFixture.call
            _ = try await fixture.maintenance.create(Self.wish(), for: call)
            var change = UpdateMaintenance()
            change.maintenance = "patches"
            change.startsAt = fixture.time.now() + .seconds(600)
            let moved = try await fixture.maintenance.update(change, for: call)
            #expect(moved.state == .scheduled)
            #expect(moved.generation == 2)
            #expect(try await fixture.topics().last == "maintenance.ended")
            let same = try await fixture.maintenance.update(change, for: call)
            #expect(same.generation == 2)
            change.generation = 1
            #expect(
                await Self.complaint { _ = try await fixture.maintenance.update(change, for: call) }
                    == ["stale_generation"])
        }
    }

    @Test func `What cannot be is refused by its member`() async throws {
        try await MonitoringFixture.run { fixture in
            let cases: [(String, (inout CreateMaintenance) -> Void)] = [
                ("select", { $0.select = "" }),
                ("select", { $0.select = "{site=~\"(\"}" }),
                ("root", { $0.root = "nobody" }),
                ("duration_ms", { $0.durationMs = nil }),
                ("ends_at", { $0.endsAt = Instant("2027-01-01T00:00:00Z") }),
                (
                    "ends_at",
                    { ($0.durationMs, $0.endsAt) = (nil, Instant("2020-01-01T00:00:00Z")) }
                ),
                ("rrule", { $0.rrule = "FREQ=NOW" }),
                ("rrule", { $0.rrule = "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30" }),
                ("time_zone", { ($0.rrule, $0.timeZone) = ("FREQ=DAILY", "Mars/Base") }),
                ("rdates", { $0.rdates = [Instant(milliseconds: 0)] }),
                (
                    "ends_at",
                    {
                        ($0.durationMs, $0.rrule) = (nil, "FREQ=DAILY")
                        $0.endsAt = Instant("2027-01-01T00:00:00Z")
                    }
                ),
            ]
            for (path, change) in cases {
                let found = await Self.complaint {
                    _ = try await fixture.maintenance.create(
                        Self.wish("x", change), for: MonitoringFixture.call)
                }
                #expect(found == [path])
            }
            #expect(try await fixture.count("monitoring_maintenance") == 0)
            _ = try await fixture.maintenance.create(Self.wish(), for: MonitoringFixture.call)
            let twice = await Self.complaint {
                _ = try await fixture.maintenance.create(Self.wish(), for: MonitoringFixture.call)
            }
            #expect(twice == ["conflict"])
        }
    }

    @Test func `Lists are filtered, ordered and cut into pages`() async throws {
        try await MonitoringFixture.run { fixture in
            let call = MonitoringFixture.call
            _ = Stage("listed", "o")
            try await fixture.create(
                MonitoringFixture.wish("web", on: "listed") { $0.labels = ["site": "ulm"] })
            let later = fixture.time.now() + .seconds(9000)
            for (name, select, start) in [
                ("a", "{site=\"ulm\"}", later), ("b", "{site=\"bonn\"}", fixture.time.now()),
                ("c", "{site=\"ulm\"}", later - .seconds(1000)),
            ] {
                _ = try await fixture.maintenance.create(
                    Self.wish(name) { ($0.select, $0.startsAt) = (select, start) }, for: call)
            }
            func names(_ change: (inout ListMaintenances) -> Void) async throws -> [String] {
                var params = ListMaintenances()
                change(&params)
                return try await fixture.maintenance.list(params).items.map(\.name)
            }
            #expect(try await names { _ in } == ["b", "c", "a"])
            #expect(try await names { $0.sort = .name } == ["a", "b", "c"])
            #expect(try await names { $0.state = .active } == ["b"])
            #expect(try await names { $0.check = "web" } == ["c", "a"])
            var params = ListMaintenances()
            params.limit = 2
            let first = try await fixture.maintenance.list(params)
            #expect(first.items.map(\.name) == ["b", "c"])
            params.cursor = first.nextCursor
            let second = try await fixture.maintenance.list(params)
            #expect(second.items.map(\.name) == ["a"])
            #expect(second.nextCursor == nil)
        }
    }
}

extension MonitoringFixture {
    /// The topics of what was announced about maintenance, oldest first.
    func topics(of noun: String = "maintenance") async throws -> [String] {
        try await store.read { tx in
            try tx.rows("SELECT topic FROM event ORDER BY seq").map { try $0.text("topic") }
        }.filter { $0.hasPrefix("\(noun).") }
    }
}
