import Glibc

/// Ctrl-C while a call is under way: the first one cancels the call, the second one ends the program.
///
/// The first one is also a byte in a pipe that the program waits for. One that came a moment before
/// the wait would be noted otherwise, and the program would go on waiting all the same.
enum Interrupt {
    // Written by the signal handler and read between two waits, on the one thread that there is.
    private nonisolated(unsafe) static var count: sig_atomic_t = 0
    private nonisolated(unsafe) static var usual: sighandler_t?
    // Written before the handler is there for the first time, and not changed afterwards.
    private nonisolated(unsafe) static var pipe: (reading: CInt, writing: CInt) = (-1, -1)

    /// From here on the first Ctrl-C is only noted.
    static func begin() {
        if pipe.reading < 0 { makePipe() }
        usual = signal(SIGINT) { _ in
            if Interrupt.count > 0 { _exit(130) }
            Interrupt.count += 1
            var byte: UInt8 = 0
            write(Interrupt.pipe.writing, &byte, 1)
        }
    }

    /// Ctrl-C does again what it did before.
    static func end() { signal(SIGINT, usual) }

    /// Whether there was one during any call.
    static var hasCome: Bool { count > 0 }

    /// Waits like `poll`; Ctrl-C ends the wait as if its time had passed.
    static func poll(_ entry: inout pollfd, _ ms: CInt) -> CInt {
        var entries = [entry, pollfd(fd: pipe.reading, events: CShort(POLLIN), revents: 0)]
        let count = Glibc.poll(&entries, nfds_t(entries.count), ms)
        guard count > 0 else { return count }
        entry = entries[0]
        var byte: UInt8 = 0
        if entries[1].revents != 0 { read(pipe.reading, &byte, 1) }
        return entry.revents == 0 ? 0 : 1
    }

    /// Without one, when no descriptor is to be had, Ctrl-C is noticed only while the program waits.
    private static func makePipe() {
        var ends: [CInt] = [-1, -1]
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        guard socketpair(AF_UNIX, CInt(kind), 0, &ends) == 0 else { return }
        pipe = (ends[0], ends[1])
    }
}
