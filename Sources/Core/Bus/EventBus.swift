internal import Logging
internal import OpsJSONRPC

/// The event log: what was announced, readable from any sequence number and followed live.
///
/// An event is a row first. The store hands events over after their commit, in commit order; they
/// are delivered on the loop's thread.
public final class EventBus: Sendable {
    private struct State {
        var subscriptions: [Subscription] = []
        /// The last sequence number handed to live subscriptions.
        var deliveredThrough: Int64
        var published: UInt64 = 0
    }

    let loop: EventLoop
    private let store: Store
    let logger: Logger
    private let state: Guarded<State>

    init(store: Store, loop: EventLoop, logger: Logger) {
        self.store = store
        self.loop = loop
        self.logger = logger
        state = Guarded(State(deliveredThrough: store.lastEventSequence))
        store.setCommitListener { [weak self] events in
            loop.execute { [weak self] in self?.deliver(events) }
        }
    }

    /// The sequence number of the last event that was delivered.
    public var lastSequence: Int64 { state.withLock { $0.deliveredThrough } }

    /// How many events were delivered since the start.
    public var publishedCount: UInt64 { state.withLock { $0.published } }

    /// Delivers events of the given topics, on the loop's thread and in order, until cancelled.
    ///
    /// With a sequence number, everything from it on is delivered first, without gap or duplicate
    /// where the past meets the present; without one, only what comes from now on.
    /// - Precondition: called on the loop's thread.
    public func subscribe(
        topics: [TopicPattern], from sequence: Int64? = nil,
        _ deliver: @escaping @Sendable (Event) -> Void
    ) -> Subscription {
        loop.preconditionOnLoop()
        let next = sequence ?? lastSequence + 1
        let subscription = Subscription(
            bus: self, topics: topics, next: next, isLive: next > lastSequence, deliver)
        state.withLock { $0.subscriptions.append(subscription) }
        if next <= lastSequence { subscription.catchUp() }
        return subscription
    }

    /// Reads events of the given topics from a sequence number on, oldest first.
    public func read(
        topics: [TopicPattern], from sequence: Int64, limit: Int
    ) async throws -> [Event] {
        try await read(topics, from: sequence, order: "seq", limit)
    }

    /// Reads the last events of the given topics, oldest first.
    func readLast(topics: [TopicPattern], limit: Int) async throws -> [Event] {
        try await read(topics, from: 0, order: "seq DESC", limit).reversed()
    }

    private func read(
        _ topics: [TopicPattern], from sequence: Int64, order: String, _ limit: Int
    ) async throws -> [Event] {
        guard !topics.isEmpty else { return [] }
        let conditions = topics.map(\.condition)
        let anyTopic = conditions.map { "(\($0.sql))" }.joined(separator: " OR ")
        let arguments: [(any SQLConvertible)?] = [sequence] + conditions.flatMap(\.arguments)
        return try await store.read { transaction in
            try transaction.rows(
                """
                SELECT \(Event.columns) FROM event
                WHERE seq >= ? AND (\(anyTopic)) ORDER BY \(order) LIMIT ?
                """,
                arguments: arguments + [limit]
            ).map(Event.init(row:))
        }
    }

    func remove(_ subscription: Subscription) {
        state.withLock { $0.subscriptions.removeAll { $0 === subscription } }
    }

    private func deliver(_ events: [Event]) {
        guard let last = events.last else { return }
        let subscriptions = state.withLock { state in
            state.deliveredThrough = max(state.deliveredThrough, last.seq)
            state.published += UInt64(events.count)
            return state.subscriptions
        }
        for subscription in subscriptions {
            for event in events { subscription.offer(event) }
        }
    }
}
