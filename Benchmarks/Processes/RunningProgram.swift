import Glibc

/// A child process, ended when nobody needs it any more.
final class RunningProgram {
    let id: pid_t
    private let path: String
    /// What `waitpid` said, once it has ended.
    private var status: CInt?

    init(_ path: String, _ arguments: [String], _ streams: Program.Streams) throws {
        self.path = path
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        if let output = streams.output {
            posix_spawn_file_actions_adddup2(&actions, output, 1)
        } else {
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        }
        if let error = streams.error { posix_spawn_file_actions_adddup2(&actions, error, 2) }
        if let third = streams.third { posix_spawn_file_actions_adddup2(&actions, third, 3) }
        id = try Self.spawn(path, arguments, &actions)
        Cleanup.add(id)
    }

    deinit { Cleanup.end(id) }

    /// Ends it and waits until it is gone.
    func stop() { Cleanup.end(id) }

    /// Whether it has ended by itself.
    var hasEnded: Bool {
        if status == nil, let status = wait(WNOHANG) { self.status = status }
        return status != nil
    }

    /// Whether it has ended, or does so now: its connections are gone before it is.
    var endsSoon: Bool {
        let deadline = ContinuousClock.now + .seconds(2)
        while !hasEnded, ContinuousClock.now < deadline { usleep(1000) }
        return hasEnded
    }

    /// How it ended, for people.
    var ending: String {
        guard let status else { return "still runs" }
        let signal = status & 0x7F
        return signal == 0 ? "ended with status \(status >> 8)" : "was ended by signal \(signal)"
    }

    /// Waits for the end of its own accord.
    ///
    /// - Throws: ``BenchError`` unless it exits with 0.
    func waitForSuccess() throws {
        status = wait(0)
        guard status == 0 else { throw BenchError("\(path) \(ending).") }
    }

    private func wait(_ options: CInt) -> CInt? {
        var status: CInt = 0
        while true {
            let ended = waitpid(id, &status, options)
            if ended < 0, errno == EINTR { continue }
            guard ended == id else { return nil }
            Cleanup.forget(id)
            return status
        }
    }

    private static func spawn(
        _ path: String, _ arguments: [String], _ actions: inout posix_spawn_file_actions_t
    ) throws -> pid_t {
        var words = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var id: pid_t = 0
        var attributes = openToSignals()
        defer { posix_spawnattr_destroy(&attributes) }
        let status = posix_spawnp(&id, path, &actions, &attributes, &words, environ)
        guard status == 0 else { throw BenchError("start \(path)", errno: status) }
        return id
    }

    /// The threads of the runtime block all signals, and a child would inherit that: pgbench ends by one.
    private static func openToSignals() -> posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_init(&attributes)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        return attributes
    }
}
