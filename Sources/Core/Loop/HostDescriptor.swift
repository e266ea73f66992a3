import CLibuv
import Glibc

/// One descriptor that is readable whenever a loop that a host steps has something to do.
///
/// libuv's own descriptor knows nothing of timers: a host has to ask how long it may sleep. Behind
/// this one stand both, libuv's and a timer of the kernel's, so that any loop of any host can watch
/// it like a socket.
///
/// On the thread that steps the loop only.
final class HostDescriptor {
    let descriptor: CInt
    private let timer: CInt
    /// What the timer was set to, in milliseconds; setting it costs a system call.
    private var armed: Int?

    init(watching backend: CInt) throws(LoopError) {
        let action = "make a descriptor for the host's loop"
        self.descriptor = epoll_create1(CInt(EPOLL_CLOEXEC))
        let timerFlags = CInt(TFD_NONBLOCK | TFD_CLOEXEC)
        self.timer = timerfd_create(CLOCK_MONOTONIC, timerFlags)
        guard self.watch(backend), self.watch(self.timer) else {
            // The descriptors that were made are closed by deinit.
            throw LoopError(-errno, action)
        }
    }

    deinit {
        if self.descriptor >= 0 { close(self.descriptor) }
        if self.timer >= 0 { close(self.timer) }
    }

    private func watch(_ other: CInt) -> Bool {
        guard self.descriptor >= 0, other >= 0 else { return false }
        var interest = epoll_event()
        interest.events = EPOLLIN.rawValue
        return epoll_ctl(self.descriptor, EPOLL_CTL_ADD, other, &interest) == 0
    }

    /// Makes the descriptor readable after that time, or at once; -1 leaves it to libuv's events.
    func arm(afterMs timeoutMs: Int) {
        if timeoutMs < 0, self.armed == nil { return }
        self.armed = timeoutMs < 0 ? nil : timeoutMs
        var time = itimerspec()
        if timeoutMs >= 0 {
            time.it_value.tv_sec = timeoutMs / 1000
            // A timer of zero would be off.
            time.it_value.tv_nsec = timeoutMs == 0 ? 1 : timeoutMs % 1000 * 1_000_000
        }
        timerfd_settime(self.timer, 0, &time, nil)
    }
}
