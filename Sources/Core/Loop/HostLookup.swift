import CLibuv

/// Finds the addresses of a host by the system's resolver, off the loop.
///
/// `@unchecked Sendable`: every member is touched on the loop only; `result` hops there.
public final class HostLookup: @unchecked Sendable {
    private let loop: EventLoop
    private let host: String
    private let timeout: Duration
    private let timer: LoopTimer
    private var lookup: NameLookup?
    private var outcome: Result<[IPAddress], any Error>?
    private var continuation: CheckedContinuation<[IPAddress], any Error>?

    private init(_ host: String, timeout: Duration, on loop: EventLoop) {
        self.loop = loop
        self.host = host
        self.timeout = timeout
        self.timer = LoopTimer(on: loop)
    }

    /// Returns the addresses of a name in the resolver's order; at once when it is an address itself.
    ///
    /// From anywhere. Throws `LoopError`, with `UV_ETIMEDOUT` when it was too slow; a task that is
    /// cancelled meanwhile gets `CancellationError`.
    public static func addresses(
        of host: String, timeout: Duration, on loop: EventLoop
    ) async throws -> [IPAddress] {
        if let address = IPAddress(host) { return [address] }
        return try await HostLookup(host, timeout: timeout, on: loop).result()
    }

    private var action: String { "look up \(self.host)" }

    private func result() async throws -> [IPAddress] {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                self.loop.execute { self.begin(continuation) }
            }
        } onCancel: {
            self.loop.execute { self.end(.failure(CancellationError())) }
        }
    }

    private func begin(_ continuation: CheckedContinuation<[IPAddress], any Error>) {
        // The task may have been cancelled before it came here.
        if let outcome = self.outcome { return continuation.resume(with: outcome) }
        self.continuation = continuation
        guard !self.loop.isStopping else {
            return self.end(.failure(LoopError.loopStopped(self.action)))
        }
        self.timer.start(after: self.timeout) {
            self.end(.failure(LoopError(UV_ETIMEDOUT, self.action)))
        }
        do throws(LoopError) {
            self.lookup = try NameLookup.start(
                host: self.host, port: 0, on: self.loop, for: self.action
            ) { found in
                self.end(found.map { $0.compactMap { IPAddress($0) } }.mapError { $0 as any Error })
            }
        } catch {
            self.end(.failure(error))
        }
    }

    private func end(_ outcome: Result<[IPAddress], any Error>) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        self.lookup?.cancel()
        self.timer.close()
        self.continuation.take()?.resume(with: outcome)
    }
}
