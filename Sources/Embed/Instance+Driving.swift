internal import COpsLoop
internal import OpsCore

extension Instance {
    // MARK: - Driving the loop

    /// Gives the loop a thread of its own.
    func run() throws(EmbedError) {
        try refuseInside()
        let loop = try steppedLoop()
        try seat.drive { () throws(EmbedError) in
            do {
                try loop.start()
            } catch {
                throw EmbedError(start: error)
            }
            state.withLock { $0.isThreaded = true }
        }
    }

    /// What the host's loop watches.
    func descriptor() throws -> CInt {
        try refuseInside()
        let loop = try steppedLoop()
        return try seat.drive { () throws(EmbedError) in
            do {
                return try loop.makeHostDescriptor()
            } catch {
                throw EmbedError(start: error)
            }
        }
    }

    /// Runs what is ready; false when the loop has stopped.
    func step(timeoutMs: Int) throws(EmbedError) -> Bool {
        try refuseInside()
        let loop = try steppedLoop()
        return try seat.drive { () throws(EmbedError) in loop.step(timeoutMs: timeoutMs) }
    }

    /// Lets a step that waits return.
    func wakeUp() throws(EmbedError) {
        let loop = try running().platform.loop
        loop.execute { loop.nextTurn {} }
    }

    /// Whether the loop has a thread of its own.
    var isThreaded: Bool { state.withLock { $0.isThreaded } }

    private func steppedLoop() throws(EmbedError) -> EventLoop {
        let (engine, isThreaded) = state.withLock { ($0.engine, $0.isThreaded) }
        guard let engine else { throw .state("not started") }
        if isThreaded { throw .state("the loop has a thread of its own") }
        return engine.platform.loop
    }
}
