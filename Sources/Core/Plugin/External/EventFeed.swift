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

    /// An event that the plugin was given.
    private struct Delivery {
        let event: Event
        /// When, by the uptime.
        let begun: Duration
        var isHandled = false
        var isLate = false
    }

    private let peer: PluginPeer
    private let events: EventBus
    private let topics: [TopicPattern]
    private let values: PluginValues
    /// How long the plugin may take for an event before the operator is told.
    private let patience: Duration
    private var subscription: Subscription?
    /// The first event that has not been read.
    private var next: Int64 = 0
    /// In the order of the log.
    private var delivered: [Delivery] = []
    private var isReading = false
    private var hasNews = false
    /// Runs while there is no room in the plugin's queue.
    private var pause: (any TimerToken)?
    /// Runs while something is unanswered.
    private var watch: (any TimerToken)?
    private var savedCursor: Int64 = 0
    private var cursor: Int64 = 0
    private var isSaving = false
    private var isStopped = false

    init(to peer: PluginPeer, _ events: EventBus, topics: [Scope], values: PluginValues) {
        self.peer = peer
        self.events = events
        self.topics = topics.compactMap { TopicPattern($0.description) }
        self.values = values
        patience = .milliseconds(peer.policy.callTimeoutMs)
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
        pause.take()?.cancel()
        watch.take()?.cancel()
    }

    /// How many events the plugin has had for longer than a call may take.
    var lateCount: Int { delivered.count { $0.isLate && !$0.isHandled } }

    // MARK: - Reading

    private func readOn() {
        hasNews = true
        guard !isReading, !isStopped, pause == nil, delivered.count < Self.maxUnanswered else {
            return
        }
        isReading = true
        hasNews = false
        let room = Self.maxUnanswered - delivered.count
        Task(executorPreference: peer.loop) { [self] in
            let page = try? await events.page(TopicFilter(topics), from: next, limit: room)
            peer.loop.execute { [self] in didRead(page) }
        }
    }

    private func didRead(_ page: EventPage?) {
        guard !isStopped else { return }
        if let page { deliver(page) }
        isReading = false
        guard let page else {
            return peer.log.add(.warning, "the event log can't be read; the next event tries again")
        }
        // A full page has more behind it; otherwise only what was announced meanwhile.
        if !page.isLast || hasNews { readOn() }
    }

    private func deliver(_ page: EventPage) {
        skipWhatIsGone(page)
        for event in page.items where pause == nil && !isStopped { send(event) }
        guard pause == nil, !isStopped else { return }
        next = max(next, page.next)
        advance()
    }

    /// Tells the plugin of what has outlived its retention, as subscribers are told.
    private func skipWhatIsGone(_ page: EventPage) {
        guard page.firstKept > next else { return }
        let last = page.firstKept - 1
        peer.log.add(
            .warning, "the events \(next) to \(last) are no longer kept, so it does not get them")
        peer.notify(
            "event.lost",
            [
                "reason": .string("retention"),
                "dropped": .number(JSON.Number(page.firstKept - next)),
                "resume_seq": .number(JSON.Number(page.firstKept)),
            ])
        next = page.firstKept
    }

    // MARK: - Delivering

    private func send(_ event: Event) {
        next = event.seq + 1
        guard let params = (try? JSON(encoding: event))?.object else { return }
        delivered.append(Delivery(event: event, begun: peer.time.uptime()))
        // Without a deadline: one that handles it late has handled it. The watch tells the operator.
        peer.begin("event.deliver", CallText(params), lane: .control, within: nil) {
            [weak self] outcome in
            guard let self else { return }
            if case .failure(let failure) = outcome {
                didFail(event, failure)
            } else {
                didHandle(event)
            }
        }
        watchOver()
    }

    private func didFail(_ event: Event, _ failure: PeerFailure) {
        switch failure {
        case .answered(let error), .tooLarge(let error):
            // It has seen the event, and would fail again.
            peer.log.add(.warning, "event \(event.seq) \(event.topic) was not handled: \(error)")
            didHandle(event)
        case .busy:
            waitForRoom(event)
        case .timedOut, .cancelled, .terminated:
            // The next run gets it again.
            stop()
        }
    }

    /// Takes the event back: it is read again, with all that follow it, so that the order holds.
    private func waitForRoom(_ event: Event) {
        delivered.removeAll { $0.event.seq >= event.seq }
        next = event.seq
        pause = peer.time.timer(on: peer.loop, after: Self.retryPause) { [weak self] in
            guard let self else { return }
            pause = nil
            readOn()
        }
    }

    private func didHandle(_ event: Event) {
        guard !isStopped else { return }
        if let place = delivered.firstIndex(where: { $0.event.seq == event.seq }) {
            delivered[place].isHandled = true
        }
        advance()
        readOn()
    }

    // MARK: - Watching

    /// Tells the operator, once an event, when the plugin does not answer: after a few of them it
    /// gets no more.
    private func watchOver() {
        guard watch == nil, !isStopped,
            let oldest = delivered.first(where: { !$0.isHandled && !$0.isLate })
        else { return }
        let rest = oldest.begun + patience - peer.time.uptime()
        watch = peer.time.timer(on: peer.loop, after: max(rest, .zero)) { [weak self] in
            guard let self else { return }
            watch = nil
            findLate()
            watchOver()
        }
    }

    private func findLate() {
        let end = peer.time.uptime() - patience
        for (place, delivery) in delivered.enumerated()
        where !delivery.isHandled && !delivery.isLate && delivery.begun <= end {
            delivered[place].isLate = true
            peer.log.add(
                .warning,
                "event \(delivery.event.seq) \(delivery.event.topic) has not been handled within "
                    + "\(patience.milliseconds) ms")
        }
    }

    // MARK: - Remembering

    /// Moves the cursor behind everything that is done with.
    private func advance() {
        while let first = delivered.first, first.isHandled {
            cursor = delivered.removeFirst().event.seq
        }
        // Nothing of what has been read is still to be done, wanted or not.
        if delivered.isEmpty { cursor = max(cursor, next - 1) }
        save()
    }

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
