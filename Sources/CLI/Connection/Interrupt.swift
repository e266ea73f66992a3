import Glibc

/// Ctrl-C while a call is under way: the first one cancels the call, the second one ends the program.
enum Interrupt {
    // Written by the signal handler and read between two waits, on the one thread that there is.
    private nonisolated(unsafe) static var count: sig_atomic_t = 0
    private nonisolated(unsafe) static var usual: sighandler_t?

    /// From here on the first Ctrl-C is only noted.
    static func begin() {
        count = 0
        usual = signal(SIGINT) { _ in
            if count > 0 { _exit(130) }
            count += 1
        }
    }

    /// Ctrl-C does again what it did before.
    static func end() { signal(SIGINT, usual) }

    /// Whether there was one since ``begin()``.
    static var hasCome: Bool { count > 0 }
}
