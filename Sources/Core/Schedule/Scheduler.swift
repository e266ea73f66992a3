internal import OpsJSONRPC

/// Recurring work that survives restarts, as one owner sees it.
public struct Scheduler: Sendable {
    let engine: ScheduleEngine
    let owner: String

    /// Runs `work` every `period` of wall-clock time, first one period from now.
    ///
    /// When the next run is due is stored: after a restart the rhythm goes on, and what came due
    /// meanwhile runs once, at once. A run that is still going when the next is due is not doubled;
    /// a run that throws is logged and tried again at its next time.
    /// - Parameter name: names the work among the owner's.
    public func every(
        _ period: Duration, name: String, _ work: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await engine.add(owner: owner, name: name, period: period, work)
    }

    /// Ends recurring work for this process; its next time stays stored.
    public func cancel(name: String) async {
        await engine.cancel(owner: owner, name: name)
    }

    /// Ends all of the owner's work, as when the owner is stopped.
    func cancelAll() async { await engine.cancel(owner: owner) }
}
