internal import Glibc

/// A plugin in a process of its own, in a process group of its own, in a folder of its own.
public final class PluginProcess: PluginEndpoint {
    /// The end of the wire that the kit holds.
    public let socket: CInt
    /// A process takes signals.
    public let isProcess = true
    private let pid: pid_t
    private let errorFile: String
    private var status: CInt?

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - command: The program's path and its arguments.
    ///   - folder: Where it runs; its standard error is kept there as well.
    public init(_ command: [String], in folder: String) throws(KitError) {
        errorFile = folder + "/stderr"
        var ends: [CInt] = [0, 0]
        // A socket as the daemon uses one: writing to it can't raise a signal.
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw KitError("no socket to be had: \(KitError.system(errno))")
        }
        defer { close(ends[1]) }
        socket = ends[0]
        do throws(KitError) {
            pid = try Self.spawn(command, folder, ends[1], errorFile)
        } catch {
            close(ends[0])
            throw error
        }
    }

    deinit {
        destroy()
        close(socket)
    }

    /// What it has said on standard error so far.
    public var errors: String { KitFolder.read(errorFile) }

    /// Ends its input; its output can still be read.
    public func endInput() { shutdown(socket, CInt(SHUT_WR)) }

    /// Sends SIGTERM to its group.
    public func terminate() { kill(-pid, SIGTERM) }

    /// Waits for its end; nil when it has not come in that time.
    public func ending(withinMs limit: Int) -> String? {
        let end = Ticks.now() + limit
        while status == nil {
            var found: CInt = 0
            if waitpid(pid, &found, WNOHANG) == pid { status = found }
            if status != nil || Ticks.now() >= end { break }
            // The end of a process can't be waited for with a limit without a signal handler.
            poll(nil, 0, 5)
        }
        return status.map(Self.describe)
    }

    /// Kills its group and waits for it.
    public func destroy() {
        guard status == nil else { return }
        kill(-pid, SIGKILL)
        _ = ending(withinMs: 5000)
    }

    private static func describe(_ status: CInt) -> String {
        status & 0x7F == 0 ? "exit status \(status >> 8 & 0xFF)" : "signal \(status & 0x7F)"
    }

    // MARK: - Its start

    private static func spawn(
        _ command: [String], _ folder: String, _ socket: CInt, _ errorFile: String
    ) throws(KitError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, socket, 0)
        posix_spawn_file_actions_adddup2(&actions, socket, 1)
        posix_spawn_file_actions_addopen(
            &actions, 2, errorFile, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        var attributes = freshSignals()
        defer { posix_spawnattr_destroy(&attributes) }
        // `env` becomes the program; there is no portable call that starts one in a folder.
        let words = ["env", "--chdir=\(folder)"] + command
        var vector = words.map { strdup($0) } + [nil]
        defer { vector.forEach { free($0) } }
        var pid: pid_t = 0
        let error = posix_spawnp(&pid, "env", &actions, &attributes, &vector, environ)
        guard error == 0 else {
            throw KitError("\(command[0]) does not start: \(KitError.system(error))")
        }
        return pid
    }

    /// No signal blocked or ignored, and a group that can be ended as a whole.
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
