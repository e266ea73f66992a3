internal import OpsCore
internal import OpsJSONRPC

/// The calls that a plugin of the host has not answered yet.
final class OpenRequests: Sendable {
    private struct State {
        var requests: [Int: HostRequest] = [:]
        var lastNumber = 0
    }

    private let state = Guarded(State())

    /// Makes a request, hands it over, and waits for its answer, or until nobody wants that any more.
    func answer(_ hand: (HostRequest) -> Void) async throws -> JSON {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        defer { state.withLock { $0.requests[number] = nil } }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let request = HostRequest(continuation)
                state.withLock { $0.requests[number] = request }
                hand(request)
                // The cancellation may have come before there was a request to give up.
                if Task.isCancelled { request.give(.failure(CancellationError())) }
            }
        } onCancel: {
            state.withLock { $0.requests[number] }?.give(.failure(CancellationError()))
        }
    }

    func refuseAll(_ error: RPCError) {
        let open = state.withLock { $0.requests }
        for request in open.values { request.give(.failure(error)) }
    }
}
