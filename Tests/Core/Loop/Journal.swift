@testable import OpsCore

/// What happened, in order; a test can wait until enough has happened.
final class Journal<Entry: Sendable>: Sendable {
    private struct State: Sendable {
        var entries: [Entry] = []
        var waiting: [(count: Int, promise: Promise<[Entry]>)] = []
    }

    private let state = Guarded(State())

    func add(_ entry: Entry) {
        let ready = self.state.withLock { state in
            state.entries.append(entry)
            let entries = state.entries
            let ready = state.waiting.filter { $0.count <= entries.count }.map(\.promise)
            state.waiting.removeAll { $0.count <= entries.count }
            return ready.map { ($0, entries) }
        }
        for (promise, entries) in ready { promise.keep(entries) }
    }

    var entries: [Entry] { self.state.withLock { $0.entries } }

    /// The entries once there are at least `count`.
    func first(_ count: Int) async -> [Entry] {
        let promise = Promise<[Entry]>()
        self.state.withLock { state in
            if state.entries.count >= count {
                promise.keep(state.entries)
            } else {
                state.waiting.append((count, promise))
            }
        }
        return await promise.value
    }
}
