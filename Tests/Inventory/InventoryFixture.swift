import Foundation
import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsInventory

/// The plugin on a platform of its own: every call goes the way of a client's call.
struct InventoryFixture {
    let platform: Platform
    let folder: String

    /// Starts a platform in a fresh folder, runs `body` and stops it.
    static func run(
        _ config: JSON = [:], _ body: (InventoryFixture) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("opsloop-inventory-\(UInt64.random(in: 0 ... .max))").path
        // A test's own folder; one that stays behind harms nobody.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await run(in: folder, config, body)
    }

    /// Starts a platform on what lies in a folder.
    private static func run(
        in folder: String, _ config: JSON, _ body: (InventoryFixture) async throws -> Void
    ) async throws {
        let platform = try await Platform.start(
            Platform.Options(
                dataDirectory: folder,
                configuration: Configuration(
                    plugins: [PluginConfiguration(name: "inventory", config: config)]),
                available: [InventoryPlugin.self]))
        do {
            try await body(InventoryFixture(platform: platform, folder: folder))
        } catch {
            await platform.stop()
            throw error
        }
        await platform.stop()
    }

    /// Stops the platform and starts another one on the same folder.
    func restart(_ body: (InventoryFixture) async throws -> Void) async throws {
        await platform.stop()
        try await Self.run(in: folder, [:], body)
    }

    @discardableResult
    func call(_ method: String, _ params: JSON = [:]) async throws -> JSON {
        try await platform.dispatcher.call(method, params, as: .system)
    }

    /// A call that leaves nothing behind.
    func rehearse(_ method: String, _ params: JSON) async throws -> JSON {
        var meta = CallMeta()
        meta.isDryRun = true
        return try await platform.dispatcher.call(method, params, as: .system, meta: meta)
    }

    /// The error that a call answers with.
    func refusal(_ method: String, _ params: JSON = [:]) async -> RPCError? {
        do {
            try await call(method, params)
            Issue.record("\(method) was accepted")
            return nil
        } catch {
            return error as? RPCError
        }
    }

    @discardableResult
    func item(_ name: String, _ class: String = "server", _ more: JSON.Object = [:]) async throws
        -> JSON
    {
        var members: JSON.Object = ["name": .string(name), "class": .string(`class`)]
        for (key, value) in more { members[key] = value }
        return try await call("ci.create", .object(members))
    }

    func relate(
        _ item: String, _ to: [String], rel: String = "depends_on", group: String = "",
        minUp: Int? = nil
    ) async throws {
        var params: JSON.Object = [
            "ci": .string(item), "to": .array(to.map { .string($0) }), "rel": .string(rel),
            "group": .string(group),
        ]
        params["min_up"] = minUp.map { .number(JSON.Number($0)) }
        try await call("ci.relate", .object(params))
    }

    /// The names of a list's items.
    func names(_ method: String, _ params: JSON = [:]) async throws -> [String] {
        (try await call(method, params)["items"]?.array ?? []).compactMap { $0["name"]?.string }
    }

    /// What fails with some items, without them, by name.
    func affected(_ items: [String]) async throws -> [String] {
        let answer = try await call(
            "ci.impact", ["ci": .array(items.map { .string($0) })])
        return (answer["items"]?.array ?? []).filter { $0["depth"] != 0 }
            .compactMap { $0["name"]?.string }
    }

    func events(_ topic: String) async throws -> [Event] {
        try await platform.store.read { tx in
            try tx.rows(
                "SELECT \(Event.columns) FROM event WHERE topic = ? ORDER BY seq", topic
            ).map(Event.init(row:))
        }
    }

    func audited(_ action: String) async throws -> [(before: JSON?, after: JSON?)] {
        try await platform.store.read { tx in
            try tx.rows("SELECT * FROM audit WHERE action = ? ORDER BY seq", action).map {
                (try $0.optionalJSON("before"), try $0.optionalJSON("after"))
            }
        }
    }

    func count(_ table: String) async throws -> Int {
        try await platform.store.read {
            try $0.row("SELECT count(*) AS n FROM \(table)")?.int("n") ?? 0
        }
    }
}
