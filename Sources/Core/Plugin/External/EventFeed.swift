internal import OpsJSONRPC

/// Delivers events to a plugin as fast as it handles them, and remembers how far it has come.
///
/// Nothing is held for a slow plugin: what it has not handled stays in the event log, where it is
/// read from when the plugin has room. What it has handled is remembered on the disk, so that every
/// event is delivered at least once, whoever dies meanwhile.
final class EventFeed: @unchecked Sendable {
    // @unchecked Sendable: every stored variable is touched only on the loop's thread.

    private static let maxUnanswered = 32
    private static let retryPause = Duration.milliseconds(100)

    private let peer: PluginPeer
    private let events: EventBus
    private let topics: [TopicPattern]
    private let values: PluginValues
    private var subscription: Subscription?
    /// The first event that has not been read.
    private var next: Int64 = 0
    /// Delivered, in order; each with whether it has been handled.
    private var delivered: [(seq: Int64, isHandled: Bool)] = []
    private var isReading = false
    private var hasNews = false
    private var savedCursor: Int64 = 0
    private var cursor: Int64 = 0
    private var isSaving = false
    private var isStopped = false

    init(to peer: PluginPeer, _ events: EventBus, topics: [Scope], values: PluginValues) {
        self.peer = peer
        self.events = events
        self.topics = topics.compactMap { TopicPattern($0.description) }
        self.values = values
    }

    /// Begins after the last event that the plugin has handled; a new plugin begins with now.
    ///
    /// On the loop's executor only.
    nonisolated(nonsending) func start() async throws {
        guard !topics.isEmpty else { return }
        if let known = try await values.cursor() {
            cursor = known
        } else {
            cursor = events.lastSequence
            try await values.setCursor(cursor)
        }
        savedCursor = cursor
        next = cursor + 1
        guard !isStopped else { return }
        subscription = events.subscribe(topics: topics) { [weak self] _ in self?.readOn() }
        readOn()
    }

    func stop() {
        isStopped = true
        subscription.take()?.cancel()
    }

    // MARK: - Delivering

    private func readOn() {
        hasNews = true
        guard !isReading, !isStopped, delivered.count < Self.maxUnanswered else { return }
        isReading = true
        hasNews = false
        let room = Self.maxUnanswered - delivered.count
        Task(executorPreference: peer.loop) { [self] in
            let page = try? await events.read(topics: topics, from: next, limit: room)
            peer.loop.execute { [self] in deliver(page, room) }
        }
    }

    private func deliver(_ page: [Event]?, _ room: Int) {
        isReading = false
        guard !isStopped else { return }
        guard let page else {
            return peer.log.add(.warning, "the event log can't be read; the next event tries again")
        }
        for event in page { send(event) }
        // A full page has more behind it; otherwise only what was announced meanwhile.
        if page.count == room || hasNews { readOn() }
    }

    private func send(_ event: Event) {
        next = event.seq + 1
        delivered.append((event.seq, false))
        transmit(event)
    }

    private func transmit(_ event: Event) {
        guard let params = (try? JSON(encoding: event))?.object else { return }
        Task(executorPreference: peer.loop) { [self] in
            let failure = await deliver(params)
            peer.loop.execute { [self] in didAnswer(event, failure) }
        }
    }

    private func deliver(_ params: JSON.Object) async -> PeerFailure? {
        do throws(PeerFailure) {
            _ = try await peer.ask("event.deliver", params, within: nil)
            return nil
        } catch {
            return error
        }
    }

    private func didAnswer(_ event: Event, _ failure: PeerFailure?) {
        switch failure {
        case nil: break
        case .answered(let error), .tooLarge(let error):
            // It has seen the event, and would fail again.
            peer.log.add(.warning, "event \(event.seq) \(event.topic) was not handled: \(error)")
        case .busy:
            return retry(event)
        case .timedOut, .cancelled, .terminated:
            // The next run gets it again.
            return stop()
        }
        if let place = delivered.firstIndex(where: { $0.seq == event.seq }) {
            delivered[place].isHandled = true
        }
        while let first = delivered.first, first.isHandled { cursor = delivered.removeFirst().seq }
        save()
        readOn()
    }

    /// There was no room; nothing else is delivered meanwhile, for these wait for it as well.
    private func retry(_ event: Event) {
        _ = peer.time.timer(on: peer.loop, after: Self.retryPause) { [weak self] in
            guard let self, !isStopped else { return }
            transmit(event)
        }
    }

    // MARK: - Remembering

    private func save() {
        guard !isSaving, cursor > savedCursor else { return }
        isSaving = true
        let seq = cursor
        Task(executorPreference: peer.loop) { [self] in
            let isSaved = (try? await values.setCursor(seq)) != nil
            peer.loop.execute { [self] in didSave(seq, isSaved) }
        }
    }

    private func didSave(_ seq: Int64, _ isSaved: Bool) {
        isSaving = false
        // What could not be saved is delivered again after a restart; the next answer tries anew.
        guard isSaved else { return }
        savedCursor = seq
        save()
    }
}
