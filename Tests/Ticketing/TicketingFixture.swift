import Foundation
import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// The plugin on a platform of its own: every call goes the way of a client's call.
struct TicketingFixture {
    let platform: Platform
    let folder: String
    let time: ManualTime
    let config: JSON

    /// Who asks for things and sees no more than that; `uid:5001` and `uid:5002`.
    private static let roles: JSON = [
        "requester": [
            "methods": ["*"], "effects": ["read", "write", "destroy"], "own_records": true,
        ],
        // May change tickets, and neither move nor assign them, nor see what was agreed to.
        "editor": [
            "methods": [
                "ticket.get", "ticket.create", "ticket.update", "ticket.attachment.get",
                "record.*",
            ],
            "effects": ["read", "write"],
        ],
    ]
    private static let members: JSON = [
        "uid:5001": "requester", "uid:5002": "requester", "uid:5003": "operator",
        "uid:5004": "editor", "gid:5100": "viewer",
    ]

    /// Starts a platform in a fresh folder, runs `body` and stops it.
    static func run(
        _ config: JSON = [:], others: [any Plugin.Type] = [], off: Set<String> = [],
        at time: ManualTime = ManualTime(),
        _ body: (TicketingFixture) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("opsloop-ticketing-\(UInt64.random(in: 0 ... .max))").path
        // A test's own folder; one that stays behind harms nobody.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await run(in: folder, time, config, others, off, body)
    }

    /// Starts a platform on what lies in a folder.
    private static func run(
        in folder: String, _ time: ManualTime, _ config: JSON, _ others: [any Plugin.Type],
        _ off: Set<String>, _ body: (TicketingFixture) async throws -> Void
    ) async throws {
        let plugins: [JSON] =
            [["name": "ticketing", "config": config]]
            + others.map {
                [
                    "name": .string($0.manifest.name),
                    "enabled": .bool(!off.contains($0.manifest.name)),
                ]
            }
        let file: JSON = [
            "schema": 1, "plugins": .array(plugins),
            "access": ["roles": roles, "members": members],
        ]
        let platform = try await Platform.start(
            Platform.Options(
                dataDirectory: folder, configuration: try Configuration(parsing: file.text),
                available: [TicketingPlugin.self] + others, time: time))
        do {
            try await body(
                TicketingFixture(platform: platform, folder: folder, time: time, config: config))
        } catch {
            await platform.stop()
            throw error
        }
        await platform.stop()
    }

    /// Stops the platform and starts another one on the same folder, with another clock if need be.
    func restart(
        at other: ManualTime? = nil, _ body: (TicketingFixture) async throws -> Void
    ) async throws {
        await platform.stop()
        try await Self.run(in: folder, other ?? time, config, [], [], body)
    }

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

    /// Calls as a local user with the rights that the user has.
    @discardableResult
    func call(
        _ method: String, _ params: JSON = [:], uid: UInt32, gids: [UInt32] = []
    ) async throws -> JSON {
        let admission = platform.access.admit(uid: uid, gids: gids)
        return try await platform.dispatcher.call(
            method, params, as: admission.principal, access: admission.access)
    }

    /// The error that a call of a local user answers with.
    func refusal(_ method: String, _ params: JSON = [:], uid: UInt32) async -> RPCError? {
        do {
            try await call(method, params, uid: uid)
            Issue.record("\(method) was accepted")
            return nil
        } catch {
            return error as? RPCError
        }
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

    /// Opens a ticket and answers its key.
    @discardableResult
    func open(_ title: String, _ more: JSON.Object = [:]) async throws -> String {
        var members: JSON.Object = ["title": .string(title)]
        for (key, value) in more { members[key] = value }
        return try await call("ticket.create", .object(members))["key"]?.string ?? ""
    }

    @discardableResult
    func move(_ key: String, _ state: String, _ more: JSON.Object = [:]) async throws -> JSON {
        var members: JSON.Object = ["ticket": .string(key), "to": .string(state)]
        for (key, value) in more { members[key] = value }
        return try await call("ticket.transition", .object(members))
    }

    func resolve(_ key: String, _ text: String) async throws {
        try await move(key, "resolved", ["resolution": .string(text)])
    }

    /// The ticket alone, without what belongs to it.
    func ticket(_ key: String) async throws -> JSON {
        try await call("ticket.get", ["ticket": .string(key)])["ticket"] ?? .null
    }

    /// The keys of a list's tickets.
    func keys(_ params: JSON = [:]) async throws -> [String] {
        (try await call("ticket.list", params)["items"]?.array ?? [])
            .compactMap { $0["key"]?.string }
    }

    /// The lines of a timeline, as `kind body`.
    func lines(_ key: String) async throws -> [String] {
        (try await call("ticket.timeline", ["ticket": .string(key)])["items"]?.array ?? [])
            .map { "\($0["kind"]?.string ?? "") \($0["body"]?.string ?? "")" }
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

    /// What a search finds, best first.
    func found(_ text: String) async throws -> [String] {
        (try await call("search.query", ["text": .string(text)])["items"]?.array ?? [])
            .compactMap { $0["ref"]?.string }
    }
}
