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

    /// Carries the number of a signal from its handler to the thread that may act on it.
    private static let signals: (read: CInt, write: CInt) = {
        var ends: [CInt] = [-1, -1]
        pipe(&ends)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }()

    /// Cleans up and exits when the program is interrupted or terminated.
    ///
    /// A thread does that, because a handler could do nothing of it safely. The signals are not
    /// blocked and waited for instead: threads that were there before would still be hit by them.
    static func watchSignals() {
        _ = signals
        var thread = pthread_t()
        pthread_create(&thread, nil, { _ in Cleanup.waitForSignal() }, nil)
        pthread_detach(thread)
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                var byte = UInt8(truncatingIfNeeded: number)
                write(Cleanup.signals.write, &byte, 1)
            }
        }
    }

    private static func waitForSignal() -> Never {
        var number: UInt8 = 0
        while read(signals.read, &number, 1) != 1 {}
        everything()
        _exit(128 + CInt(number))
    }
}
