@testable import OpsCore

/// A value that arrives once and that a test waits for.
final class Promise<Value: Sendable>: Sendable {
    private enum State: Sendable {
        case waiting([CheckedContinuation<Value, Never>])
        case kept(Value)
    }

    private let state = Guarded(State.waiting([]))

    /// Gives the value; later ones are ignored.
    func keep(_ value: Value) {
        let waiting = self.state.withLock { state -> [CheckedContinuation<Value, Never>] in
            guard case .waiting(let waiting) = state else { return [] }
            state = .kept(value)
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: value) }
    }

    var kept: Value? {
        self.state.withLock { if case .kept(let value) = $0 { value } else { nil } }
    }

    var value: Value {
        get async {
            await withCheckedContinuation { continuation in
                let kept = self.state.withLock { state -> Value? in
                    guard case .waiting(let waiting) = state else {
                        if case .kept(let value) = state { return value }
                        return nil
                    }
                    state = .waiting(waiting + [continuation])
                    return nil
                }
                if let kept { continuation.resume(returning: kept) }
            }
        }
    }
}

extension Promise<Void> {
    func keep() { self.keep(()) }
}
