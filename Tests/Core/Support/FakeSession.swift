import OpsJSONRPC

@testable import OpsCore

/// A connection that keeps what it is sent.
final class FakeSession: Session {
    struct Notice: Sendable {
        let method: String
        let params: JSON
    }

    let notices = Journal<Notice>()
    private let unread = Guarded(0)
    private let waiters = Guarded<[@Sendable () -> Void]>([])
    private let endings = Guarded<[@Sendable () -> Void]>([])

    private let listener = Guarded<(@Sendable (String, JSON) -> Void)?>(nil)

    /// Hears of every notification as it comes.
    func onNotify(_ body: @escaping @Sendable (String, JSON) -> Void) {
        listener.withLock { $0 = body }
    }

    func notify(_ method: String, _ params: JSON) {
        listener.withLock { $0 }?(method, params)
        notices.add(Notice(method: method, params: params))
    }

    var queuedBytes: Int { unread.withLock { $0 } }

    func onEnd(_ body: @escaping @Sendable () -> Void) { endings.withLock { $0.append(body) } }

    func whenQueued(below bytes: Int, _ body: @escaping @Sendable () -> Void) {
        waiters.withLock { $0.append(body) }
    }

    /// How many wait for the other side to read on.
    var waiting: Int { waiters.withLock { $0.count } }

    /// Pretends that the other side has left so much unread.
    func pile(_ bytes: Int) { unread.withLock { $0 = bytes } }

    /// Pretends that the other side has read everything; on the loop.
    func drain() {
        pile(0)
        let ready = waiters.withLock { waiters in
            defer { waiters = [] }
            return waiters
        }
        for body in ready { body() }
    }

    /// Ends the connection; on the loop.
    func end() {
        for body in endings.withLock({ $0 }) { body() }
    }
}
