import CLibuv

/// The handles that every loop has: they make libuv's turn into the one that `EventLoop` describes.
///
/// Made when the loop first turns, closed last. On the loop only.
struct LoopInfrastructure {
    private let wakeup: HandleBox
    private let beforePoll: HandleBox
    private let afterPoll: HandleBox
    private let busy: HandleBox
    let watchdog: LagWatchdog

    init(_ loop: EventLoop) throws(LoopError) {
        // The wake-up has nothing to do itself: the inbox is read in every turn.
        self.wakeup = try Self.box(loop) { uv_async_init($0, $1, { _ in }) }
        self.beforePoll = try Self.box(loop, uv_prepare_init)
        self.afterPoll = try Self.box(loop, uv_check_init)
        self.busy = try Self.box(loop, uv_idle_init)
        self.watchdog = LagWatchdog(loop)
        uv_prepare_start(self.beforePoll.pointer(uv_prepare_t.self)) { handle in
            if let uv = handle?.pointee.loop { EventLoop.of(uv).beforePoll() }
        }
        uv_check_start(self.afterPoll.pointer(uv_check_t.self)) { handle in
            if let uv = handle?.pointee.loop { EventLoop.of(uv).afterPoll() }
        }
    }

    private static func box<H>(
        _ loop: EventLoop,
        _ setUp: (UnsafeMutablePointer<uv_loop_t>, UnsafeMutablePointer<H>) -> CInt
    ) throws(LoopError) -> HandleBox {
        try HandleBox(
            H.self, on: loop, infrastructure: true, for: "set the event loop up", setUp)
    }

    var sender: LoopWakeup { LoopWakeup(handle: self.wakeup.pointer(uv_async_t.self)) }

    /// With an active idle handle libuv polls without sleeping.
    func keepAwake(_ awake: Bool) {
        let handle = self.busy.pointer(uv_idle_t.self)
        if awake {
            uv_idle_start(handle) { _ in }
        } else {
            uv_idle_stop(handle)
        }
    }

    func close() {
        for box in [self.wakeup, self.beforePoll, self.afterPoll, self.busy] { box.close() }
    }
}
