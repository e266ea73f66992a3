internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// Sees to it that what comes due by itself is done: warnings and breaches, and what triggers do
/// when nothing happens.
///
/// However many clocks run and tickets wait, there is one timer: for the earliest instant in the
/// store's indexes at which something is due. It is set anew whenever a ticket or a calendar was
/// changed. What came due while nothing was running is found by the first look.
actor DueWatch {
    /// Something that comes due.
    struct Work: Sendable {
        /// What the audit log says about its writes.
        var reason: String
        /// When the first of it is due.
        var next: @Sendable (ReadTransaction) throws -> Instant?
        /// Makes ready to do so many at most of what is due, and answers how many there were.
        var settle: @Sendable () async -> @Sendable (WriteTransaction) throws -> Int
    }

    /// The one timer, and what it waits for.
    private struct Alarm {
        var due: Instant
        var token: any TimerToken
    }

    /// How much is settled in one transaction; other writes wait for it.
    static let batch = 500
    /// The timer counts uptime; so that a step of the wall clock is noticed, it waits no longer.
    private static let longest = Duration.seconds(60)
    /// When to try again after the store has failed.
    private static let patience = Duration.seconds(5)

    private nonisolated let context: PluginContext
    private nonisolated let works: [Work]
    private var subscription: Subscription?
    private var alarm: Alarm?
    private var looking: Task<Void, Never>?
    private var mustLookAgain = false
    private var isRunning = false

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        context.loop.asUnownedSerialExecutor()
    }

    init(_ context: PluginContext, _ works: [Work]) {
        self.context = context
        self.works = works
    }

    /// Looks at once, for what came due while nothing was running.
    func start() {
        isRunning = true
        let topics = ["ticket.*", "calendar.updated", "sla.recomputed", "trigger.*"].compactMap(
            TopicPattern.init)
        subscription = context.events.subscribe(topics: topics) { [weak self] _ in
            self?.assumeIsolated { $0.look() }
        }
        look()
    }

    func stop() async {
        isRunning = false
        subscription?.cancel()
        alarm?.token.cancel()
        alarm = nil
        await looking?.value
    }

    /// Waits until what is being looked at has been told.
    func settle() async { await looking?.value }

    /// What the one timer waits for.
    var due: Instant? { alarm?.due }

    /// Looks what is due; what happens meanwhile is looked at once more.
    func look() {
        guard isRunning else { return }
        guard looking == nil else { return mustLookAgain = true }
        looking = Task { await self.lookAround() }
    }

    private func lookAround() async {
        repeat {
            mustLookAgain = false
            var settled: [Work] = []
            // Each by itself: what fails of the one must not keep the other from being done.
            for work in works {
                if await isSettled(work) { settled.append(work) }
            }
            setAlarm(for: await next(of: settled))
        } while mustLookAgain && isRunning
        looking = nil
    }

    /// Does all that is due of a work, unless that fails.
    private func isSettled(_ work: Work) async -> Bool {
        do {
            var count = Self.batch
            while isRunning, count == Self.batch { count = try await settleSome(work) }
            return true
        } catch {
            context.logger.error("Looking after \(work.reason) failed: \(error)")
            return false
        }
    }

    /// When more is due of what is settled; what failed is tried again soon.
    private func next(of settled: [Work]) async -> Instant? {
        let soon = context.time.now() + Self.patience
        do {
            let due = try await context.store.read { tx in
                try settled.compactMap { try $0.next(tx) }.min()
            }
            return settled.count == works.count ? due : min(due ?? soon, soon)
        } catch {
            context.logger.error("What is due of tickets could not be looked at: \(error)")
            return soon
        }
    }

    private func settleSome(_ work: Work) async throws -> Int {
        let now = context.time.now()
        let next = try await context.store.read { try work.next($0) }
        guard let next, next <= now else { return 0 }
        let settle = await work.settle()
        return try await context.store.write(
            as: context.principal, reason: work.reason
        ) { tx in try settle(tx) }
    }

    private func setAlarm(for due: Instant?) {
        guard isRunning, alarm?.due != due else { return }
        alarm?.token.cancel()
        alarm = due.map { due in
            let wait = min(max(due - context.time.now(), .zero), Self.longest)
            let token = context.time.timer(on: context.loop, after: wait) { [weak self] in
                self?.assumeIsolated { $0.ring() }
            }
            return Alarm(due: due, token: token)
        }
    }

    private func ring() {
        alarm = nil
        look()
    }
}
