internal import OpsJSONRPC

/// The events that the host delivers, handled one after the other in the order in which they came.
///
/// The host has many on their way at once; a task each would let them overtake one another.
final class EventQueue: Sendable {
    private typealias Delivery = (id: RequestID, params: JSON)

    private let waiting: AsyncStream<Delivery>.Continuation
    private let task: Task<Void, Never>

    init(_ handle: @escaping @Sendable (RequestID, JSON) async -> Void) {
        let (stream, continuation) = AsyncStream.makeStream(of: Delivery.self)
        waiting = continuation
        task = Task {
            for await delivery in stream { await handle(delivery.id, delivery.params) }
        }
    }

    deinit { task.cancel() }

    func add(_ id: RequestID, _ params: JSON) { waiting.yield((id, params)) }
}
