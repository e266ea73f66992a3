internal import OpsCore
internal import OpsJSONRPC

/// Passes the events that the plugin announces on to the host: in order, each at least once.
///
/// The last one that the host has taken is on record, so that nothing is lost when the plugin, or
/// the host, goes down in between. What fails but may succeed later, at the host or on the disk, is
/// tried again until it does; the relay ends when it is stopped or the host is gone.
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
    private static let shortestPause = Duration.milliseconds(250)
    private static let longestPause = Duration.seconds(30)

    private let topics: [String]
    private let platform: Platform
    private let link: HostLink
    private let time: any TimeSource
    private let task = Guarded<Task<Void, Never>?>(nil)

    /// Begins where the last run has ended.
    static func start(
        _ topics: [String], _ platform: Platform, _ link: HostLink,
        time: any TimeSource = SystemTime()
    ) async throws -> EventRelay {
        let relay = EventRelay(topics, platform, link, time)
        guard !topics.isEmpty else { return relay }
        let store = platform.store
        try await platform.loop.workers.run { try store.migrate(owner: owner, migrations) }
        let last = try await store.read {
            try $0.row("SELECT seq FROM plugin_program_relay WHERE id = 1")?.int64("seq") ?? 0
        }
        relay.task.withLock { $0 = Task { await relay.run(after: last) } }
        return relay
    }

    private init(
        _ topics: [String], _ platform: Platform, _ link: HostLink, _ time: any TimeSource
    ) {
        self.topics = topics
        self.platform = platform
        self.link = link
        self.time = time
    }

    func stop() { task.withLock { $0.take() }?.cancel() }

    // MARK: - Passing on

    private var isOver: Bool { Task.isCancelled || link.isGone }

    private func run(after first: Int64) async {
        var (last, pause) = (first, Self.shortestPause)
        while !isOver {
            do {
                for try await event in try platform.follow(topics, from: last + 1) {
                    try await emit(event)
                    // Taken, even if that can't be put on record.
                    (last, pause) = (event.seq, Self.shortestPause)
                    try await record(last)
                }
                return
            } catch {
                guard !isOver else { return }
                // Said once, and not with every try.
                if pause == Self.shortestPause { say("warning", "events wait: \(error)") }
                await wait(Self.wish(of: error) ?? pause)
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }

    /// What the host refuses for good is not tried again; the next one is not to wait for that.
    private func emit(_ event: Event) async throws(RPCError) {
        var params: JSON.Object = ["topic": .string(event.topic), "data": event.data]
        if let ref = event.ref { params["ref"] = .string(ref.description) }
        do throws(RPCError) {
            _ = try await link.ask("event.emit", .object(params))
        } catch {
            // At the end every answer is an error, which says nothing about the event.
            if error.retryable || isOver { throw error }
            say("error", "\(event.topic) is refused: \(error.message)")
        }
    }

    private func record(_ seq: Int64) async throws {
        try await platform.store.writeUnaudited {
            try $0.execute("UPDATE plugin_program_relay SET seq = ? WHERE id = 1", seq)
        }
    }

    private func say(_ level: String, _ message: String) {
        link.notify("log", ["level": .string(level), "message": .string(message)])
    }

    // MARK: - Waiting

    /// How long whoever refused wants to be left alone.
    private static func wish(of error: any Error) -> Duration? {
        (error as? RPCError)?.retryAfterMs.map { .milliseconds(max(1, $0)) }
    }

    /// Returns after the pause, or at once when the relay is stopped.
    private func wait(_ pause: Duration) async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let timer = time.timer(on: platform.loop, after: pause) { continuation.finish() }
        for await _ in stream {}
        timer.cancel()
    }
}
