import Glibc
import Synchronization

/// What must not outlive the benchmark, however it ends: processes and temporary folders.
enum Cleanup {
    private static let leftovers = Mutex(Leftovers())

    private struct Leftovers {
        var processes: Set<pid_t> = []
        var folders: Set<String> = []
    }

    static func add(_ process: pid_t) { leftovers.withLock { _ = $0.processes.insert(process) } }

    static func add(folder: String) { leftovers.withLock { _ = $0.folders.insert(folder) } }

    /// Ends a process and waits for it: politely, and after ten seconds at once.
    static func end(_ process: pid_t) {
        guard leftovers.withLock({ $0.processes.remove(process) }) != nil else { return }
        kill(process, SIGTERM)
        let deadline = ContinuousClock.now + .seconds(10)
        while waitpid(process, nil, WNOHANG) == 0 {
            if ContinuousClock.now > deadline { kill(process, SIGKILL) }
            usleep(1000)
        }
    }

    /// Forgets a process that has ended and was waited for.
    static func forget(_ process: pid_t) {
        leftovers.withLock { _ = $0.processes.remove(process) }
    }

    static func remove(folder: String) {
        guard leftovers.withLock({ $0.folders.remove(folder) }) != nil else { return }
        Folder.remove(folder)
    }

    /// Ends and removes everything; processes first, since they use the folders.
    static func everything() {
        let left = leftovers.withLock { $0 }
        for process in left.processes { end(process) }
        for folder in left.folders { remove(folder: folder) }
    }

    /// Cleans up and exits when the program is interrupted or terminated.
    ///
    /// A thread waits for the signals, because a handler could do nothing of this safely.
    static func watchSignals() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        var thread = pthread_t()
        pthread_create(&thread, nil, { _ in Cleanup.waitForSignal() }, nil)
        pthread_detach(thread)
    }

    private static func waitForSignal() -> Never {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGINT)
        sigaddset(&signals, SIGTERM)
        var signal: CInt = 0
        sigwait(&signals, &signal)
        everything()
        _exit(128 + signal)
    }
}
