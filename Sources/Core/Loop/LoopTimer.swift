import CLibuv

/// A timer on the loop: fires once, or again and again without drifting.
///
/// It never fires early, and up to a millisecond late when the loop is free. While it runs it keeps
/// itself alive; a timer that is neither running nor held by anyone goes away.
///
/// `@unchecked Sendable`: every member is for the loop's thread, which `start` and `cancel` check.
public final class LoopTimer: HandleOwner, @unchecked Sendable {
    let loop: EventLoop
    private var box: HandleBox?
    private var fire: (@Sendable () -> Void)?
    private var due: UInt64 = 0
    private var every: UInt64?

    /// Makes a timer that does not run yet.
    ///
    /// From any thread.
    public init(on loop: EventLoop) {
        self.loop = loop
    }

    deinit {
        self.box?.closeFromAnywhere()
    }

    /// Whether the timer is going to fire.
    ///
    /// On the loop only.
    public var isRunning: Bool { self.fire != nil }

    /// Starts the timer, or starts it anew when it runs already.
    ///
    /// It fires after `after`, and with `every` at each multiple of it from then on; the ones that
    /// the loop was too late for are left out. On a loop that stops it does not fire at all.
    public func start(
        after: Duration, every: Duration? = nil, _ fire: @escaping @Sendable () -> Void
    ) {
        self.loop.preconditionOnLoop()
        precondition(every.map { $0 > .zero } ?? true, "A timer cannot fire every 0 seconds.")
        guard let box = self.openBox() else { return }
        self.fire = fire
        self.every = every.map { UInt64($0.wholeNanoseconds) }
        self.due = uv_hrtime() + UInt64(after.wholeNanoseconds)
        box.owner = self
        self.arm(box)
    }

    /// Stops the timer; it does not fire any more, even when it is due.
    ///
    /// On the loop only.
    public func cancel() {
        self.loop.preconditionOnLoop()
        guard let box = self.box, box.isOpen else { return }
        uv_timer_stop(box.pointer(uv_timer_t.self))
        self.fire = nil
        box.owner = nil
    }

    /// Cancels the timer and gives its handle back at once.
    ///
    /// On the loop only.
    func close() {
        self.cancel()
        self.box?.close()
    }

    func loopStops() {
        self.close()
    }

    private func openBox() -> HandleBox? {
        if let box = self.box { return box.isOpen ? box : nil }
        // The only error is a loop that stops, on which nothing fires.
        self.box = try? HandleBox(uv_timer_t.self, on: self.loop, for: "make a timer") {
            uv_timer_init($0, $1)
        }
        return self.box
    }

    /// libuv counts in whole milliseconds from the start of the loop's turn.
    ///
    /// Starting from the moment itself makes up for both.
    private func arm(_ box: HandleBox) {
        let dueMs = (self.due + 999_999) / 1_000_000
        let now = uv_now(self.loop.uv)
        uv_timer_start(
            box.pointer(uv_timer_t.self),
            { HandleBox.owner(of: $0, LoopTimer.self)?.expired() }, dueMs - min(dueMs, now), 0)
    }

    /// Prepares the next time first: `fire` may cancel the timer or start it anew.
    private func expired() {
        guard let fire = self.fire, let box = self.box else { return }
        if let every = self.every {
            let missed = (uv_hrtime() - min(self.due, uv_hrtime())) / every
            self.due += (missed + 1) * every
            self.arm(box)
        } else {
            self.fire = nil
            box.owner = nil
        }
        fire()
    }
}
