internal import OpsCore
internal import OpsJSONRPC

extension Instance {
    // MARK: - Calls

    /// Queues a message; the host's function gets the answer.
    func call(
        _ message: Message, _ reply: HostFunction
    ) throws(EmbedError) {
        let isQueued = try running().call(message) { [callbacks] in
            callbacks.call(reply, $0)
        }
        if !isQueued { throw .state("stopped") }
    }

    /// Carries a message out and waits for the answer; empty when it has none.
    func callAndWait(_ message: Message) throws(EmbedError) -> [UInt8] {
        try refuseInside()
        let engine = try running()
        let loop = engine.platform.loop
        let answer = Completion<[UInt8]>()
        let isQueued = engine.callAlone(message) { text in
            answer.complete(text)
            // The driver must not sleep on what has happened; at the end nobody drives any more.
            if loop.isOnLoop { loop.nextTurn {} }
        }
        if !isQueued { throw .state("stopped") }
        if seat.isMine { driveUntil(answer, loop) }
        return answer.wait() ?? []
    }

    private func driveUntil(_ answer: Completion<[UInt8]>, _ loop: EventLoop) {
        // The message is queued, so there is no way back: whoever has taken the seat meanwhile, be
        // it the loop's own thread, comes to the answer too.
        try? seat.drive {
            while !isThreaded, answer.current == nil, loop.step(timeoutMs: -1) {}
        }
    }
}
