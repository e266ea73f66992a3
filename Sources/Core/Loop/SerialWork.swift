/// Runs asynchronous work one piece after the other, and never on the caller's executor.
package final class SerialWork: Sendable {
    private let last = Guarded<Task<Void, Never>?>(nil)

    package init() {}

    /// Runs `body` when everything asked for earlier is done.
    ///
    /// The work is carried out even if the calling task is cancelled meanwhile.
    package func run<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws
        -> T
    {
        let task = self.last.withLock { last in
            let previous = last
            // Detached: the caller may prefer the loop as its executor, and packing is not for it.
            let task = Task.detached {
                await previous?.value
                return try await body()
            }
            last = Task.detached { _ = await task.result }
            return task
        }
        return try await task.value
    }
}
