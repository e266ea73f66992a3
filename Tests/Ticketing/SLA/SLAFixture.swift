import Foundation
import OpsInventory
import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// The plugin on a platform of its own whose time the test moves, from Monday 2026-01-05, nine
/// o'clock in Berlin, on.
struct SLAFixture {
    let platform: Platform
    let time: ManualTime
    let folder: String

    static let start = "2026-01-05T08:00:00.000Z"

    /// Starts a platform in a fresh folder, runs `body` and stops it.
    static func run(
        _ plugins: [PluginConfiguration] = [PluginConfiguration(name: "ticketing")],
        _ body: (SLAFixture) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("opsloop-sla-\(UInt64.random(in: 0 ... .max))").path
        // A test's own folder; one that stays behind harms nobody.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let start = try #require(Instant(start))
        try await run(in: folder, ManualTime(start: start), plugins, body)
    }

    private static func run(
        in folder: String, _ time: ManualTime, _ plugins: [PluginConfiguration],
        _ body: (SLAFixture) async throws -> Void
    ) async throws {
        let platform = try await Platform.start(
            Platform.Options(
                dataDirectory: folder, configuration: Configuration(plugins: plugins),
                available: [TicketingPlugin.self, InventoryPlugin.self], time: time))
        do {
            try await body(SLAFixture(platform: platform, time: time, folder: folder))
        } catch {
            await platform.stop()
            throw error
        }
        await platform.stop()
    }

    /// Stops the platform, lets time pass, and starts another one on the same folder.
    func restart(
        after down: Duration = .zero, _ body: (SLAFixture) async throws -> Void
    ) async throws {
        await platform.stop()
        let later = ManualTime(start: time.now() + down)
        try await Self.run(in: folder, later, [PluginConfiguration(name: "ticketing")]) { again in
            await again.settle()
            try await body(again)
        }
    }

    // MARK: - Time

    /// Lets time pass, and everything that comes due in it happen.
    func pass(_ step: Duration) async {
        await time.advance(by: step)
        await settle()
    }

    /// Lets time pass until it is so late in Berlin in January 2026: `05 14:00`.
    func pass(to local: String) async throws {
        await pass(try SLAHours.at(local) - time.now())
    }

    /// Waits until the clocks have been looked at.
    func settle() async {
        let plugin =
            await platform.plugins.builtIns.first { $0.name == "ticketing" }?.instance
            as? TicketingPlugin
        await plugin?.watch.settle()
    }

    // MARK: - Calls

    @discardableResult
    func call(
        _ method: String, _ params: JSON = [:], as principal: Principal = .system
    ) async throws -> JSON {
        try await platform.dispatcher.call(method, params, as: principal)
    }

    /// A call that leaves nothing behind.
    func rehearse(_ method: String, _ params: JSON) async throws -> JSON {
        var meta = CallMeta()
        meta.isDryRun = true
        return try await platform.dispatcher.call(method, params, as: .system, meta: meta)
    }

    /// The error that a call answers with.
    func refusal(
        _ method: String, _ params: JSON = [:], as principal: Principal = .system
    ) async -> RPCError? {
        do {
            try await call(method, params, as: principal)
            Issue.record("\(method) was accepted")
            return nil
        } catch {
            return error as? RPCError
        }
    }

    /// The calendar of the reference, `berlin`.
    func berlin() async throws {
        try await call(
            "calendar.create",
            [
                "name": "berlin", "time_zone": "Europe/Berlin",
                "week": try JSON(encoding: SLAHours.week),
                "days": try JSON(
                    encoding: Dictionary(
                        uniqueKeysWithValues: SLAHours.daysOff.map { ($0, [String]()) })),
            ])
    }

    /// An SLA in Berlin's hours: so many hours for a metric.
    func sla(
        _ name: String, rank: Int = 10, _ targets: [JSON], _ more: JSON.Object = [:]
    ) async throws {
        var params: JSON.Object = [
            "name": .string(name), "rank": .number(JSON.Number(rank)), "targets": .array(targets),
        ]
        for (key, value) in more { params[key] = value }
        try await call("sla.create", .object(params))
    }

    static func target(
        _ metric: String, hours: Int, priority: Int? = nil, _ more: JSON.Object = [:]
    ) -> JSON {
        var target: JSON.Object = [
            "metric": .string(metric), "target_ms": .number(JSON.Number(hours * 3_600_000)),
            "calendar": "calendar:1",
        ]
        target["priority"] = priority.map { .number(JSON.Number($0)) }
        for (key, value) in more { target[key] = value }
        return .object(target)
    }

    /// A new ticket's key.
    func ticket(_ title: String = "Down", _ more: JSON.Object = [:]) async throws -> String {
        var params: JSON.Object = ["title": .string(title)]
        for (key, value) in more { params[key] = value }
        return try #require(try await call("ticket.create", .object(params))["key"]?.string)
    }

    func move(_ ticket: String, _ state: String, _ more: JSON.Object = [:]) async throws {
        var params: JSON.Object = ["ticket": .string(ticket), "to": .string(state)]
        if state == "on_hold" { params["hold_reason"] = "awaiting_vendor" }
        if state == "resolved" { params["resolution"] = "done" }
        for (key, value) in more { params[key] = value }
        try await call("ticket.transition", .object(params))
    }

    /// The clock of a metric, as `ticket.get` shows it.
    func clock(_ ticket: String, _ metric: String, cycle: Int = 1) async throws -> JSON? {
        try await call("ticket.get", ["ticket": .string(ticket)])["clocks"]?.array?.first {
            $0["metric"]?.string == metric && $0["cycle"]?.int == cycle
        }
    }

    func events(_ topic: String) async throws -> [Event] {
        try await platform.store.read { tx in
            try tx.rows(
                "SELECT \(Event.columns) FROM event WHERE topic = ? ORDER BY seq", topic
            ).map(Event.init(row:))
        }
    }

    func count(_ table: String) async throws -> Int {
        try await platform.store.read {
            try $0.row("SELECT count(*) AS n FROM \(table)")?.int("n") ?? 0
        }
    }
}

/// A time of January 2026 in Berlin as the wire has it.
func berlin(_ local: String) throws -> JSON { .string(try SLAHours.at(local).description) }
