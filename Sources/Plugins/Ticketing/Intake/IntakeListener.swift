internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// Follows the checks' changes in the event log, from the last one that was handled.
///
/// The place in the log is written in the transaction that handles an event, so a restart neither
/// loses nor repeats one.
actor IntakeListener {
    private static let pageSize = 100
    /// How long to wait when the store does not take a write.
    private static let patience = Duration.seconds(5)

    private nonisolated let context: PluginContext
    private var writer: IntakeWriter
    private var subscription: Subscription?
    private var task: Task<Void, Never>?
    private var news: AsyncStream<Void>.Continuation?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        context.loop.asUnownedSerialExecutor()
    }

    init(_ context: PluginContext, policy: TicketingPolicy) {
        self.context = context
        writer = IntakeWriter(policy, author: context.principal)
    }

    /// Takes other rules for what happens from now on.
    func use(_ policy: TicketingPolicy) {
        writer = IntakeWriter(policy, author: context.principal)
    }

    func start() async throws {
        let topics = ["check.state_changed"].compactMap(TopicPattern.init)
        let (stream, news) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.news = news
        // Before the first look, so that nothing is announced between the two.
        subscription = context.events.subscribe(topics: topics) { _ in news.yield() }
        let first = try await begin()
        task = Task(executorPreference: context.loop) { [weak self] in
            var next = first
            while !Task.isCancelled {
                guard let self, let last = await self.handlePage(topics, from: next) else { return }
                guard last < next else {
                    next = last + 1
                    continue
                }
                for await _ in stream { break }
            }
        }
    }

    func stop() async {
        subscription?.cancel()
        subscription = nil
        task?.cancel()
        news?.finish()
        await task?.value
        task = nil
    }

    /// Where to go on: after what was handled last, or with what comes from now on.
    private func begin() async throws -> Int64 {
        let now = context.events.lastSequence
        return try await context.store.writeUnaudited { tx in
            if let position = try IntakeWriter.position(in: tx) { return position + 1 }
            try IntakeWriter.goOn(to: now, in: tx)
            return now + 1
        }
    }

    /// Handles what there is, and answers the last number of it; nil when the plugin stops.
    private func handlePage(_ topics: [TopicPattern], from next: Int64) async -> Int64? {
        var last = next - 1
        do {
            let events = try await context.events.read(
                topics: topics, from: next, limit: Self.pageSize)
            for event in events {
                guard !Task.isCancelled else { return nil }
                try await handleOnce(event)
                last = event.seq
            }
        } catch {
            guard !Task.isCancelled else { return nil }
            context.logger.error(
                "a change of a check could not be taken in", metadata: ["error": "\(error)"])
            tryAgainSoon()
        }
        return last
    }

    /// Handles an event, or goes on without it when another attempt would fail in the same way.
    private func handleOnce(_ event: Event) async throws {
        do {
            try await handle(event)
        } catch let error where !StoreError.isPassing(error) {
            context.logger.error(
                "a change of a check is left out",
                metadata: ["event": "\(event.seq)", "error": "\(error)"])
            try await skip(event)
        }
    }

    private func handle(_ event: Event) async throws {
        let change: CheckChange
        do {
            change = try event.data.decode()
        } catch {
            // Nothing will make it readable; the next ones count more.
            context.logger.error(
                "a change of a check is not readable", metadata: ["error": "\(error)"])
            return try await skip(event)
        }
        let (writer, now) = (writer, context.time.now())
        let action = try await context.store.read { tx in
            try writer.action(on: change, at: now, in: tx)
        }
        // The usual case with a check that no rule is for leaves no trace but the place.
        if action == .nothing { return try await skip(event) }
        let items = try await items(of: change)
        try await context.store.write(
            as: context.principal, reason: "\(event.topic) \(event.seq)"
        ) { tx in
            try writer.carryOut(change, seq: event.seq, items: items, in: tx)
        }
    }

    private func skip(_ event: Event) async throws {
        try await context.store.writeUnaudited { tx in
            try tx.execute(
                "UPDATE ticketing_watch SET fails = ? WHERE check_ref = ?",
                event.data["state"]?.string != "ok", event.ref)
            try IntakeWriter.goOn(to: event.seq, in: tx)
        }
    }

    /// What a check is about: what it is linked to as `monitors`, and the item that its label names.
    private func items(of change: CheckChange) async throws -> [Ref] {
        var items = try await context.store.read { tx in
            try tx.links(from: change.check, relation: "monitors").map(\.to)
        }
        guard let name = change.item else { return items }
        do {
            let item = try await context.call("ci.get", ["ci": .string(name)])
            if let ref = item["ref"]?.string.flatMap({ Ref($0) }), !items.contains(ref) {
                items.append(ref)
            }
        } catch {
            // Without the inventory, or without that item, the incident is about none.
            context.logger.debug("no item", metadata: ["ci": "\(name)", "error": "\(error)"])
        }
        return items
    }

    private func tryAgainSoon() {
        let news = news
        _ = context.time.timer(on: context.loop, after: Self.patience) { news?.yield() }
    }
}
