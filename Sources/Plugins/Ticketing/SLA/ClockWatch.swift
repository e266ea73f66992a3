internal import Logging
internal import OpsCore
internal import OpsJSONRPC

/// Sees to it that warnings and breaches come by themselves.
///
/// However many clocks run, there is one timer: for the earliest instant in the store's index at
/// which something is due. It is set anew whenever a ticket or a calendar was changed. What came due
/// while nothing was running is found by the first look.
actor ClockWatch {
    /// The one timer, and what it waits for.
    private struct Alarm {
        var due: Instant
        var token: any TimerToken
    }

    /// How many clocks are settled in one transaction; other writes wait for it.
    private static let batch = 500
    /// The timer counts uptime; so that a step of the wall clock is noticed, it waits no longer.
    private static let longest = Duration.seconds(60)
    /// When to try again after the store has failed.
    private static let patience = Duration.seconds(5)

    private nonisolated let context: PluginContext
    private var subscription: Subscription?
    private var alarm: Alarm?
    private var looking: Task<Void, Never>?
    private var mustLookAgain = false
    private var isRunning = false

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        context.loop.asUnownedSerialExecutor()
    }

    init(_ context: PluginContext) { self.context = context }

    /// Looks at once, for what came due while nothing was running.
    func start() {
        isRunning = true
        let topics = ["ticket.*", "calendar.updated", "sla.recomputed"].compactMap(
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
            do {
                var count = Self.batch
                while isRunning, count == Self.batch { count = try await settleSome() }
                setAlarm(for: try await context.store.read { try ClockWriter.next(in: $0) })
            } catch {
                context.logger.error("The clocks of tickets could not be looked at: \(error)")
                setAlarm(for: context.time.now() + Self.patience)
            }
        } while mustLookAgain && isRunning
        looking = nil
    }

    private func settleSome() async throws -> Int {
        let now = context.time.now()
        let next = try await context.store.read { try ClockWriter.next(in: $0) }
        guard let next, next <= now else { return 0 }
        return try await context.store.write(
            as: context.principal, reason: "what came due by an SLA"
        ) { tx in try TicketClocks.settle(limit: Self.batch, in: tx) }
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
