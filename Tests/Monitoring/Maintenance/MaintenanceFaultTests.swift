import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

struct MaintenanceFaultTests {
    private static let call = MonitoringFixture.call

    private static func create(in fixture: MonitoringFixture) async throws {
        var wish = CreateMaintenance()
        (wish.name, wish.select, wish.durationMs) = ("patches", "{}", 3_600_000)
        wish.rrule = "FREQ=WEEKLY"
        _ = try await fixture.maintenance.create(wish, for: call)
    }

    private static func change(
        _ change: (inout UpdateMaintenance) -> Void
    ) -> UpdateMaintenance {
        var update = UpdateMaintenance()
        update.maintenance = "patches"
        change(&update)
        return update
    }

    @Test func `Two changes at once undo nothing of each other`() async throws {
        try await MonitoringFixture.run { fixture in
            let service = fixture.maintenance
            try await Self.create(in: fixture)
            let changes = [
                Self.change { $0.comment = "the kernel" },
                Self.change { $0.select = "{site=\"ulm\"}" },
                Self.change { $0.durationMs = 60_000 },
            ]
            try await withThrowingTaskGroup { group in
                for change in changes {
                    group.addTask { _ = try await service.update(change, for: Self.call) }
                }
                try await group.waitForAll()
            }
            let found = try await service.get("patches")
            #expect(found.comment == "the kernel")
            #expect(found.select == "{site=\"ulm\"}")
            #expect(found.durationMs == 60_000)
            #expect(found.generation == 4)
            try await fixture.restart()
            #expect(try await fixture.maintenance.get("patches").durationMs == 60_000)
        }
    }

    @Test func `An older state takes nothing from a newer one`() async throws {
        try await MonitoringFixture.run { fixture in
            let service = fixture.maintenance
            try await Self.create(in: fixture)
            let old = try #require(await service.kept[1])
            _ = try await service.update(Self.change { $0.comment = "new" }, for: Self.call)
            await service.follow(old.stored, old.plan)
            #expect(try await service.get("patches").comment == "new")
        }
    }

    @Test func `One whose plan cannot be read can be cancelled and deleted`() async throws {
        try await MonitoringFixture.run { fixture in
            try await Self.create(in: fixture)
            try await fixture.store.write(as: MonitoringFixture.user, reason: "test") { tx in
                try tx.execute("UPDATE monitoring_maintenance SET time_zone = 'Mars/Base'")
            }
            try await fixture.restart()
            let service = fixture.maintenance
            #expect(await service.kept[1]?.plan == nil)
            let cancelled = try await service.cancel("patches", at: nil, for: Self.call)
            #expect(cancelled.state == .cancelled)
            #expect(
                try await fixture.topics() == [
                    "maintenance.created", "maintenance.started", "maintenance.ended",
                    "maintenance.cancelled",
                ])
            _ = try await service.delete("patches", at: nil, for: Self.call)
            #expect(try await fixture.count("monitoring_maintenance") == 0)
        }
    }
}
