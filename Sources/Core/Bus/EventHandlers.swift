internal import OpsJSONRPC

/// Answers `event.read`, `event.subscribe` and `event.unsubscribe`.
final class EventHandlers: @unchecked Sendable {
    // @unchecked Sendable: `sessions` is touched only on the loop's thread.

    /// A reader that leaves this many bytes unread loses its subscription.
    private static let queueLimit = 1 << 20

    /// Every topic is a condition of a query.
    private static let maxTopics = 100

    private let bus: EventBus
    private var sessions: [ObjectIdentifier: [String: Subscription]] = [:]
    private var lastName = 0

    init(bus: EventBus) { self.bus = bus }

    func bind(_ methods: MethodRegistrar) {
        methods.handle(ReadEvents.self) { [self] _, params in try await read(params) }
        methods.handle(SubscribeToEvents.self) { [self] call, params in
            try await bus.loop.perform { [self] in try subscribe(call, params) }
        }
        methods.handle(UnsubscribeFromEvents.self) { [self] call, params in
            try await bus.loop.perform { [self] in try unsubscribe(call, params) }
        }
    }

    private func read(_ params: ReadEvents) async throws -> ReadEvents.Result {
        let topics = try Self.patterns(params.topics)
        guard let from = params.fromSeq else {
            // Asked before the read: what comes meanwhile must not be skipped by the next one.
            let last = bus.lastSequence
            let items = try await bus.readLast(topics: topics, limit: params.limit)
            return ReadEvents.Result(items: items, nextSeq: (items.last?.seq ?? last) + 1)
        }
        let items = try await bus.read(topics: topics, from: from, limit: params.limit)
        return ReadEvents.Result(items: items, nextSeq: items.last.map { $0.seq + 1 } ?? from)
    }

    private func subscribe(
        _ call: Call, _ params: SubscribeToEvents
    ) throws -> SubscribeToEvents.Result {
        let topics = try Self.patterns(params.topics)
        guard let session = call.session else {
            throw RPCError.conflict(
                "Only a connection that stays open can subscribe; use event.read.")
        }
        lastName += 1
        let name = "s\(lastName)"
        let first = params.fromSeq ?? bus.lastSequence + 1
        // The answer must reach the client before the first event does.
        call.afterReply { [self, weak session] in
            guard let session else { return }
            begin(name, topics, from: first, session)
        }
        return SubscribeToEvents.Result(subscription: name, seq: first)
    }

    private func begin(
        _ name: String, _ topics: [TopicPattern], from first: Int64, _ session: any Session
    ) {
        let key = ObjectIdentifier(session)
        if sessions[key] == nil {
            sessions[key] = [:]
            session.onEnd { [self] in end(key) }
        }
        sessions[key]?[name] = bus.subscribe(topics: topics, from: first) {
            [self, weak session] event in
            guard let session else { return }
            deliver(event, to: session, name)
        }
    }

    private func deliver(_ event: Event, to session: any Session, _ name: String) {
        guard session.queuedBytes < Self.queueLimit else { return lose(event, session, name) }
        guard var params = (try? JSON(encoding: event))?.object else { return }
        params["subscription"] = .string(name)
        session.notify("event.event", .object(params))
    }

    /// Ends the subscription of a reader that does not keep up, and says where to go on.
    private func lose(_ event: Event, _ session: any Session, _ name: String) {
        sessions[ObjectIdentifier(session)]?.removeValue(forKey: name)?.cancel()
        session.notify(
            "event.lost",
            ["subscription": .string(name), "resume_seq": .number(JSON.Number(event.seq))])
    }

    private func end(_ key: ObjectIdentifier) {
        for subscription in (sessions.removeValue(forKey: key) ?? [:]).values {
            subscription.cancel()
        }
    }

    private func unsubscribe(_ call: Call, _ params: UnsubscribeFromEvents) throws -> Done {
        let key = call.session.map(ObjectIdentifier.init)
        let subscription = key.flatMap { sessions[$0]?.removeValue(forKey: params.subscription) }
        guard let subscription else {
            throw RPCError.notFound("This connection has no subscription \(params.subscription).")
        }
        subscription.cancel()
        return Done()
    }

    private static func patterns(_ texts: [String]) throws -> [TopicPattern] {
        guard (1...maxTopics).contains(texts.count) else {
            throw RPCError.badField("topics", "must name 1 to \(maxTopics) topics")
        }
        return try texts.enumerated().map { index, text in
            guard let pattern = TopicPattern(text) else {
                throw RPCError.badField(
                    "topics[\(index)]", "must be a topic, a pattern such as check.*, or *")
            }
            return pattern
        }
    }
}
