internal import OpsCore

extension ProbeTools {
    /// Does something that blocks on a worker thread; nil when it takes longer than `limit`.
    ///
    /// Work that is late is left running, and its result is dropped. Throws what `body` throws, or
    /// that the workers have too much to do.
    func blocking<T: Sendable>(
        within limit: Duration, on workers: WorkerPool? = nil,
        _ body: @escaping @Sendable () throws -> T
    ) async throws -> T? {
        let workers = workers ?? self.workers
        let answer = Answer<T>()
        let isInTime = await Deadline.run(max(limit, .zero), on: loop, time) {
            let result: Result<T, any Error>
            do {
                result = .success(try await workers.run(body))
            } catch {
                result = .failure(error)
            }
            answer.result.withLock { $0 = result }
        }
        return isInTime ? try answer.result.withLock { $0 }?.get() : nil
    }

    private final class Answer<T: Sendable>: Sendable {
        let result = Guarded<Result<T, any Error>?>(nil)
    }
}
