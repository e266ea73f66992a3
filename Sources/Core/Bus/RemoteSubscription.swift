internal import OpsJSONRPC

/// A connection's side of one of its subscriptions: events become notifications.
final class RemoteSubscription: EventReceiver, @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.

    /// Who leaves this many bytes unread loses its subscription to what comes live.
    private static let queueLimit = 1 << 20

    /// The past is sent only while less than this is unread.
    private static let pastLimit = 256 << 10

    private let name: String
    private let session: any Session
    private let bus: EventBus
    private let onLost: () -> Void
    /// The text of the notification as far as it is the same for every event.
    private let head: [UInt8]
    private var subscription: Subscription?

    init(
        _ name: String, of session: any Session, on bus: EventBus, onLost: @escaping () -> Void
    ) {
        self.name = name
        self.session = session
        self.bus = bus
        self.onLost = onLost
        var head = Array(
            #"{"jsonrpc":"2.0","method":"event.event","params":{"subscription":"#.utf8)
        JSON.string(name).write(to: &head)
        head.append(UInt8(ascii: ","))
        self.head = head
    }

    func begin(_ topics: TopicFilter, from first: Int64) {
        subscription = bus.subscribe(topics, from: first, self)
    }

    func end() {
        subscription?.cancel()
        subscription = nil
    }

    // MARK: - Events

    func receive(_ announcement: Announcement) {
        guard session.queuedBytes < Self.queueLimit else {
            let first = announcement.event.seq
            return lose(.slowReader, bus.lastSequence - first + 1, resumeAt: first)
        }
        session.notify(written: head, announcement.notificationTail)
    }

    var hasRoom: Bool { session.queuedBytes < Self.pastLimit }

    func whenRoom(_ body: @escaping @Sendable () -> Void) {
        session.whenQueued(below: Self.pastLimit, body)
    }

    // MARK: - Losses

    private enum Reason: String {
        /// The events are still in the log.
        case slowReader = "slow_reader"
        /// The events have outlived their retention.
        case retention
        /// The log can't be read at the moment; the events are still there.
        case readFailed = "read_failed"
    }

    func didMiss(_ dropped: Int64, before first: Int64) {
        lose(.retention, dropped, resumeAt: first)
    }

    func didFail(resumeAt sequence: Int64) {
        lose(.readFailed, max(0, bus.lastSequence - sequence + 1), resumeAt: sequence)
    }

    /// Ends the subscription, and says what is missing and where to go on.
    private func lose(_ reason: Reason, _ dropped: Int64, resumeAt sequence: Int64) {
        end()
        onLost()
        session.notify(
            "event.lost",
            [
                "subscription": .string(name), "reason": .string(reason.rawValue),
                "dropped": .number(JSON.Number(dropped)),
                "resume_seq": .number(JSON.Number(sequence)),
            ])
    }
}
