/// Everybody who waits for the next event, and the way to tell them that there won't be any.
final class EventWaits: Sendable {
    private typealias Waits = [Int: AsyncStream<Void>.Continuation]

    private struct State {
        var waits = Waits()
        var lastNumber = 0
        var hasEnded = false
    }

    private let state = Guarded(State())

    /// Whether the platform stops.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Makes a signal that fires when it is told to, and ends with the platform.
    func makeSignal() -> EventSignal {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.lastNumber += 1
            if !state.hasEnded { state.waits[state.lastNumber] = continuation }
            return state.hasEnded ? nil : state.lastNumber
        }
        if number == nil { continuation.finish() }
        return EventSignal(stream: stream, continuation: continuation, number: number ?? 0)
    }

    func remove(_ signal: EventSignal) {
        let continuation = state.withLock { $0.waits.removeValue(forKey: signal.number) }
        continuation?.finish()
    }

    func end() {
        let waits = state.withLock { state in
            state.hasEnded = true
            defer { state.waits = [:] }
            return state.waits
        }
        for continuation in waits.values { continuation.finish() }
    }
}

/// Says that there may be something new; several of these in a row are one.
struct EventSignal: Sendable {
    let stream: AsyncStream<Void>
    let continuation: AsyncStream<Void>.Continuation
    let number: Int
}
