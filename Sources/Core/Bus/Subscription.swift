internal import Logging

/// Somebody who follows the event log.
public final class Subscription: @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.
    private static let pageSize = 500
    private static let missedLimit = 10_000

    private weak var bus: EventBus?
    private let topics: [TopicPattern]
    private let deliver: @Sendable (Event) -> Void
    /// The sequence number from which on nothing has been delivered.
    private(set) var next: Int64
    private var isLive: Bool
    private var isCancelled = false
    /// What was delivered to the others while this one still read the past.
    private var missed: [Event] = []
    private var hasMissedTooMany = false

    init(
        bus: EventBus, topics: [TopicPattern], next: Int64, isLive: Bool,
        _ deliver: @escaping @Sendable (Event) -> Void
    ) {
        self.bus = bus
        self.topics = topics
        self.next = next
        self.isLive = isLive
        self.deliver = deliver
    }

    /// Ends the subscription; nothing is delivered after this returns.
    ///
    /// On the loop only.
    public func cancel() {
        isCancelled = true
        bus?.remove(self)
    }

    func offer(_ event: Event) {
        if isLive {
            pass(event)
        } else if missed.count < Self.missedLimit {
            missed.append(event)
        } else {
            hasMissedTooMany = true
        }
    }

    private func pass(_ event: Event) {
        guard !isCancelled, event.seq >= next else { return }
        next = event.seq + 1
        if topics.contains(where: { $0.matches(event.topic) }) { deliver(event) }
    }

    func catchUp() {
        guard let bus else { return }
        Task(executorPreference: bus.loop) { await self.readOn(bus) }
    }

    private func readOn(_ bus: EventBus) async {
        while !isCancelled {
            // What is delivered from here on may come after the snapshot that is read now.
            missed = []
            hasMissedTooMany = false
            let page: [Event]
            do {
                page = try await bus.read(topics: topics, from: next, limit: Self.pageSize)
            } catch {
                bus.logger.error("events can't be read", metadata: ["error": "\(error)"])
                return cancel()
            }
            for event in page { pass(event) }
            if page.count < Self.pageSize, !hasMissedTooMany { return goLive() }
        }
    }

    private func goLive() {
        for event in missed { pass(event) }
        missed = []
        isLive = true
    }
}
