import OpsJSONRPC
import Testing

@testable import OpsCore

struct ScheduleEngineTests {
    private let start = Instant(milliseconds: 1_767_225_600_000)

    /// Seconds after the start.
    private func seconds(_ runs: [Instant]) -> [Int64] {
        runs.map { ($0.milliseconds - start.milliseconds) / 1000 }
    }

    @Test func `work runs first one period from now and then on its rhythm`() async throws {
        try await ScheduleStation.run { station in
            let runs = try await station.every(.seconds(10))
            await station.pass(35)
            #expect(seconds(runs.entries) == [10, 20, 30])
            let row = try await station.row()
            #expect(row.next == start + .seconds(40))
            #expect(row.last == start + .seconds(30))
            #expect(row.error == nil)
        }
    }

    @Test func `the rhythm goes on after a restart`() async throws {
        let (folder, time) = (try StoreFolder(), ManualTime())
        try await ScheduleStation.run(in: folder, at: time) { station in
            _ = try await station.every(.seconds(10))
            await station.pass(14)
        }
        try await ScheduleStation.run(in: folder, at: time) { station in
            let runs = try await station.every(.seconds(10))
            await station.pass(20)
            #expect(seconds(runs.entries) == [20, 30])
        }
    }

    @Test func `what came due while the process was away runs once, at once`() async throws {
        let (folder, time) = (try StoreFolder(), ManualTime())
        try await ScheduleStation.run(in: folder, at: time) { station in
            _ = try await station.every(.seconds(10))
        }
        await time.advance(by: .seconds(57))
        try await ScheduleStation.run(in: folder, at: time) { station in
            let runs = try await station.every(.seconds(10))
            await station.runDue()
            await station.pass(14)
            #expect(seconds(runs.entries) == [57, 60, 70])
        }
    }

    @Test func `a shorter period counts at once`() async throws {
        let (folder, time) = (try StoreFolder(), ManualTime())
        try await ScheduleStation.run(in: folder, at: time) { station in
            _ = try await station.every(.seconds(3600))
        }
        try await ScheduleStation.run(in: folder, at: time) { station in
            let runs = try await station.every(.seconds(10))
            await station.pass(20)
            #expect(seconds(runs.entries) == [10, 20])
        }
    }

    @Test func `a clock stepped forwards runs missed work once`() async throws {
        try await ScheduleStation.run { station in
            let runs = try await station.every(.seconds(100))
            station.time.stepWallClock(by: .seconds(1000))
            await station.pass(60)
            #expect(seconds(runs.entries) == [1060])
            await station.pass(41)
            #expect(seconds(runs.entries) == [1060, 1100])
        }
    }

    @Test func `a clock stepped backwards delays work by a period at most`() async throws {
        try await ScheduleStation.run { station in
            let runs = try await station.every(.seconds(100))
            station.time.stepWallClock(by: .seconds(-86_400))
            await station.pass(200)
            #expect(runs.entries.count == 1)
            #expect(seconds(runs.entries)[0] <= -86_400 + 60 + 100)
        }
    }

    @Test func `work that fails is written down and runs again`() async throws {
        try await ScheduleStation.run { station in
            let runs = Journal<Int>()
            try await station.scheduler().every(.seconds(10), name: "work") {
                runs.add(1)
                if runs.entries.count == 1 { throw Refusal() }
            }
            await station.pass(10)
            #expect(try await station.row().error == "Refusal()")
            #expect(station.log.entries.count == 1)
            #expect(station.log.entries[0].contains("owner=a"))
            #expect(station.log.entries[0].contains("work=work"))
            await station.pass(10)
            #expect(runs.entries.count == 2)
            #expect(try await station.row().error == nil)
        }
    }

    @Test func `a run that takes longer than its period is not doubled`() async throws {
        try await ScheduleStation.run { station in
            let (begun, release) = (Journal<Instant>(), Promise<Void>())
            let time = station.time
            try await station.scheduler().every(.seconds(10), name: "work") {
                begun.add(time.now())
                await release.value
            }
            await time.advance(by: .seconds(10))
            _ = await begun.first(1)
            await time.advance(by: .seconds(25))
            #expect(begun.entries.count == 1)
            release.keep()
            await station.untilIdle()
            await station.pass(5)
            #expect(seconds(begun.entries) == [10, 40])
        }
    }

    @Test func `cancelled work runs no more, but its next time stays`() async throws {
        try await ScheduleStation.run { station in
            let runs = try await station.every(.seconds(10))
            await station.pass(10)
            await station.scheduler().cancel(name: "work")
            #expect(station.time.timerCount == 0)
            await station.time.advance(by: .seconds(100))
            #expect(runs.entries.count == 1)
            #expect(try await station.row().next == start + .seconds(20))
        }
    }

    @Test func `work cancelled while it runs is not armed again`() async throws {
        try await ScheduleStation.run { station in
            let (scheduler, ended) = (station.scheduler(), Promise<Void>())
            try await scheduler.every(.seconds(10), name: "work") {
                await scheduler.cancel(name: "work")
                ended.keep()
            }
            await station.time.advance(by: .seconds(10))
            await ended.value
            // The engine is an actor: this comes after what the run still had to do.
            await station.engine.cancel(owner: "nobody")
            #expect(station.time.timerCount == 0)
        }
    }

    @Test func `work added again while it runs has one timer`() async throws {
        try await ScheduleStation.run { station in
            let (begun, release) = (Promise<Void>(), Promise<Void>())
            try await station.scheduler().every(.seconds(10), name: "work") {
                begun.keep()
                await release.value
            }
            await station.time.advance(by: .seconds(10))
            await begun.value
            let runs = try await station.every(.seconds(10))
            release.keep()
            for _ in 1...3 { await station.engine.cancel(owner: "nobody") }
            #expect(station.time.timerCount == 1)
            // It was due, and its first run was not written down yet.
            await station.runDue()
            await station.pass(20)
            #expect(seconds(runs.entries) == [10, 20, 30])
        }
    }

    @Test func `owners do not see each other's work`() async throws {
        try await ScheduleStation.run { station in
            let runs = Journal<String>()
            for owner in ["a", "b"] {
                for name in ["x", "y"] {
                    try await station.scheduler(owner).every(.seconds(10), name: name) {
                        runs.add(owner + name)
                    }
                }
            }
            await station.scheduler("a").cancel(name: "x")
            await station.scheduler("b").cancelAll()
            await station.pass(10)
            #expect(runs.entries == ["ay"])
        }
    }

    @Test(arguments: [
        (0, 10, 0, 10), (0, 10, 9, 10), (0, 10, 10, 20), (0, 10, 95, 100), (50, 10, 0, 60),
    ])
    func `the next time is the first of the rhythm after now`(
        previous: Int64, period: Int64, now: Int64, next: Int64
    ) {
        #expect(
            ScheduleEngine.next(
                after: Instant(milliseconds: previous), every: .milliseconds(period),
                now: Instant(milliseconds: now)) == Instant(milliseconds: next))
    }
}
