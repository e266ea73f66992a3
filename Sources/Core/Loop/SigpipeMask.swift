import Glibc

/// Keeps SIGPIPE away from a thread, without touching the process's signal handlers.
///
/// OpsLoop is embedded in other programs, so it installs no handlers of its own. A blocked SIGPIPE
/// leaves `write` to answer EPIPE, which is what the streams report.
enum SigpipeMask {
    /// Blocks SIGPIPE in the current thread for good.
    static func block() {
        var mask = Self.onlySigpipe
        pthread_sigmask(SIG_BLOCK, &mask, nil)
    }

    /// Runs `body` with SIGPIPE blocked in the current thread, which belongs to the host.
    static func whileBlocked<T>(_ body: () -> T) -> T {
        var mask = Self.onlySigpipe
        var before = sigset_t()
        pthread_sigmask(SIG_BLOCK, &mask, &before)
        defer { Self.restore(before) }
        return body()
    }

    private static var onlySigpipe: sigset_t {
        var mask = sigset_t()
        sigemptyset(&mask)
        sigaddset(&mask, SIGPIPE)
        return mask
    }

    /// Takes back a SIGPIPE that our own writes left pending: it is not the host's.
    private static func restore(_ before: sigset_t) {
        var before = before
        guard sigismember(&before, SIGPIPE) == 0 else { return }
        var mask = Self.onlySigpipe
        var atOnce = timespec()
        _ = sigtimedwait(&mask, nil, &atOnce)
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }
}
