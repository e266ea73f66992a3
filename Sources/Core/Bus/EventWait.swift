/// Waits for the first event of some topics, but not for ever.
final class EventWait: @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.
    private let bus: EventBus
    private var subscription: Subscription?
    private var timer: (any TimerToken)?
    private var continuation: CheckedContinuation<Void, Never>?
    private var isOver = false

    init(_ bus: EventBus) { self.bus = bus }

    /// Returns when an event of the topics has been delivered that is not older than `sequence`,
    /// when the time is up, when the task is cancelled, or when waiting ends for all.
    func run(
        for topics: TopicFilter, from sequence: Int64, atMost limit: Duration,
        _ time: any TimeSource
    ) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                bus.loop.execute { [self] in begin(continuation, topics, sequence, limit, time) }
            }
        } onCancel: {
            bus.loop.execute { [self] in end() }
        }
    }

    private func begin(
        _ continuation: CheckedContinuation<Void, Never>, _ topics: TopicFilter,
        _ sequence: Int64, _ limit: Duration, _ time: any TimeSource
    ) {
        guard !isOver else { return continuation.resume() }
        self.continuation = continuation
        bus.add(self)
        timer = time.timer(on: bus.loop, after: limit) { [self] in end() }
        let receiver = EventClosure { [weak self] _ in self?.end() }
        subscription = bus.subscribe(topics, from: sequence, receiver)
    }

    func end() {
        isOver = true
        guard let continuation = continuation.take() else { return }
        subscription?.cancel()
        timer?.cancel()
        bus.remove(self)
        continuation.resume()
    }
}
