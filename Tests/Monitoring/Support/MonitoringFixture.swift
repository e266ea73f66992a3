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
    let probes: ProbeTools
    private(set) var store: Store
    private(set) var series: Series
    private(set) var service: MonitoringService
    private(set) var maintenance: MaintenanceService
    private(set) var rules: RuleService
    private(set) var slos: SLOService
    var limits: CheckLimits

    private init(_ limits: CheckLimits) async throws {
        self.limits = limits
        folder = try TemporaryFolder()
        loop = try EventLoop(name: "monitoring-test")
        try loop.start()
        probes = ProbeTools(loop: loop, time: time)
        (store, series, service, maintenance, rules, slos) = try await Self.open(
            folder, time, loop, outage, log, probes, limits)
    }

    /// Starts the service over a fresh database, runs `body` and stops everything.
    static func run(
        _ limits: CheckLimits = CheckLimits(), checks: [CheckDefinition] = [],
        _ body: (MonitoringFixture) async throws -> Void
    ) async throws {
        let fixture = try await MonitoringFixture(limits)
        do {
            try await fixture.start(checks)
            try await body(fixture)
        } catch {
            await fixture.close()
            throw error
        }
        await fixture.close()
    }

    private static func open(
        _ folder: TemporaryFolder, _ time: ManualTime, _ loop: EventLoop, _ outage: Outage,
        _ log: LogLines, _ probes: ProbeTools, _ limits: CheckLimits
    ) async throws -> (
        Store, Series, MonitoringService, MaintenanceService, RuleService, SLOService
    ) {
        let store = try Store.open(
            path: "\(folder.path)/opsloop.db", time: time, logger: log.logger,
            fault: outage.strike)
        try store.migrate(owner: "monitoring", MonitoringMigrations.all)
        let series = Series(store: store, time: time, loop: loop, logger: log.logger)
        try await series.open()
        let book = MaintenanceBook()
        let service = MonitoringService(
            MonitoringService.Tools(
                store: store, loop: loop, time: time, logger: log.logger,
                metrics: CheckMetrics(series, logger: log.logger),
                probes: ProbePool(probes),
                catalog: CheckCatalog([
                    ScriptedCheck.self, HeartbeatCheck.self, CompositeCheck.self,
                    PrometheusCheck.self,
                ]),
                maintenance: book, author: .plugin("monitoring")),
            limits: limits)
        let rules = RuleService(
            RuleService.Tools(
                store: store, loop: loop, time: time, logger: log.logger,
                reader: RuleReader(series: series, loop: loop), maintenance: book,
                checks: service, author: .plugin("monitoring")))
        let slos = SLOService(
            SLOService.Tools(
                store: store, loop: loop, time: time, logger: log.logger,
                reader: SLOReader(series: series, loop: loop), maintenance: book,
                checks: service, author: .plugin("monitoring")))
        let maintenance = MaintenanceService(
            MaintenanceService.Tools(
                store: store, loop: loop, time: time, logger: log.logger, book: book,
                checks: service, rules: rules, author: .plugin("monitoring")))
        return (store, series, service, maintenance, rules, slos)
    }

    private func start(_ checks: [CheckDefinition]) async throws {
        try await maintenance.start()
        try await service.start(checks)
        try await rules.start()
        try await slos.start()
        await maintenance.watch()
    }

    private func close() async {
        outage.end()
        await maintenance.stop()
        await slos.stop()
        await rules.stop()
        await service.stop()
        await series.stop()
        await store.close()
        await probes.close()
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
            await maintenance.looking?.value
            await rules.settle()
            await slos.counting?.value
            await service.settle()
        }
    }

    // MARK: - Restarts

    /// What `kill -9` leaves, seen by the next process.
    func crash(after down: Duration = .zero, checks: [CheckDefinition] = []) async throws {
        await maintenance.stop()
        await slos.stop()
        await rules.stop()
        await service.die()
        await store.close()
        try await reopen(down, checks)
    }

    /// A clean stop and the next start.
    func restart(after down: Duration = .zero, checks: [CheckDefinition] = []) async throws {
        await maintenance.stop()
        await slos.stop()
        await rules.stop()
        await service.stop()
        await series.stop()
        await store.close()
        try await reopen(down, checks)
    }

    private func reopen(_ down: Duration, _ checks: [CheckDefinition]) async throws {
        await time.advance(by: down)
        (store, series, service, maintenance, rules, slos) = try await Self.open(
            folder, time, loop, outage, log, probes, limits)
        try await start(checks)
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
