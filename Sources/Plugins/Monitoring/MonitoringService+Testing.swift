internal import OpsCore
internal import OpsJSONRPC

/// Definitions that are tried out.
extension MonitoringService {
    /// Runs a definition once; no check, no sample, no audit entry and no event stay of it.
    func test(_ params: TestCheck, for call: Call) async throws -> Trial {
        var wish = params.members
        wish["name"] = .string(params.name ?? "test")
        let definition = try reader(limits).unvalidated(.object(wish))
        let kind = try definition.validated(
            by: tools.catalog, minIntervalMs: limits.minIntervalMs)
        guard !definition.isPassive else {
            throw RPCError.badMember("type", "a heartbeat does not look by itself")
        }
        try refuseDependencies(of: definition, replacing: nil)
        // What a probe does to the rest of the world cannot be taken back.
        guard !call.isDryRun else {
            let result = CheckResult(state: .pending, output: "The definition is in order; not run")
            return Trial(result, of: definition, limit: params.limit)
        }
        if let composite = kind as? CompositeCheck {
            return Trial(decide(composite, of: nil), of: definition, limit: params.limit)
        }
        return Trial(try await tryOut(kind, definition), of: definition, limit: params.limit)
    }

    /// Looks once, unless the caller or the plugin ends meanwhile.
    private func tryOut(
        _ kind: any CheckKind, _ definition: CheckDefinition
    ) async throws -> CheckResult {
        guard isRunning else { throw Self.stopped }
        let begun = tools.time.uptime()
        // With the first of the loops, which is there when any check is.
        let probes = try tools.probes.tools(of: 0)
        let probe = try kind.makeProbe(probes)
        let trial = Task(executorPreference: probes.loop) {
            await probe.run(timeout: definition.timeout)
        }
        trials.insert(trial)
        defer { trials.remove(trial) }
        var result = await withTaskCancellationHandler {
            await trial.value
        } onCancel: {
            trial.cancel()
        }
        // What one that was ended has found means nothing.
        guard !trial.isCancelled else {
            throw isRunning ? CancellationError() as any Error : Self.stopped
        }
        if result.duration == .zero { result.duration = tools.time.uptime() - begun }
        return result
    }

    private static let stopped = RPCError.pluginUnavailable("Monitoring has stopped.")
}
