public import OpsJSONRPC

/// A clock that stands still until it is moved by hand; for tests and rehearsals.
public final class ManualTime: TimeSource {
    private struct Pending {
        let id: Int
        let due: Duration
        let loop: EventLoop
        let fire: @Sendable () -> Void
    }

    private struct State {
        var now: Instant
        var uptime: Duration = .zero
        var nextID = 0
        var pending: [Pending] = []
        /// The timers on their way to their loops, where they may still be taken back.
        var firing: Set<Int> = []
    }

    private let state: Guarded<State>

    /// Makes a clock that shows `start`.
    public init(start: Instant = Instant(milliseconds: 1_767_225_600_000)) {
        state = Guarded(State(now: start))
    }

    /// Returns the wall clock as it was set.
    public func now() -> Instant { state.withLock { $0.now } }

    /// Returns how far the clock was advanced since it was made.
    public func uptime() -> Duration { state.withLock { $0.uptime } }

    /// Sets a timer that fires on the loop when the clock is advanced past it.
    public func timer(
        on loop: EventLoop, after delay: Duration, _ fire: @escaping @Sendable () -> Void
    ) -> any TimerToken {
        let id = state.withLock { state in
            state.nextID += 1
            state.pending.append(
                Pending(
                    id: state.nextID, due: state.uptime + max(delay, .zero), loop: loop, fire: fire)
            )
            return state.nextID
        }
        return Token(time: self, id: id)
    }

    /// Advances both clocks by `step`, timer by timer in the order in which they are due.
    ///
    /// Returns when every timer that came due has run on its loop, those included that the fired
    /// timers set within the step. What the fired timers started asynchronously may still run.
    public func advance(by step: Duration) async {
        let target = uptime() + step
        while let next = takeNext(until: target) {
            await withCheckedContinuation { continuation in
                next.loop.execute { [state] in
                    let stands = state.withLock { $0.firing.remove(next.id) != nil }
                    if stands { next.fire() }
                    continuation.resume()
                }
            }
        }
        moveTo(target)
    }

    /// Steps the wall clock only, as an administrator or NTP would.
    public func stepWallClock(by step: Duration) {
        state.withLock { $0.now = $0.now + step }
    }

    /// Returns how many timers are set.
    public var timerCount: Int { state.withLock { $0.pending.count } }

    private func takeNext(until target: Duration) -> Pending? {
        state.withLock { state in
            let due = state.pending.indices.filter { state.pending[$0].due <= target }
            guard
                let index = due.min(by: {
                    (state.pending[$0].due, state.pending[$0].id)
                        < (state.pending[$1].due, state.pending[$1].id)
                })
            else { return nil }
            let next = state.pending.remove(at: index)
            state.firing.insert(next.id)
            Self.move(&state, to: max(next.due, state.uptime))
            return next
        }
    }

    private func moveTo(_ uptime: Duration) {
        state.withLock { Self.move(&$0, to: uptime) }
    }

    private static func move(_ state: inout State, to uptime: Duration) {
        state.now = state.now + (uptime - state.uptime)
        state.uptime = uptime
    }

    fileprivate func cancel(_ id: Int) {
        state.withLock { state in
            state.pending.removeAll { $0.id == id }
            state.firing.remove(id)
        }
    }

    private struct Token: TimerToken {
        let time: ManualTime
        let id: Int
        func cancel() { time.cancel(id) }
    }
}
