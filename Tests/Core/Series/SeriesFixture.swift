import Logging
import OpsJSONRPC

@testable import OpsCore

/// A series store over a database of its own, which a test may close and open again.
final class SeriesFixture {
    let folder: StoreFolder
    let time = ManualTime(start: Instant(milliseconds: 1_795_220_000_000))
    let loop: EventLoop
    let log = Recorder<String>()
    let fault: StatementFault?
    var settings: SeriesSettings
    private(set) var store: Store
    private(set) var series: Series

    private init(_ settings: SeriesSettings, fault: StatementFault?) throws {
        self.folder = try StoreFolder()
        self.loop = try EventLoop(name: "series-test")
        self.settings = settings
        self.fault = fault
        self.store = try self.folder.open(fault: fault)
        self.series = Self.series(self.store, self.time, self.loop, settings, self.log)
    }

    /// Opens everything, runs `body` and closes everything.
    static func run(
        _ settings: SeriesSettings = SeriesSettings(), fault: StatementFault? = nil,
        _ body: (SeriesFixture) async throws -> Void
    ) async throws {
        let fixture = try SeriesFixture(settings, fault: fault)
        try fixture.loop.start()
        try await fixture.series.open()
        do {
            try await body(fixture)
        } catch {
            await fixture.close()
            throw error
        }
        await fixture.close()
    }

    /// What a kill leaves, seen by the next process: nothing that was not flushed.
    func crash() async throws {
        await self.store.close()
        self.store = try self.folder.open(fault: self.fault)
        self.series = Self.series(self.store, self.time, self.loop, self.settings, self.log)
        try await self.series.open()
    }

    /// A clean stop and the next start.
    func restart() async throws {
        await self.series.stop()
        try await self.crash()
    }

    private static func series(
        _ store: Store, _ time: ManualTime, _ loop: EventLoop, _ settings: SeriesSettings,
        _ log: Recorder<String>
    ) -> Series {
        let logger = Logger(label: "test") { _ in SeriesLog(lines: log) }
        return Series(store: store, time: time, loop: loop, settings: settings, logger: logger)
    }

    private func close() async {
        await self.series.stop()
        await self.store.close()
        await self.loop.stop()
    }
}

extension SeriesFixture {
    func append(_ samples: [Sample], to name: String = "m", _ labels: Labels = [:]) throws {
        let handle = try self.series.handle(name, labels)
        for sample in samples {
            self.series.append(
                handle, sample.value, at: Instant(milliseconds: sample.at))
        }
    }

    /// The stored samples of one series, oldest first.
    func samples(
        _ selector: String = "m", from: Int64 = .min, to: Int64 = .max
    ) async throws -> [Sample] {
        let results = try await self.query(selector, from: from, to: to)
        return results.flatMap(\.points).map { Sample(at: $0.at, value: $0.value) }
    }

    func query(
        _ selector: String, from: Int64 = .min, to: Int64 = .max, step: Duration? = nil,
        _ aggregation: Aggregation = .avg
    ) async throws -> [SeriesResult] {
        try await self.series.query(
            SeriesQuery(
                matchers: try SeriesSelector.parse(selector).matchers,
                from: Instant(milliseconds: from), to: Instant(milliseconds: to), step: step,
                aggregation: aggregation))
    }

    func execute(_ sql: String, _ bytes: [UInt8]? = nil) async throws {
        try await self.store.writeUnaudited { transaction in
            try transaction.execute(sql, arguments: bytes.map { [$0] } ?? [])
        }
    }

    func blob(_ sql: String) async throws -> [UInt8] {
        try await self.store.read { try $0.row(sql)?.blob("data") ?? [] }
    }
}
