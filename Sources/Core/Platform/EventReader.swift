internal import OpsJSONRPC

/// Reads the event log page by page, and waits at its end.
final class EventReader: @unchecked Sendable {
    // @unchecked Sendable: its variables are touched by `next` only, which an iterator calls once at
    // a time; `subscription` has its own lock.

    private static let pageSize = 256

    private let sequence: EventSequence
    private let signal: EventSignal
    private var news: AsyncStream<Void>.Iterator
    private let subscription = Guarded<Subscription?>(nil)
    private var page: ArraySlice<Event> = []
    /// The sequence number from which on nothing has been read.
    private var nextSeq: Int64
    private var isSubscribed = false

    init(_ sequence: EventSequence) {
        self.sequence = sequence
        signal = sequence.waits.makeSignal()
        news = signal.stream.makeAsyncIterator()
        nextSeq = sequence.first
    }

    deinit {
        sequence.waits.remove(signal)
        let loop = sequence.events.loop
        if let subscription = subscription.withLock({ $0.take() }) {
            loop.execute { subscription.cancel() }
        }
    }

    func next() async throws -> Event? {
        // Before the first look, so that what is committed after it is not missed.
        if !isSubscribed { await subscribe() }
        while !Task.isCancelled {
            if let event = page.popFirst() { return event }
            try await readPage()
            if !page.isEmpty { continue }
            guard await news.next() != nil else { return nil }
        }
        return nil
    }

    private func readPage() async throws {
        guard !sequence.waits.hasEnded else { return }
        do {
            let events = try await sequence.events.read(
                topics: sequence.topics, from: nextSeq, limit: Self.pageSize)
            if let last = events.last { nextSeq = last.seq + 1 }
            page = events[...]
        } catch is CancellationError {
            // The reader was cancelled during the read: `next` sees that and ends.
        } catch {
            // The platform stopped during the read: the sequence ends, that is no failure.
            if !sequence.waits.hasEnded { throw error }
        }
    }

    private func subscribe() async {
        isSubscribed = true
        let (events, topics, signal) = (sequence.events, sequence.topics, signal)
        // It can only throw what the body throws, which is nothing.
        let made = try? await events.loop.perform {
            events.subscribe(topics: topics) { _ in signal.continuation.yield() }
        }
        subscription.withLock { $0 = made }
    }
}
