internal import Dispatch
internal import OpsCore

/// Something that happens once, for which a thread can wait.
final class Completion<Value: Sendable>: Sendable {
    private let value = Guarded<Value?>(nil)
    private let happened = DispatchSemaphore(value: 0)

    func complete(_ value: Value) {
        let isFirst = self.value.withLock { held in
            guard held == nil else { return false }
            held = value
            return true
        }
        if isFirst { happened.signal() }
    }

    /// What happened; nil as long as it has not.
    var current: Value? { value.withLock { $0 } }

    /// Blocks the thread until it happens, or the deadline is over.
    func wait(until deadline: DispatchTime = .distantFuture) -> Value? {
        if happened.wait(timeout: deadline) == .success { happened.signal() }
        return current
    }
}
