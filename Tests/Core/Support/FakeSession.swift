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

    /// Pretends that the other side has left so much unread.
    func pile(_ bytes: Int) { unread.withLock { $0 = bytes } }

    /// Ends the connection; on the loop.
    func end() {
        for body in endings.withLock({ $0 }) { body() }
    }
}
