internal import Logging
internal import OpsJSONRPC

/// The event log: what was announced, readable from any sequence number and followed live.
///
/// An event is a row first. The store hands events over after their commit, in commit order; they
/// are delivered on the loop's thread.
public final class EventBus: Sendable {
    private struct State {
        var subscriptions: [Subscription] = []
        var waits: [ObjectIdentifier: EventWait] = [:]
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

    /// How many follow the log, those included that wait for one event.
    public var subscriptionCount: Int { state.withLock { $0.subscriptions.count } }

    // MARK: - Following

    /// Delivers events of the given topics, on the loop's thread and in order, until cancelled.
    ///
    /// With a sequence number, everything from it on that is still kept is delivered first, without
    /// gap or duplicate where the past meets the present; without one, only what comes from now on.
    /// - Precondition: called on the loop's thread.
    public func subscribe(
        topics: [TopicPattern], from sequence: Int64? = nil,
        _ deliver: @escaping @Sendable (Event) -> Void
    ) -> Subscription {
        subscribe(
            TopicFilter(topics), from: sequence ?? lastSequence + 1, EventClosure(deliver))
    }

    func subscribe(
        _ topics: TopicFilter, from next: Int64, _ receiver: any EventReceiver
    ) -> Subscription {
        loop.preconditionOnLoop()
        let isLive = next > lastSequence
        let subscription = Subscription(
            bus: self, topics: topics, next: next, isLive: isLive, receiver)
        state.withLock { $0.subscriptions.append(subscription) }
        if !isLive { subscription.catchUp() }
        return subscription
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
        let announcements = events.map(Announcement.init)
        for subscription in subscriptions {
            for announcement in announcements { subscription.offer(announcement) }
        }
    }

    // MARK: - Waiting

    /// Lets everybody who waits for an event be answered now, as before a stop.
    public func endWaits() {
        loop.execute { [self] in
            for wait in state.withLock({ Array($0.waits.values) }) { wait.end() }
        }
    }

    func add(_ wait: EventWait) {
        state.withLock { $0.waits[ObjectIdentifier(wait)] = wait }
    }

    func remove(_ wait: EventWait) {
        state.withLock { $0.waits[ObjectIdentifier(wait)] = nil }
    }

    // MARK: - Reading

    /// Reads events of the given topics from a sequence number on, oldest first.
    public func read(
        topics: [TopicPattern], from sequence: Int64, limit: Int
    ) async throws -> [Event] {
        try await page(TopicFilter(topics), from: sequence, limit: limit).items
    }

    /// Reads a page of events from a sequence number on.
    func page(
        _ topics: TopicFilter, from sequence: Int64, limit: Int
    ) async throws -> EventPage {
        // Asked before the read: everything up to here is in the snapshot that is read.
        let known = lastSequence
        let (items, first) = try await read(topics, from: sequence, order: "seq", limit)
        let isLast = items.count < limit
        let last = items.last.map { $0.seq + 1 } ?? sequence
        return EventPage(
            items: items, next: isLast ? max(last, known + 1) : last,
            firstKept: first ?? known + 1, isLast: isLast)
    }

    /// Reads the last events.
    func lastPage(_ topics: TopicFilter, limit: Int) async throws -> EventPage {
        let known = lastSequence
        let (items, first) = try await read(topics, from: 0, order: "seq DESC", limit)
        return EventPage(
            items: items.reversed(), next: max(known, items.first?.seq ?? 0) + 1,
            firstKept: first ?? known + 1, isLast: true)
    }

    /// Reads the wanted events, and the oldest sequence number that there is.
    private func read(
        _ topics: TopicFilter, from sequence: Int64, order: String, _ limit: Int
    ) async throws -> (items: [Event], first: Int64?) {
        let conditions = topics.patterns.map(\.condition)
        let anyTopic = conditions.map { "(\($0.sql))" }.joined(separator: " OR ")
        let arguments: [(any SQLConvertible)?] = [sequence] + conditions.flatMap(\.arguments)
        return try await store.read { transaction in
            let first = try transaction.row("SELECT min(seq) AS first FROM event")?
                .optionalInt64("first")
            guard !conditions.isEmpty else { return ([], first) }
            let items = try transaction.rows(
                """
                SELECT \(Event.columns) FROM event
                WHERE seq >= ? AND (\(anyTopic)) ORDER BY \(order) LIMIT ?
                """,
                arguments: arguments + [limit]
            ).map(Event.init(row:))
            return (items, first)
        }
    }
}
