import CLibuv
import Glibc

/// A program that runs beside us and is talked to over its standard streams.
///
/// It has a session and a process group of its own. Whoever of the group is left when the program
/// has ended is killed, and so is the whole group when the loop stops.
///
/// ```
/// running -> draining -> done     it has ended; what it wrote is still read
///     \________________/
/// ```
///
/// `@unchecked Sendable`: every member is touched on the loop only.
final class LiveProcess: @unchecked Sendable {
    /// Who is told what the program does; each is called on the loop.
    struct Listener {
        let onOutput: (UnsafeRawBufferPointer) -> Void
        let onErrorOutput: (UnsafeRawBufferPointer) -> Void
        /// Called once, after everything that it wrote.
        let onEnd: (ProcessResult.Ending) -> Void
    }

    /// How long a program that has ended may leave its output open, because a child of it has it.
    private static var drainGrace: Duration { .milliseconds(250) }

    private enum State { case running, draining, done }

    private(set) var processID: pid_t = 0
    private let loop: EventLoop
    private let pipes: ProcessPipes
    private let drainTimer: LoopTimer
    private var listener: Listener?
    private var state = State.running
    private var openOutputs = 2
    private var ending = ProcessResult.Ending.signalled(SIGKILL)

    /// Starts the program; the request's standard input, its limits and its timeout are not used.
    init(_ request: ProcessRequest, on loop: EventLoop) throws(LoopError) {
        if let mistake = request.mistake { throw LoopError(UV_EINVAL, "start it", hint: mistake) }
        let pipes = try ProcessPipes(withInput: true, on: loop)
        defer { pipes.closeProgramEnds() }
        self.loop = loop
        self.pipes = pipes
        drainTimer = LoopTimer(on: loop)
        do throws(LoopError) {
            processID = try SpawnedProcess(
                request, pipes, on: loop, onExit: { [self] in exited($0, $1) },
                onLoopStop: { [self] in loopStops() }
            ).processID
        } catch {
            state = .done
            drainTimer.close()
            pipes.closeStreams()
            throw error
        }
    }

    /// Begins to read what the program writes.
    func listen(_ listener: Listener) {
        self.listener = listener
        for (pipe, onData) in [
            (pipes.stdout, listener.onOutput), (pipes.stderr, listener.onErrorOutput),
        ] {
            pipe.stream.startReading(
                onData: onData, onEnd: { [self] _ in outputEnded(pipe.stream) })
        }
    }

    /// What the program reads.
    var input: ByteStream? { pipes.stdin?.stream }

    /// What the program writes; whoever cannot keep up stops reading here.
    var output: ByteStream { pipes.stdout.stream }

    /// What the program writes to its standard error.
    var errorOutput: ByteStream { pipes.stderr.stream }

    /// Whether the program has not ended, as far as is known.
    var isRunning: Bool { state == .running }

    /// Ends the program's input once everything queued has left.
    func endInput() { input?.shutdown { [self] _ in input?.close() } }

    /// Sends a signal to the whole group; nothing when the program has ended.
    func signalGroup(_ signal: CInt) {
        guard state == .running, processID > 1 else { return }
        _ = Glibc.kill(-processID, signal)
    }

    // MARK: - The end

    private func outputEnded(_ stream: ByteStream) {
        openOutputs -= 1
        stream.close()
        if state == .draining, openOutputs == 0 { finish() }
    }

    private func exited(_ code: Int32, _ signal: CInt) {
        guard state == .running else { return }
        ending = signal == 0 ? .exited(code) : .signalled(signal)
        // The group keeps the number of its leader while anyone is in it.
        signalGroup(SIGKILL)
        state = .draining
        guard openOutputs > 0 else { return finish() }
        drainTimer.start(after: Self.drainGrace) { [self] in finish() }
    }

    private func finish() {
        guard state != .done else { return }
        state = .done
        drainTimer.close()
        pipes.closeStreams()
        listener.take()?.onEnd(ending)
    }

    private func loopStops() {
        signalGroup(SIGKILL)
        finish()
    }
}
