/// Holds back what must not happen before the caller has its answer, such as the first event of a
/// new subscription.
final class ReplyGate: @unchecked Sendable {
    // @unchecked Sendable: touched only on the loop's thread.
    private var waiting: [@Sendable () -> Void] = []
    private var isOpen = false

    /// Runs `body` once the answer has been handed to the connection.
    func afterReply(_ body: @escaping @Sendable () -> Void) {
        if isOpen { body() } else { waiting.append(body) }
    }

    func open() {
        isOpen = true
        let ready = waiting
        waiting = []
        for body in ready { body() }
    }
}
