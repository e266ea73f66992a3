/// Somebody who is told of events, one at a time, until cancelled or the platform stops.
public final class EventFollower: Sendable {
    private let task: Task<Void, any Error>

    init(_ task: Task<Void, any Error>) { self.task = task }

    /// Ends it; an event that is being handled is handled to its end.
    public func cancel() { task.cancel() }

    /// Waits until nothing more will be delivered.
    ///
    /// - Throws: ``StoreError`` when the log could not be read on.
    public func end() async throws { try await task.value }
}
