import CLibuv
import Glibc

/// One program from its start to its result.
///
/// ```
/// waiting -> running -> terminating -> killed -> done      the program still runs
///    |           \___________\___________\__> draining -> done    it has ended, its output has not
///    \-> done (it does not start)
/// ```
/// One timer serves all states: what its firing means depends on the state.
///
/// `@unchecked Sendable`: every member is touched on the loop only.
final class ProcessRun: @unchecked Sendable {
    /// How long a program that has ended may leave its output open, because a child of it has it.
    private static var drainGrace: Duration { .milliseconds(250) }

    private enum State { case waiting, running, terminating, killed, draining, done }

    private let loop: EventLoop
    private let request: ProcessRequest
    private let timer: LoopTimer
    private var state = State.waiting
    private var started: UInt64 = 0
    private var processID: pid_t = 0
    private var pipes: ProcessPipes?
    private var openOutputs = 0
    private var stdout: ProcessOutput
    private var stderr: ProcessOutput
    private var ending: ProcessResult.Ending?
    private var hasTimedOut = false
    private var continuation: CheckedContinuation<ProcessResult, Never>?

    init(_ request: ProcessRequest, on loop: EventLoop) {
        self.loop = loop
        self.request = request
        self.timer = LoopTimer(on: loop)
        self.stdout = ProcessOutput(limit: request.maxOutputBytes)
        self.stderr = ProcessOutput(limit: request.maxOutputBytes)
    }

    // MARK: - Start

    func begin(_ continuation: CheckedContinuation<ProcessResult, Never>) {
        self.continuation = continuation
        self.started = uv_hrtime()
        if self.state == .done { return self.answer(.failedToStart("its task was cancelled")) }
        if let mistake = self.request.mistake { return self.finish(.failedToStart(mistake)) }
        do throws(LoopError) {
            try self.start()
        } catch {
            self.finish(.failedToStart(error.description))
        }
    }

    private func start() throws(LoopError) {
        let pipes = try ProcessPipes(withInput: !self.request.stdin.isEmpty, on: self.loop)
        self.pipes = pipes
        defer { pipes.closeProgramEnds() }
        let process = try SpawnedProcess(
            self.request, pipes, on: self.loop, onExit: { self.exited($0, $1) },
            onLoopStop: { self.loopStops() })
        self.processID = process.processID
        self.state = .running
        self.connect(pipes)
        self.timer.start(after: self.request.timeout) { self.timerFired() }
    }

    private func connect(_ pipes: ProcessPipes) {
        self.openOutputs = 2
        pipes.stdout.stream.startReading(
            onData: { self.stdout.add($0) }, onEnd: { _ in self.outputEnded(pipes.stdout) })
        pipes.stderr.stream.startReading(
            onData: { self.stderr.add($0) }, onEnd: { _ in self.outputEnded(pipes.stderr) })
        guard let input = pipes.stdin?.stream else { return }
        // A program that does not read its input is no error: its result counts.
        input.write(self.request.stdin) { _ in input.close() }
    }

    // MARK: - What happens

    private func outputEnded(_ pipe: ProcessPipe) {
        self.openOutputs -= 1
        pipe.stream.close()
        if self.state == .draining, self.openOutputs == 0 { self.finishEnded() }
    }

    private func exited(_ code: Int32, _ signal: CInt) {
        guard self.state != .done else { return }
        self.ending = signal == 0 ? .exited(code) : .signalled(signal)
        // Whoever of the group ignored SIGTERM is not waited for.
        if self.state != .running { self.signalGroup(SIGKILL) }
        self.state = .draining
        guard self.openOutputs > 0 else { return self.finishEnded() }
        self.timer.start(after: Self.drainGrace) { self.timerFired() }
    }

    private func timerFired() {
        switch self.state {
        case .running:
            self.hasTimedOut = true
            self.terminate()
        case .terminating: self.kill()
        // Even SIGKILL does not end a process that waits for a dead disk. It is reaped later.
        case .killed: self.finish(self.hasTimedOut ? .timedOut : .signalled(SIGKILL))
        case .draining:
            self.signalGroup(SIGKILL)
            self.finishEnded()
        case .waiting, .done: break
        }
    }

    /// Ends the program because nobody waits for its result any more.
    func cancel() {
        switch self.state {
        case .waiting: self.state = .done
        case .running: self.terminate()
        case .draining:
            self.signalGroup(SIGKILL)
            self.finishEnded()
        case .terminating, .killed, .done: break
        }
    }

    /// Kills the group and answers; the loop turns until the process was waited for.
    private func loopStops() {
        self.signalGroup(SIGKILL)
        self.finish(self.ending ?? .signalled(SIGKILL))
    }

    // MARK: - The end

    private func terminate() {
        self.state = .terminating
        self.signalGroup(SIGTERM)
        self.timer.start(after: self.request.killGrace) { self.timerFired() }
    }

    private func kill() {
        self.state = .killed
        self.signalGroup(SIGKILL)
        self.timer.start(after: max(self.request.killGrace, .seconds(1))) { self.timerFired() }
    }

    /// The group has the number of its leader, and keeps it while anyone is in it.
    private func signalGroup(_ signal: CInt) {
        precondition(self.processID > 1, "BUG DETECTED: a signal for a program that is not there.")
        _ = Glibc.kill(-self.processID, signal)
    }

    private func finishEnded() {
        self.finish(self.hasTimedOut ? .timedOut : self.ending ?? .signalled(SIGKILL))
    }

    private func finish(_ ending: ProcessResult.Ending) {
        guard self.state != .done else { return }
        self.state = .done
        self.timer.close()
        self.pipes.take()?.closeStreams()
        self.answer(ending)
    }

    private func answer(_ ending: ProcessResult.Ending) {
        let result = ProcessResult(
            ending: ending, stdout: self.stdout.bytes, stderr: self.stderr.bytes,
            truncated: self.stdout.isTruncated || self.stderr.isTruncated,
            duration: .nanoseconds(Int64(uv_hrtime() - self.started)))
        self.continuation.take()?.resume(returning: result)
    }
}
