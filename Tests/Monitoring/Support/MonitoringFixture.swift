import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// The service over a real database, with a clock that the test moves and checks that it scripts.
final class MonitoringFixture {
    let folder: TemporaryFolder
    let time = ManualTime()
    let loop: EventLoop
    let outage = Outage()
    let log = LogLines()
    let http: HTTPClient
    private(set) var store: Store
    private(set) var series: Series
    private(set) var service: MonitoringService
    var limits: CheckLimits

    private init(_ limits: CheckLimits) async throws {
        self.limits = limits
        folder = try TemporaryFolder()
        loop = try EventLoop(name: "monitoring-test")
        try loop.start()
        http = HTTPClient(loop: loop)
        (store, series, service) = try await Self.open(
            folder, time, loop, outage, log, http, limits)
    }

    /// Starts the service over a fresh database, runs `body` and stops everything.
    static func run(
        _ limits: CheckLimits = CheckLimits(), checks: [CheckDefinition] = [],
        _ body: (MonitoringFixture) async throws -> Void
    ) async throws {
        let fixture = try await MonitoringFixture(limits)
        do {
            try await fixture.service.start(checks)
            try await body(fixture)
        } catch {
            await fixture.close()
            throw error
        }
        await fixture.close()
    }

    private static func open(
        _ folder: TemporaryFolder, _ time: ManualTime, _ loop: EventLoop, _ outage: Outage,
        _ log: LogLines, _ http: HTTPClient, _ limits: CheckLimits
    ) async throws -> (Store, Series, MonitoringService) {
        let store = try Store.open(
            path: "\(folder.path)/opsloop.db", time: time, logger: log.logger,
            fault: outage.strike)
        try store.migrate(owner: "monitoring", MonitoringMigrations.all)
        let series = Series(store: store, time: time, loop: loop, logger: log.logger)
        try await series.open()
        let service = MonitoringService(
            MonitoringService.Tools(
                store: store, loop: loop, time: time, logger: log.logger,
                metrics: CheckMetrics(series, logger: log.logger),
                probes: ProbeTools(loop: loop, time: time, http: http),
                catalog: CheckCatalog([
                    ScriptedCheck.self, HeartbeatCheck.self, PrometheusCheck.self,
                ]),
                author: .plugin("monitoring")),
            limits: limits)
        return (store, series, service)
    }

    private func close() async {
        outage.end()
        await service.stop()
        await series.stop()
        await store.close()
        await http.close()
        await loop.stop()
        folder.remove()
    }

    // MARK: - Time

    /// Lets time pass; every run that begins in it ends at the moment it began.
    func pass(_ step: Duration) async {
        let end = time.uptime() + step
        while time.uptime() < end {
            let alarm = await service.alarm?.due ?? end
            let next = min(end, max(alarm, time.uptime()), time.uptime() + .seconds(1))
            await time.advance(by: max(next - time.uptime(), .milliseconds(1)))
            await service.settle()
        }
    }

    // MARK: - Restarts

    /// What `kill -9` leaves, seen by the next process.
    func crash(after down: Duration = .zero, checks: [CheckDefinition] = []) async throws {
        await service.die()
        await store.close()
        try await reopen(down, checks)
    }

    /// A clean stop and the next start.
    func restart(after down: Duration = .zero, checks: [CheckDefinition] = []) async throws {
        await service.stop()
        await series.stop()
        await store.close()
        try await reopen(down, checks)
    }

    private func reopen(_ down: Duration, _ checks: [CheckDefinition]) async throws {
        await time.advance(by: down)
        (store, series, service) = try await Self.open(
            folder, time, loop, outage, log, http, limits)
        try await service.start(checks)
    }
}

extension MonitoringService {
    /// Returns once every run has ended and everything is saved that can be.
    func settle() async {
        while true {
            if let run = runs.values.first {
                await run.value
            } else if let saver {
                await saver.value
            } else {
                return
            }
        }
    }

    /// Asks for a run twice and does something once both callers wait: jobs of one actor begin in
    /// order.
    func run(_ key: String, twiceThen next: @escaping @Sendable () -> Void) async throws -> [Check]
    {
        let first = Task { try await self.run(key, for: MonitoringFixture.call) }
        let second = Task { try await self.run(key, for: MonitoringFixture.call) }
        Task { next() }
        return [try await first.value, try await second.value]
    }

    /// Returns once old history is gone, as far as the store was asked to delete it.
    func houseIsKept() async {
        await cleaning?.value
    }

    /// Stops without saving anything, as a process that is killed does.
    func die() async {
        isRunning = false
        alarm?.token.cancel()
        for run in runs.values { run.cancel() }
        while let run = runs.values.first { await run.value }
        await saver?.value
        unsaved = [:]
    }
}
