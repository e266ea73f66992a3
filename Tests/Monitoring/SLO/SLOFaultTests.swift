import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// Figures that are none, minutes that could be lost, and many checks.
struct SLOFaultTests {
    private static let call = MonitoringFixture.call

    /// An SLO over two counters.
    private static var wish: CreateSLO {
        var wish = CreateSLO()
        (wish.name, wish.objective) = ("shop", 99)
        (wish.bad, wish.total) = ("errors", "requests")
        return wish
    }

    /// Lets two counters grow, by 1 and by 10 each ten seconds; answers where the second stands.
    private static func serve(
        _ steps: Range<Int>, in fixture: MonitoringFixture
    ) async throws -> Double {
        for step in steps {
            try fixture.sample("errors", Double(step))
            try fixture.sample("requests", Double(step * 10))
            await fixture.pass(.seconds(10))
        }
        return Double(steps.upperBound - 1) * 10
    }

    // MARK: - No numbers

    @Test func `An infinite sample of a counter is left out`() {
        let values: [Double] = [10, 20, .infinity, 40, -.infinity, .nan, 50]
        let points = values.enumerated().map { SeriesPoint(at: Int64($0), value: $1) }
        let result = SeriesResult(SeriesKey(name: "x"), points: points)
        #expect(SLOCounting.growth([result], after: 0, upTo: 10) == 40)
    }

    @Test func `A ledger takes no sums that are no numbers`() {
        let start = Instant(milliseconds: 1_767_225_600_000)
        var ledger = SLOLedger(period: .seconds(86_400))
        let one = SLOCounts(good: 1, total: 2)
        ledger.add(one, at: start)
        for bad in [Double.infinity, .nan] {
            ledger.add(SLOCounts(good: 1, total: bad), at: start)
            ledger.fill(
                SLOCounts(good: bad, total: 1), at: start, resolution: .seconds(3600))
        }
        #expect(ledger.counts(over: .seconds(3600), endingWith: start) == one)
        #expect(ledger.counts(over: .seconds(86_400), endingWith: start) == one)
        #expect(SLOCounts(good: 0, total: .infinity).badShare == nil)
        #expect(SLOCounts(good: .nan, total: 1).badShare == nil)
    }

    @Test func `One infinite sample spoils no budget, not even one that was counted`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.slos.create(Self.wish, for: Self.call)
            _ = try await Self.serve(0..<12, in: fixture)
            try fixture.sample("requests", .infinity)
            let all = try await Self.serve(12..<24, in: fixture)
            await fixture.pass(.seconds(90))
            #expect(try await fixture.slo("shop").total == all)
            // What an earlier version may have counted: it costs the hour in which it lies.
            let handle = try fixture.series.handle(
                "slo_total", ["slo": "slo:1", "revision": "1"])
            fixture.series.append(handle, .infinity, at: fixture.time.now())
            try await fixture.restart()
            let status = try await fixture.slos.status(ShowSLOStatus()).items
            #expect(status.map(\.name) == ["shop"])
            #expect(status.first?.total.isFinite == true)
            let more = try await Self.serve(24..<36, in: fixture)
            await fixture.pass(.seconds(90))
            let later = try await fixture.slo("shop")
            #expect(later.total.isFinite)
            #expect(later.total >= more - all)
            #expect(later.budgetLeftPercent?.isFinite == true)
        }
    }

    // MARK: - No minute lost

    @Test func `A restart before a minute was counted loses nothing`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.slos.create(Self.wish, for: Self.call)
            _ = try await Self.serve(0..<12, in: fixture)
            await fixture.pass(.seconds(2))
            // Two minutes are over, and the second of them has not been counted.
            let counted = try await fixture.slo("shop").countedUntil
            #expect(counted == fixture.time.now() - .seconds(122))
            try await fixture.restart()
            let all = try await Self.serve(12..<24, in: fixture)
            await fixture.pass(.seconds(90))
            #expect(try await fixture.slo("shop").total == all)
        }
    }

    @Test func `What lies in series is counted after a pause`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.slos.create(Self.wish, for: Self.call)
            _ = try await Self.serve(0..<12, in: fixture)
            await fixture.slos.stop()
            let all = try await Self.serve(12..<130, in: fixture)
            try await fixture.slos.start()
            await fixture.pass(.seconds(120))
            #expect(try await fixture.slo("shop").total == all)
        }
    }

    @Test func `A minute that could not be read is counted later`() async throws {
        try await MonitoringFixture.run { fixture in
            func rename(_ old: String, _ new: String) async throws {
                try await fixture.store.write(as: MonitoringFixture.user, reason: "test") {
                    try $0.execute("ALTER TABLE \(old) RENAME TO \(new)")
                }
            }
            _ = try await fixture.slos.create(Self.wish, for: Self.call)
            _ = try await Self.serve(0..<12, in: fixture)
            try await rename("series_block", "series_block_away")
            _ = try await Self.serve(12..<24, in: fixture)
            #expect(try await fixture.slo("shop").error != nil)
            try await rename("series_block_away", "series_block")
            let all = try await Self.serve(24..<36, in: fixture)
            await fixture.pass(.seconds(90))
            let status = try await fixture.slo("shop")
            #expect(status.total == all)
            #expect(status.error == nil)
        }
    }

    @Test func `A clock that is set back stops no counting`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.slos.create(Self.wish, for: Self.call)
            _ = try await Self.serve(0..<24, in: fixture)
            fixture.time.stepWallClock(by: .seconds(-86_400))
            await fixture.pass(.seconds(150))
            let counted = try #require(try await fixture.slo("shop").countedUntil)
            #expect(fixture.time.now() - counted < .seconds(180))
        }
    }

    // MARK: - The end

    @Test func `Deleting an SLO that fires says that it is over`() async throws {
        try await MonitoringFixture.run { fixture in
            _ = try await fixture.slos.create(Self.wish, for: Self.call)
            try await fixture.store.write(as: MonitoringFixture.user, reason: "test") { tx in
                try tx.execute(
                    "UPDATE monitoring_slo SET firing_since = ?",
                    #"["2026-01-01T00:00:00.000Z",null,"2026-01-01T00:00:00.000Z",null]"#)
            }
            try await fixture.restart()
            _ = try await fixture.slos.delete("shop", at: nil, for: Self.call)
            let topics = try await fixture.topics(of: "slo")
            #expect(topics == ["slo.created", "slo.resolved", "slo.resolved", "slo.deleted"])
            let windows = try await fixture.events("slo.resolved").map { $0.data["window"] }
            #expect(windows == ["1h", "1d"])
        }
    }

    // MARK: - Many checks

    @Test func `The mark changes with what checks are called, and an SLO follows`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            let service = fixture.service
            _ = Stage("slo marks", "c")
            var wish = CreateSLO()
            (wish.name, wish.objective, wish.checks) = ("ulm", 99, "site=ulm")
            _ = try await fixture.slos.create(wish, for: Self.call)
            func counted() async -> [Int]? {
                await fixture.pass(.seconds(10))
                return await fixture.slos.slos[1]?.checks
            }
            let none = await service.definitionsMark
            try await fixture.create(MonitoringFixture.wish("web", on: "slo marks"))
            let made = await service.definitionsMark
            #expect(made != none)
            #expect(await counted() == [])
            _ = try await fixture.update("web") { $0.labels = ["site": "ulm"] }
            let labelled = await service.definitionsMark
            #expect(labelled != made)
            #expect(await counted() == [1])
            _ = try await service.run("web", for: Self.call)
            #expect(await service.definitionsMark == labelled)
            _ = try await service.delete("web", for: Self.call)
            #expect(await service.definitionsMark != labelled)
            #expect(await counted() == [])
        }
    }

    @Test func `An SLO that changes while its checks are looked for counts the new ones`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            _ = Stage("slo sites", "o")
            for site in ["ulm", "bonn"] {
                try await fixture.create(
                    MonitoringFixture.wish(site, on: "slo sites") { $0.labels = ["site": site] })
            }
            var wish = CreateSLO()
            (wish.name, wish.objective, wish.checks) = ("site", 99, "site=ulm")
            _ = try await fixture.slos.create(wish, for: Self.call)
            // All workers are busy, so that the search waits.
            let gate = Gate()
            let workers = fixture.loop.workers
            let busy = (0..<32).map { _ in Task { try await workers.run { gate.wait() } } }
            while gate.waiting < 4 { await Task.yield() }
            await fixture.time.advance(by: .seconds(10))
            while await fixture.slos.counting == nil { await Task.yield() }
            var change = UpdateSLO()
            (change.slo, change.members) = ("site", ["checks": "site=bonn"])
            _ = try await fixture.slos.update(change, for: Self.call)
            gate.open()
            for task in busy { try await task.value }
            await fixture.slos.counting?.value
            #expect(await fixture.slos.slos[1]?.checks != [1])
            await fixture.pass(.seconds(20))
            #expect(await fixture.slos.slos[1]?.checks == [2])
        }
    }

    @Test func `Ledgers of many SLOs are read in portions, and what cannot be read ends no start`()
        async throws
    {
        try await MonitoringFixture.run { fixture in
            for number in 1...250 {
                var wish = Self.wish
                wish.name = "shop\(number)"
                _ = try await fixture.slos.create(wish, for: Self.call)
            }
            let stored = await fixture.slos.slos.values.map(\.stored)
            let now = fixture.time.now()
            let all = SLOReader(series: fixture.series, loop: fixture.loop)
            for slo in stored {
                for minute in 1...3 {
                    try all.keep(
                        SLOCounts(good: 1, total: 2), left: nil, of: slo,
                        at: (now - .seconds(minute * 60)).minute)
                }
            }
            try await fixture.series.checkpoint()
            var settings = SeriesSettings()
            settings.maxQueryPoints = 1000
            let narrow = Series(
                store: fixture.store, time: fixture.time, loop: fixture.loop, settings: settings,
                logger: fixture.log.logger)
            try await narrow.open()
            let ledgers = try await SLOReader(series: narrow, loop: fixture.loop)
                .ledgers(stored, at: now)
            #expect(ledgers.count == 250)
            let counts = ledgers.values.map {
                $0.counts(over: .seconds(600), endingWith: (now - .seconds(60)).minute)
            }
            #expect(counts.allSatisfy { $0 == SLOCounts(good: 3, total: 6) })
            try await fixture.store.write(as: MonitoringFixture.user, reason: "test") {
                try $0.execute("ALTER TABLE series_block RENAME TO series_block_away")
            }
            await fixture.slos.stop()
            try await fixture.slos.start()
            #expect(try await fixture.slo("shop1").error != nil)
            try await fixture.store.write(as: MonitoringFixture.user, reason: "test") {
                try $0.execute("ALTER TABLE series_block_away RENAME TO series_block")
            }
        }
    }

    @Test func `Others have their turn while checks are counted`() async throws {
        try await MonitoringFixture.run { fixture in
            #expect(await fixture.service.orderOfTwo() == ["other", "tally"])
        }
    }
}

extension MonitoringService {
    /// Counts very many checks and does something else at the same time.
    fileprivate func orderOfTwo() async -> [String] {
        let order = Guarded<[String]>([])
        let tally = Task {
            _ = await self.tally(Array(0..<10_000), bad: [.critical], countsMaintenance: true)
            order.withLock { $0.append("tally") }
        }
        let other = Task { order.withLock { $0.append("other") } }
        await tally.value
        await other.value
        return order.withLock { $0 }
    }
}

/// Holds threads until it is opened.
private final class Gate: Sendable {
    private let monitor = Monitor()
    private let state = Guarded((isOpen: false, waiting: 0))

    var waiting: Int { state.withLock { $0.waiting } }

    func wait() {
        state.withLock { $0.waiting += 1 }
        monitor.locked { while !state.withLock({ $0.isOpen }) { monitor.wait() } }
    }

    func open() {
        monitor.locked {
            state.withLock { $0.isOpen = true }
            monitor.wakeAll()
        }
    }
}
