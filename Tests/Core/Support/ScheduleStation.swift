import OpsJSONRPC

@testable import OpsCore

/// A schedule over a real store and a clock that the test moves.
final class ScheduleStation: Sendable {
    let loop: EventLoop
    let folder: StoreFolder
    let time: ManualTime
    let store: Store
    let engine: ScheduleEngine
    let log = Journal<String>()

    private init(_ loop: EventLoop, _ folder: StoreFolder, _ time: ManualTime) throws {
        self.loop = loop
        self.folder = folder
        self.time = time
        store = try folder.open()
        try store.migrate(owner: "schedule", ScheduleEngine.migrations)
        engine = ScheduleEngine(
            store: store, time: time, loop: loop, logger: LogJournal.logger(log))
    }

    static func run(
        in folder: StoreFolder? = nil, at time: ManualTime = ManualTime(),
        _ body: (ScheduleStation) async throws -> Void
    ) async throws {
        try await withLoop { loop in
            let station = try ScheduleStation(loop, try folder ?? StoreFolder(), time)
            do {
                try await body(station)
            } catch {
                await station.close()
                throw error
            }
            await station.close()
        }
    }

    private func close() async {
        await engine.stop()
        await store.close()
    }

    func scheduler(_ owner: String = "a") -> Scheduler { Scheduler(engine: engine, owner: owner) }

    /// Work that writes down when it runs.
    func every(_ period: Duration, name: String = "work") async throws -> Journal<Instant> {
        let runs = Journal<Instant>()
        try await scheduler().every(period, name: name) { [time] in runs.add(time.now()) }
        return runs
    }

    /// Moves the clock second by second; what comes due runs and is written down before it goes on.
    func pass(_ seconds: Int, jobs: Int = 1) async {
        for _ in 0..<seconds {
            await time.advance(by: .seconds(1))
            await untilIdle(jobs)
        }
    }

    /// Runs what is due now.
    func runDue() async {
        await time.advance(by: .zero)
        await untilIdle()
    }

    /// Returns once every job waits for its time again.
    func untilIdle(_ jobs: Int = 1) async {
        while time.timerCount < jobs { await Task.yield() }
    }

    func row(_ name: String = "work") async throws -> (
        next: Instant, last: Instant?, error: String?
    ) {
        try await store.read { transaction in
            guard
                let row = try transaction.row(
                    "SELECT next_at, last_at, last_error FROM schedule WHERE name = ?", name)
            else { throw Refusal() }
            return (
                try row.instant("next_at"), try row.optionalInstant("last_at"),
                try row.optionalText("last_error")
            )
        }
    }
}
