internal import OpsJSONRPC

/// Answers `event.read`, `event.subscribe` and `event.unsubscribe`.
final class EventHandlers: @unchecked Sendable {
    // @unchecked Sendable: `sessions` and `lastName` are touched only on the loop's thread.

    /// Every topic is a condition of a query.
    private static let maxTopics = 100

    private let bus: EventBus
    private let time: any TimeSource
    private let maxSubscriptions: Int
    private var sessions: [ObjectIdentifier: [String: RemoteSubscription]] = [:]
    private var lastName = 0

    init(bus: EventBus, time: any TimeSource, maxSubscriptions: Int) {
        self.bus = bus
        self.time = time
        self.maxSubscriptions = maxSubscriptions
    }

    func bind(_ methods: MethodRegistrar) {
        methods.handle(ReadEvents.self) { [self] call, params in try await read(call, params) }
        // These two do not suspend; but the first event must come after the answer, and only a call
        // that could suspend has an answer that can be waited for.
        methods.handle(SubscribeToEvents.self) { [self] call, params in
            bus.loop.preconditionOnLoop()
            // Whoever was told that the call is cancelled expects no events.
            try Task.checkCancellation()
            return try subscribe(call, params)
        }
        methods.handle(UnsubscribeFromEvents.self) { [self] call, params in
            bus.loop.preconditionOnLoop()
            return try unsubscribe(call, params)
        }
    }

    // MARK: - Reading

    private func read(_ call: Call, _ params: ReadEvents) async throws -> ReadEvents.Result {
        let topics = try Self.filter(params.topics)
        var page = try await page(topics, from: params.fromSeq, limit: params.limit)
        let patience = patience(call, params)
        if page.items.isEmpty, patience > .zero {
            await EventWait(bus).run(for: topics, from: page.next, atMost: patience, time)
            try Task.checkCancellation()
            page = try await self.page(topics, from: page.next, limit: params.limit)
        }
        return ReadEvents.Result(items: page.items, nextSeq: page.next)
    }

    private func page(
        _ topics: TopicFilter, from first: Int64?, limit: Int
    ) async throws -> EventPage {
        guard let first else { return try await bus.lastPage(topics, limit: limit) }
        let page = try await bus.page(topics, from: first, limit: limit)
        guard first == 0 || page.firstKept <= first else {
            throw Self.isGone(first, firstKept: page.firstKept)
        }
        return page
    }

    /// How long the call waits; a tenth less than its caller does, so that the answer arrives.
    private func patience(_ call: Call, _ params: ReadEvents) -> Duration {
        let wanted = Duration.milliseconds(params.waitMs)
        return call.remaining(time).map { min(wanted, $0 * 9 / 10) } ?? wanted
    }

    private static func isGone(_ first: Int64, firstKept: Int64) -> RPCError {
        var error = RPCError.notFound(
            "The events \(first) to \(firstKept - 1) are no longer kept.",
            hint: "Read the records themselves, then go on with from_seq \(firstKept); "
                + "from_seq 0 reads whatever is kept.")
        error.fields = [
            RPCError.FieldError(path: "from_seq", reason: "must be 0 or at least \(firstKept)")
        ]
        return error
    }

    // MARK: - Subscribing

    private func subscribe(
        _ call: Call, _ params: SubscribeToEvents
    ) throws -> SubscribeToEvents.Result {
        let topics = try Self.filter(params.topics)
        guard let session = call.session else {
            throw RPCError.conflict(
                "Only a connection that stays open can subscribe; use event.read.")
        }
        let name = try add(to: session)
        let first = params.fromSeq ?? bus.lastSequence + 1
        // The answer must reach the client before the first event does.
        call.afterReply { [self] in
            sessions[ObjectIdentifier(session)]?[name]?.begin(topics, from: first)
        }
        return SubscribeToEvents.Result(subscription: name, seq: first)
    }

    /// Keeps a place among the connection's subscriptions, and returns its name.
    private func add(to session: any Session) throws -> String {
        let key = ObjectIdentifier(session)
        if sessions[key] == nil {
            sessions[key] = [:]
            session.onEnd { [self] in end(key) }
        }
        guard sessions[key, default: [:]].count < maxSubscriptions else {
            throw RPCError.busy(
                "This connection has \(maxSubscriptions) subscriptions already, "
                    + "and core.max_subscriptions allows no more.")
        }
        lastName += 1
        let name = "s\(lastName)"
        sessions[key]?[name] = RemoteSubscription(name, of: session, on: bus) { [self] in
            sessions[key]?[name] = nil
        }
        return name
    }

    private func end(_ key: ObjectIdentifier) {
        for subscription in (sessions.removeValue(forKey: key) ?? [:]).values {
            subscription.end()
        }
    }

    private func unsubscribe(_ call: Call, _ params: UnsubscribeFromEvents) throws -> Done {
        let key = call.session.map(ObjectIdentifier.init)
        let subscription = key.flatMap { sessions[$0]?.removeValue(forKey: params.subscription) }
        guard let subscription else {
            throw RPCError.notFound("This connection has no subscription \(params.subscription).")
        }
        subscription.end()
        return Done()
    }

    private static func filter(_ texts: [String]) throws -> TopicFilter {
        guard (1...maxTopics).contains(texts.count) else {
            throw RPCError.badField("topics", "must name 1 to \(maxTopics) topics")
        }
        return TopicFilter(
            try texts.enumerated().map { index, text in
                guard let pattern = TopicPattern(text) else {
                    throw RPCError.badField(
                        "topics[\(index)]", "must be a topic, a pattern such as check.*, or *")
                }
                return pattern
            })
    }
}
