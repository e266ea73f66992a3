internal import Logging

/// Somebody who follows the event log.
///
/// ```
///   reading the past ──────────────────────> live ──> cancelled
///     page by page, as fast as the receiver    each event as it is delivered
///     has room; what is delivered meanwhile
///     is kept, or read again when it is much
/// ```
public final class Subscription: @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.
    private static let pageSize = 500
    private static let missedLimit = 1000

    private weak var bus: EventBus?
    private let topics: TopicFilter
    /// Nil once the subscription is cancelled.
    private var receiver: (any EventReceiver)?
    /// The sequence number from which on nothing has been delivered.
    private(set) var next: Int64
    private var isLive: Bool
    /// What was delivered to the others while this one still read the past.
    private var missed: [Announcement] = []
    private var hasMissedTooMany = false

    init(
        bus: EventBus, topics: TopicFilter, next: Int64, isLive: Bool, _ receiver: any EventReceiver
    ) {
        self.bus = bus
        self.topics = topics
        self.next = next
        self.isLive = isLive
        self.receiver = receiver
    }

    /// Ends the subscription; nothing is delivered after this returns.
    ///
    /// On the loop only.
    public func cancel() {
        receiver = nil
        missed = []
        bus?.remove(self)
    }

    func offer(_ announcement: Announcement) {
        if isLive {
            pass(announcement)
        } else if missed.count < Self.missedLimit {
            missed.append(announcement)
        } else {
            hasMissedTooMany = true
        }
    }

    private func pass(_ announcement: Announcement) {
        let event = announcement.event
        guard let receiver, event.seq >= next else { return }
        next = event.seq + 1
        if topics.takes(event.topic) { receiver.receive(announcement) }
    }

    // MARK: - The past

    func catchUp() {
        guard let bus else { return }
        Task(executorPreference: bus.loop) { await self.readOn(bus) }
    }

    private func readOn(_ bus: EventBus) async {
        while receiver != nil {
            // What is delivered from here on may come after the snapshot that is read now.
            missed = []
            hasMissedTooMany = false
            let page: EventPage
            do {
                page = try await bus.page(topics, from: next, limit: Self.pageSize)
            } catch {
                bus.logger.error("events can't be read", metadata: ["error": "\(error)"])
                return fail()
            }
            skipWhatIsGone(page)
            await handOver(page.items.map(Announcement.init))
            next = max(next, page.next)
            if page.isLast, await handOverMissed() { return }
        }
    }

    private func fail() {
        let receiver = receiver
        cancel()
        receiver?.didFail(resumeAt: next)
    }

    /// Zero asks for whatever there is, so nothing of that can be gone.
    private func skipWhatIsGone(_ page: EventPage) {
        guard next > 0, page.firstKept > next else { return }
        receiver?.didMiss(page.firstKept - next, before: page.firstKept)
    }

    private func handOver(_ announcements: [Announcement]) async {
        for announcement in announcements {
            while let receiver, !receiver.hasRoom {
                await withCheckedContinuation { continuation in
                    receiver.whenRoom { continuation.resume() }
                }
            }
            pass(announcement)
        }
    }

    /// Hands over what came while the past was read, and is live by then; false when that was too
    /// much to keep and has to be read as well.
    private func handOverMissed() async -> Bool {
        while !missed.isEmpty, !hasMissedTooMany {
            let announcements = missed
            missed = []
            await handOver(announcements)
        }
        isLive = !hasMissedTooMany
        return isLive
    }
}
