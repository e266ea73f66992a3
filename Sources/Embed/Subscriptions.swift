internal import OpsCore

/// The host's subscriptions, by number.
final class Subscriptions: Sendable {
    private struct State {
        var tasks: [UInt64: Task<Void, Never>] = [:]
        var lastNumber: UInt64 = 0
        var isClosed = false
    }

    private let state = Guarded(State())

    /// Adds what `follow` starts; it removes itself when it has ended.
    ///
    /// - Returns: Nil when all of them end or have ended: the loop may not come to another one.
    func add(_ follow: (UInt64) -> Task<Void, Never>) -> UInt64? {
        // Under the lock, so that a task that ends at once finds itself here.
        state.withLock { state in
            guard !state.isClosed else { return nil }
            state.lastNumber += 1
            state.tasks[state.lastNumber] = follow(state.lastNumber)
            return state.lastNumber
        }
    }

    func remove(_ number: UInt64) {
        state.withLock { $0.tasks[number] = nil }
    }

    /// Asks a subscription to end; false when there is none of that number.
    func cancel(_ number: UInt64) -> Bool {
        let task = state.withLock { $0.tasks[number] }
        task?.cancel()
        return task != nil
    }

    /// Ends all of them, takes no more, and returns when they have ended.
    func end() async {
        let tasks = state.withLock { state in
            state.isClosed = true
            return Array(state.tasks.values)
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }
}
