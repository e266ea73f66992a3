/// Runs asynchronous work one piece after the other, and never on the caller's executor.
package final class SerialWork: Sendable {
    private let last = Guarded<Task<Void, Never>?>(nil)
    /// What the current task is a piece of.
    @TaskLocal private static var running: Set<ObjectIdentifier> = []

    package init() {}

    /// Runs `body` when everything asked for earlier is done.
    ///
    /// The work is carried out even if the calling task is cancelled meanwhile. A piece must not ask
    /// for another one of the same and wait for it: each would wait for the other.
    package func run<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws
        -> T
    {
        let own = ObjectIdentifier(self)
        assert(
            !Self.running.contains(own),
            "BUG: a piece of serial work waits for the next one, which waits for it; call it directly"
        )
        let pieces = Self.running.union([own])
        let task = self.last.withLock { last in
            let previous = last
            // Detached: the caller may prefer the loop as its executor, and packing is not for it.
            let task = Task.detached {
                await previous?.value
                return try await Self.$running.withValue(pieces) { try await body() }
            }
            last = Task.detached { _ = await task.result }
            return task
        }
        return try await task.value
    }
}
