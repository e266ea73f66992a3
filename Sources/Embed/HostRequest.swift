internal import OpsCore
internal import OpsJSONRPC

/// A call that the host has to answer: what an `opsloop_request *` points to.
final class HostRequest: Sendable {
    private let answer: Guarded<CheckedContinuation<JSON, any Error>?>

    init(_ continuation: CheckedContinuation<JSON, any Error>) {
        answer = Guarded(continuation)
    }

    /// Gives the answer; only the first one counts.
    func give(_ result: Result<JSON, any Error>) {
        answer.withLock { $0.take() }?.resume(with: result)
    }
}
