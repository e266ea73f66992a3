import CLibuv

/// Calls a closure on the loop when the process receives a signal.
///
/// While it watches, the signal's usual effect is off for the whole process. So a library never
/// watches by itself; a program's `main` does. It watches until `cancel`, held or not.
///
/// `@unchecked Sendable`: every member is for the loop's thread, which `HandleBox` checks.
public final class SignalWatcher: HandleOwner, @unchecked Sendable {
    private let box: HandleBox
    private let onSignal: @Sendable () -> Void

    /// Starts to watch.
    ///
    /// On the loop only.
    ///
    /// Throws when the signal cannot be caught (SIGKILL) or does not exist.
    public init(
        on loop: EventLoop, signal: CInt, onSignal: @escaping @Sendable () -> Void
    ) throws(LoopError) {
        let action = "watch signal \(signal)"
        self.onSignal = onSignal
        self.box = try HandleBox(uv_signal_t.self, on: loop, for: action) { uv_signal_init($0, $1) }
        let status = uv_signal_start(
            self.box.pointer(uv_signal_t.self),
            { handle, _ in HandleBox.owner(of: handle, SignalWatcher.self)?.onSignal() }, signal)
        guard status == 0 else {
            self.box.close()
            throw LoopError(status, action)
        }
        self.box.owner = self
    }

    /// Stops watching; the signal has its usual effect again.
    ///
    /// On the loop only.
    public func cancel() {
        self.box.close()
    }

    func loopStops() {
        self.cancel()
    }
}
