import OpsInventory
import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

extension TicketingFixture {
    /// Starts a platform on Monday 2026-01-05, at nine o'clock in Berlin.
    static func onMonday(
        _ config: JSON = [:], others: [any Plugin.Type] = [],
        _ body: (TicketingFixture) async throws -> Void
    ) async throws {
        let start = try #require(Instant("2026-01-05T08:00:00.000Z"))
        try await run(config, others: others, at: ManualTime(start: start), body)
    }

    /// Stops the platform, lets time pass, and starts another one on the same folder.
    func restart(
        after down: Duration, _ body: (TicketingFixture) async throws -> Void
    ) async throws {
        let later = ManualTime(start: time.now() + down)
        try await restart(at: later) { again in
            await again.settle()
            try await body(again)
        }
    }

    // MARK: - Time

    /// Lets the wall clock go on, and looks what came due; timers, which count uptime, stay.
    func pass(_ step: Duration) async {
        time.stepWallClock(by: step)
        await settle()
    }

    /// Lets time pass until it is so late in Berlin in January 2026: `05 14:00`.
    func pass(to local: String) async throws {
        await pass(try SLAHours.at(local) - time.now())
    }

    /// Looks what is due, and waits until it has been told.
    func settle() async {
        await watch?.look()
        await watch?.settle()
    }

    /// Who watches what comes due.
    var watch: DueWatch? {
        get async {
            let plugin =
                await platform.plugins.builtIns.first { $0.name == "ticketing" }?.instance
                as? TicketingPlugin
            return await plugin?.watch
        }
    }

    // MARK: - Calls

    /// The calendar of the reference, `berlin`.
    func berlin() async throws {
        let off = Dictionary(uniqueKeysWithValues: SLAHours.daysOff.map { ($0, [String]()) })
        try await call(
            "calendar.create",
            [
                "name": "berlin", "time_zone": "Europe/Berlin",
                "week": try JSON(encoding: SLAHours.week), "days": try JSON(encoding: off),
            ])
    }

    /// An SLA with some targets.
    func sla(
        _ name: String, rank: Int = 10, _ targets: [JSON], _ more: JSON.Object = [:]
    ) async throws {
        var params: JSON.Object = [
            "name": .string(name), "rank": .number(JSON.Number(rank)), "targets": .array(targets),
        ]
        for (key, value) in more { params[key] = value }
        try await call("sla.create", .object(params))
    }

    /// The clock of a metric, as `ticket.get` shows it.
    func clock(_ ticket: String, _ metric: String, cycle: Int = 1) async throws -> JSON? {
        try await call("ticket.get", ["ticket": .string(ticket)])["clocks"]?.array?.first {
            $0["metric"]?.string == metric && $0["cycle"]?.int == cycle
        }
    }

    func hold(_ ticket: String) async throws {
        try await move(ticket, "on_hold", ["hold_reason": "awaiting_vendor"])
    }
}

/// A time of January 2026 in Berlin as the wire has it.
func berlin(_ local: String) throws -> JSON { .string(try SLAHours.at(local).description) }
