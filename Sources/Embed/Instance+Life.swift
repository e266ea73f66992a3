internal import COpsLoop
internal import Dispatch
internal import OpsCore

extension Instance {
    // MARK: - Start

    /// Starts everything; the calling thread drives the loop meanwhile.
    func start() throws {
        try refuseInside()
        let options = try state.withLock { state in
            guard state.phase == .created else { throw EmbedError.state("started already") }
            state.phase = .starting
            return self.options(state)
        }
        do {
            let platform = try Platform.open(options)
            try begin(platform)
            state.withLock { state in
                state.engine = Engine(platform, callbacks, options.logger)
                state.phase = .running
            }
        } catch {
            state.withLock { $0.phase = .created }
            throw EmbedError(start: error)
        }
    }

    private func begin(_ platform: Platform) throws {
        let outcome = Completion<Result<Void, any Error>>()
        let loop = platform.loop
        Task(executorPreference: loop) {
            do {
                try await platform.begin()
                outcome.complete(.success(()))
                // The driver must not sleep on what has happened.
                loop.nextTurn {}
            } catch {
                outcome.complete(.failure(error))
            }
        }
        try seat.drive { () throws(EmbedError) in
            while outcome.current == nil, loop.step(timeoutMs: -1) {}
        }
        try outcome.wait()?.get()
    }

    // MARK: - Stop

    /// Stops everything and answers everybody.
    ///
    /// - Throws: `ETIME` when that takes longer; it goes on. `EBUSY` when another thread drives the
    ///   loop or starts it; then nothing has begun.
    func stop(until deadline: DispatchTime) throws(EmbedError) {
        try refuseInside()
        guard let (engine, end) = try isThreaded ? beginStop() : driveToEnd(until: deadline) else {
            return
        }
        guard end.wait(until: deadline) != nil else {
            throw EmbedError(OPSLOOP_ETIME, "deadline_exceeded", "not stopped within the deadline")
        }
        engine.unanswered.refuseRest()
        state.withLock { $0.phase = .stopped }
    }

    /// Stops everything, however long it takes, and gives the host's descriptor back.
    func end() throws(EmbedError) {
        try stop(until: .distantFuture)
        // Not left to the loop's end: the last thread that knows the loop may still be on its way.
        state.withLock { $0.engine.take() }?.platform.loop.closeHostDescriptor()
    }

    /// Nil when there is nothing to stop.
    private func beginStop() throws(EmbedError) -> (Engine, Completion<Bool>)? {
        let (phase, engine, end) = state.withLock { state in
            defer { if state.phase == .running { state.phase = .stopping } }
            return (state.phase, state.engine, state.end)
        }
        if phase == .starting { throw .busy("another thread starts it") }
        guard let engine, phase != .stopped else { return nil }
        if phase == .running {
            Task(executorPreference: engine.platform.loop) {
                await engine.stop()
                end.complete(true)
            }
        }
        return (engine, end)
    }

    /// Begins to stop and drives the loop; nil when there is nothing to stop.
    ///
    /// The seat comes first, so that nothing has begun where another thread has it.
    private func driveToEnd(
        until deadline: DispatchTime
    ) throws(EmbedError) -> (Engine, Completion<Bool>)? {
        try seat.drive { () throws(EmbedError) in
            guard let (engine, end) = try beginStop() else { return nil }
            // The loop may have got a thread just before the seat was free.
            while !isThreaded, end.current == nil, DispatchTime.now() < deadline {
                if !engine.platform.loop.step(timeoutMs: Self.milliseconds(until: deadline)) {
                    break
                }
            }
            return (engine, end)
        }
    }

    private static func milliseconds(until deadline: DispatchTime) -> Int {
        guard deadline != .distantFuture else { return -1 }
        let (now, end) = (DispatchTime.now().uptimeNanoseconds, deadline.uptimeNanoseconds)
        return Int((end - min(now, end)) / 1_000_000) + 1
    }
}
