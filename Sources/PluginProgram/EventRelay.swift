internal import OpsCore
internal import OpsJSONRPC

/// Passes the events that the plugin announces on to the host: in order, each at least once.
///
/// The last one that the host has taken is on record, so that nothing is lost when the plugin, or
/// the host, goes down in between.
final class EventRelay: Sendable {
    private static let owner = "plugin_program"
    private static let migrations = [
        Migration(
            "create_relay",
            """
            CREATE TABLE plugin_program_relay (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL);
            INSERT INTO plugin_program_relay (id, seq) VALUES (1, 0)
            """)
    ]

    private let task: Task<Void, Never>?

    /// Begins where the last run has ended.
    static func start(
        _ topics: [String], _ platform: Platform, _ link: HostLink
    ) async throws -> EventRelay {
        guard !topics.isEmpty else { return EventRelay(nil) }
        let store = platform.store
        try await platform.loop.workers.run { try store.migrate(owner: owner, migrations) }
        let last = try await store.read {
            try $0.row("SELECT seq FROM plugin_program_relay WHERE id = 1")?.int64("seq") ?? 0
        }
        let events = try platform.follow(topics, from: last + 1)
        return EventRelay(
            Task {
                do {
                    for try await event in events { try await pass(event, store, link) }
                } catch {
                    link.notify("log", ["level": "error", "message": "events stay: \(error)"])
                }
            })
    }

    private init(_ task: Task<Void, Never>?) { self.task = task }

    private static func pass(_ event: Event, _ store: Store, _ link: HostLink) async throws {
        try await emit(event, link)
        let seq = event.seq
        try await store.writeUnaudited {
            try $0.execute("UPDATE plugin_program_relay SET seq = ? WHERE id = 1", seq)
        }
    }

    /// What the host refuses for good is not tried again; the next one is not to wait for that.
    private static func emit(_ event: Event, _ link: HostLink) async throws(RPCError) {
        var params: JSON.Object = ["topic": .string(event.topic), "data": event.data]
        if let ref = event.ref { params["ref"] = .string(ref.description) }
        do throws(RPCError) {
            _ = try await link.ask("event.emit", .object(params))
        } catch {
            if error.retryable { throw error }
            let message = "\(event.topic) is refused: \(error.message)"
            link.notify("log", ["level": "error", "message": .string(message)])
        }
    }

    func stop() { task?.cancel() }
}
