import CLibuv
import CSpawn
import Glibc

/// A program that was started, until it has been waited for.
///
/// Not by libuv, which copies the page tables of this process for each program, on the loop's thread,
/// and asks after every child when one has ended (docs/decisions/0023-spawn.md).
///
/// `@unchecked Sendable`: every member is touched on the loop only.
final class SpawnedProcess: HandleOwner, @unchecked Sendable {
    /// Its process, session and process group.
    let processID: pid_t
    /// A descriptor of the kernel that can be read once the program has ended.
    private let watch: CInt
    private let box: HandleBox
    private var isWatched = true
    private var onExit: ((_ code: Int32, _ signal: CInt) -> Void)?
    private var onLoopStop: (() -> Void)?

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - onExit: Called once, on the loop, when it has ended and was waited for.
    ///   - onLoopStop: Called when the loop stops; it ends the program, and the loop waits for that.
    init(
        _ request: ProcessRequest, _ pipes: ProcessPipes, on loop: EventLoop,
        onExit: @escaping (_ code: Int32, _ signal: CInt) -> Void,
        onLoopStop: @escaping () -> Void
    ) throws(LoopError) {
        let action = "start \(request.arguments[0])"
        if loop.isStopping { throw .loopStopped(action) }
        (processID, watch) = try Self.spawn(request, pipes, action)
        self.onExit = onExit
        self.onLoopStop = onLoopStop
        let descriptor = watch
        do throws(LoopError) {
            box = try HandleBox(uv_poll_t.self, on: loop, for: action) {
                uv_poll_init($0, $1, descriptor)
            }
        } catch {
            // Nobody would ever wait for it.
            kill(-processID, SIGKILL)
            waitpid(processID, nil, 0)
            Glibc.close(descriptor)
            throw error
        }
        uv_poll_start(
            box.pointer(uv_poll_t.self), CInt(UV_READABLE.rawValue),
            { handle, _, _ in HandleBox.owner(of: handle, SpawnedProcess.self)?.hasEnded() })
        box.owner = self
    }

    deinit {
        // The loop did not wait for it any longer.
        if isWatched { Glibc.close(watch) }
    }

    func loopStops() { onLoopStop.take()?() }

    /// Waits for the program, which takes no time, so that no zombie stays.
    private func hasEnded() {
        var status: CInt = 0
        let waited = waitpid(processID, &status, WNOHANG)
        guard waited != 0 else { return }
        box.close()
        Glibc.close(watch)
        isWatched = false
        // When somebody else has waited for it, how it ended is not to be known.
        let signal = waited < 0 ? SIGKILL : status & 0x7f
        onLoopStop = nil
        onExit.take()?(signal == 0 ? (status >> 8) & 0xff : 0, signal)
    }

    // MARK: - Starting

    private static func spawn(
        _ request: ProcessRequest, _ pipes: ProcessPipes, _ action: String
    ) throws(LoopError) -> (pid_t, CInt) {
        let environment = request.environment ?? ProcessRequest.minimalEnvironment
        let arguments = CStringArray(request.arguments)
        let variables = CStringArray(environment.map { "\($0)=\($1)" })
        var (process, watch): (pid_t, CInt) = (0, -1)
        var status = ENOENT
        for path in candidates(request.arguments[0], environment["PATH"]) {
            status = opsl_spawn(
                path, arguments.pointer, variables.pointer, request.directory, pipes.descriptors,
                &process, &watch)
            // As a shell does: what is not there, or not to be run, may be in the next folder.
            guard [ENOENT, ENOTDIR, EACCES].contains(status) else { break }
        }
        guard status == 0 else {
            throw LoopError(-status, action, hint: request.hint(forStatus: -status))
        }
        return (process, watch)
    }

    /// Where the program may be: a name without a slash is in one of the folders of PATH.
    private static func candidates(_ program: String, _ path: String?) -> [String] {
        guard !program.contains("/") else { return [program] }
        let folders = (path ?? "").split(separator: ":").map { "\($0)/\(program)" }
        // Trying to start what is not there costs more than looking.
        let present = folders.filter { access($0, F_OK) == 0 }
        return present.isEmpty ? Array(folders.prefix(1)) : present
    }
}

extension ProcessRequest {
    /// What a person can do about a program that does not start.
    fileprivate func hint(forStatus status: CInt) -> String? {
        if let directory = self.directory, access(directory, X_OK) != 0 {
            return "the directory \(directory) cannot be entered"
        }
        switch status {
        case UV_ENOENT.rawValue where !self.arguments[0].contains("/"):
            return "there is no such program in the PATH that it was given"
        case UV_EACCES.rawValue: return "the file is not executable"
        default: return nil
        }
    }
}
