import Dispatch
import Glibc
import TestClient

/// A program that a test has started; it is gone when the test is.
final class ChildProgram: @unchecked Sendable {
    // @unchecked Sendable: `status` is written before `ended` is left and read after it was waited
    // for; `buffer` is touched on `reading` only.

    /// How a program ended.
    enum Ending: Equatable {
        case exited(CInt)
        case signalled(CInt)
    }

    let pid: pid_t
    private let output: CInt
    private let reading = DispatchQueue(label: "child-output")
    private let ended = DispatchGroup()
    private var buffer: [UInt8] = []
    private var status: CInt = 0

    /// Starts a program in a process group of its own.
    ///
    /// Its standard output is read by ``line()`` and ``rest()``; its standard error goes to a file.
    init(
        _ arguments: [String], environment: [String: String], directory: String, errors: String
    ) throws {
        let pipe = try Self.makePipe()
        defer { close(pipe.writing) }
        output = pipe.reading
        do {
            pid = try Self.spawn(arguments, environment, directory, pipe.writing, errors)
        } catch {
            close(pipe.reading)
            throw error
        }
        ended.enter()
        DispatchQueue(label: "child-end").async { [self] in
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            ended.leave()
        }
    }

    deinit { close(output) }

    // MARK: - Its life

    func send(_ signal: CInt) { kill(pid, signal) }

    /// Kills the program with everything that it has started in its group.
    func end() async {
        if !hasEnded { kill(-pid, SIGKILL) }
        // Nobody survives that signal.
        _ = try? await ending()
    }

    var hasEnded: Bool { ended.wait(timeout: .now()) == .success }

    /// Waits for the end; kills the program and fails when it does not come.
    ///
    /// - Parameter seconds: How long, for what does more than one thing.
    func ending(within seconds: Int = TestClient.patience) async throws -> Ending {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "child-wait").async { [self] in
                continuation.resume(with: Result { try endingNow(within: seconds) })
            }
        }
    }

    private func endingNow(within seconds: Int) throws -> Ending {
        guard ended.wait(timeout: .now() + .seconds(seconds)) == .success else {
            kill(-pid, SIGKILL)
            throw TestFailure("process \(pid) did not end in time")
        }
        return status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signalled(status & 0x7F)
    }

    // MARK: - Its output

    /// Waits for the next line; nil when nothing more comes.
    func line() async throws -> String? {
        try await onReader { [self] in
            while true {
                if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                    defer { buffer.removeSubrange(...end) }
                    return String(decoding: buffer[..<end], as: UTF8.self)
                }
                guard try readSome() else { return nil }
            }
        }
    }

    /// Everything that the program still says, to its end.
    func rest() async throws -> String {
        try await onReader { [self] in
            while try readSome() {}
            defer { buffer = [] }
            return String(decoding: buffer, as: UTF8.self)
        }
    }

    private func readSome() throws -> Bool {
        var ready = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
        while true {
            let count = poll(&ready, 1, CInt(TestClient.patience) * 1000)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw TestFailure("process \(pid) said nothing in time") }
            break
        }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(output, &bytes, bytes.count)
        guard count >= 0 else { throw TestFailure("read", errno) }
        buffer += bytes[..<count]
        return count > 0
    }

    private func onReader<T: Sendable>(
        _ body: @escaping @Sendable () throws -> T
    ) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            reading.async { continuation.resume(with: Result { try body() }) }
        }
    }

    // MARK: - Its start

    private static func makePipe() throws -> (reading: CInt, writing: CInt) {
        var ends: [CInt] = [0, 0]
        // One call makes both ends and keeps them from what other tests start meanwhile.
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw TestFailure("pipe", errno) }
        return (ends[0], ends[1])
    }

    private static func spawn(
        _ arguments: [String], _ environment: [String: String], _ directory: String,
        _ output: CInt, _ errors: String
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addopen(
            &actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var attributes = freshSignals()
        defer { posix_spawnattr_destroy(&attributes) }
        // `env` becomes the program; there is no portable call that starts one in a folder.
        var vector = (Self.inFolder(directory) + arguments).map { strdup($0) } + [nil]
        var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (vector + variables).forEach { free($0) } }
        var pid: pid_t = 0
        let error = posix_spawnp(
            &pid, "env", &actions, &attributes, &vector, &variables)
        guard error == 0 else { throw TestFailure("start \(arguments[0])", error) }
        return pid
    }

    private static func inFolder(_ folder: String) -> [String] { ["env", "--chdir=\(folder)"] }

    /// A group of its own and no signal blocked or ignored, whatever the calling thread does.
    private static func freshSignals() -> posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var usual = sigset_t()
        sigemptyset(&usual)
        for signal in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&usual, signal) }
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags =
            CInt(POSIX_SPAWN_SETSIGMASK) | CInt(POSIX_SPAWN_SETSIGDEF) | CInt(POSIX_SPAWN_SETPGROUP)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        return attributes
    }
}
