/// The outcome of a call into a plugin, for the task that waits for it.
final class PeerAnswer: Sendable {
    private enum State: Sendable {
        case open
        case awaited(CheckedContinuation<PeerCall.Outcome, Never>)
        case kept(PeerCall.Outcome)
    }

    private let state = Guarded(State.open)

    /// Takes the outcome, once.
    func keep(_ outcome: PeerCall.Outcome) {
        let waiting = state.withLock { state -> CheckedContinuation<PeerCall.Outcome, Never>? in
            defer { state = .kept(outcome) }
            if case .awaited(let continuation) = state { return continuation }
            return nil
        }
        waiting?.resume(returning: outcome)
    }

    /// The outcome, as soon as there is one; to be asked for once.
    var outcome: PeerCall.Outcome {
        get async {
            await withCheckedContinuation { continuation in
                let kept = state.withLock { state -> PeerCall.Outcome? in
                    if case .kept(let outcome) = state { return outcome }
                    state = .awaited(continuation)
                    return nil
                }
                if let kept { continuation.resume(returning: kept) }
            }
        }
    }
}
