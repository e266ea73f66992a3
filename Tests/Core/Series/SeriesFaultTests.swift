import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct SeriesFaultTests {
    static let ramp = SeriesTests.ramp

    @Test func `a store that fails loses nothing, and says so once`() async throws {
        let isFull = Switch()
        let fault: StatementFault = { sql in
            if isFull.isOn, sql.contains("series_tail") { throw Refusal() }
        }
        try await SeriesFixture.run(fault: fault) { fixture in
            isFull.set(true)
            for index in 0..<4 {
                try fixture.append([Self.ramp[index]])
                await #expect(throws: (any Error).self) { try await fixture.series.flush() }
                await #expect(throws: (any Error).self) { try await fixture.series.checkpoint() }
            }
            let failing = fixture.series.statistics
            #expect(failing.samplesPending == 4 && failing.samplesDropped == 0)
            #expect(failing.lastError != nil && failing.lastErrorAt == fixture.time.now())
            #expect(failing.lastFlushAt == nil)
            #expect(try await fixture.samples() == Array(Self.ramp[..<4]))

            isFull.set(false)
            try await fixture.series.flush()
            #expect(fixture.series.statistics.samplesPending == 0)
            #expect(fixture.series.statistics.lastFlushAt != nil)
            try await fixture.crash()
            #expect(try await fixture.samples() == Array(Self.ramp[..<4]))
            #expect(
                fixture.log.all == [
                    "error: Metrics cannot be written; they stay in memory and are tried again.",
                    "notice: Metrics are written again.",
                ])
        }
    }

    @Test func `rows that wait too long are left to the next checkpoint`() async throws {
        let isFull = Switch()
        let fault: StatementFault = { sql in
            if isFull.isOn, sql.contains("series") { throw Refusal() }
        }
        var settings = SeriesSettings()
        settings.maxPendingBytes = 1500
        try await SeriesFixture.run(settings, fault: fault) { fixture in
            isFull.set(true)
            for start in stride(from: 0, to: 300, by: 50) {
                try fixture.append(Array(Self.ramp[start..<(start + 50)]))
                try? await fixture.series.flush()
                #expect(fixture.series.statistics.pendingBytes <= 1500)
            }
            isFull.set(false)
            try await fixture.series.checkpoint()
            try await fixture.crash()
            #expect(try await fixture.samples() == Self.ramp)
        }
    }

    @Test func `memory is bounded while the store fails, and what is lost is counted`() async throws
    {
        let isFull = Switch()
        let fault: StatementFault = { sql in
            if isFull.isOn, sql.contains("series") { throw Refusal() }
        }
        var settings = SeriesSettings()
        settings.maxHeadBytes = 100_000
        settings.maxPendingBytes = 20_000
        try await SeriesFixture.run(settings, fault: fault) { fixture in
            isFull.set(true)
            var random = SeriesRandom(seed: 1)
            let samples = ChunkTests.samples(
                (0..<30_000).map { _ in .random(in: 0...1, using: &random) })
            for start in stride(from: 0, to: samples.count, by: 1000) {
                try fixture.append(Array(samples[start..<(start + 1000)]))
                try? await fixture.series.flush()
            }
            let dropped = fixture.series.statistics.samplesDropped
            #expect(dropped > 0 && dropped < 30_000)
            // The newest stay.
            #expect(try await fixture.samples() == Array(samples[dropped...]))
            isFull.set(false)
            try await fixture.series.checkpoint()
            try await fixture.crash()
            #expect(try await fixture.samples() == Array(samples[dropped...]))
        }
    }

    @Test(arguments: [false, true])
    func `a checkpoint may fail at any statement`(crashes: Bool) async throws {
        let countdown = Countdown()
        let fault: StatementFault = { _ in if countdown.strikes() { throw Refusal() } }
        try await SeriesFixture.run(fault: fault) { fixture in
            for statement in 1...400 {
                let name = "m\(statement)"
                try fixture.append(Array(Self.ramp[..<20]), to: name, ["half": "1"])
                try fixture.append(Array(Self.ramp[..<20]), to: name, ["half": "2"])
                try await fixture.series.flush()
                countdown.start(statement)
                let isDone = (try? await fixture.series.checkpoint()) != nil
                countdown.start(0)
                if crashes { try await fixture.crash() }
                for half in 1...2 {
                    let selector = "\(name){half=\"\(half)\"}"
                    #expect(try await fixture.samples(selector) == Array(Self.ramp[..<20]))
                }
                if isDone { return }
                try await fixture.series.checkpoint()
            }
            Issue.record("The checkpoint never came to its end")
        }
    }

    @Test func `a damaged block is skipped and counted, and the rest is readable`() async throws {
        try await SeriesFixture.run { fixture in
            // Of such sizes that none is merged.
            for range in [0..<200, 200..<280, 280..<300] {
                try fixture.append(Array(Self.ramp[range]))
                try await fixture.series.checkpoint()
            }
            var bytes = try await fixture.blob("SELECT data FROM series_block WHERE id = 2")
            bytes[40] ^= 4
            try await fixture.execute("UPDATE series_block SET data = ? WHERE id = 2", bytes)
            let rest = Array(Self.ramp[..<200] + Self.ramp[280...])
            for _ in 0..<2 { #expect(try await fixture.samples() == rest) }
            #expect(fixture.series.statistics.damaged == 1)
            #expect(fixture.log.all == ["error: A damaged block was skipped."])
            // The newest value of a series whose newest block is damaged is the one before it.
            try await fixture.execute("DELETE FROM series_block WHERE id = 3")
            try await fixture.crash()
            let latest = try await fixture.series.latest(matching: [])
            #expect(latest.flatMap(\.points).map(\.at) == [Self.ramp[199].at])
        }
    }

    @Test func `a damaged row of the tail is skipped and counted`() async throws {
        try await SeriesFixture.run { fixture in
            for start in [0, 100, 200] {
                try fixture.append(Array(Self.ramp[start..<(start + 100)]))
                try await fixture.series.flush()
            }
            let bytes = try await fixture.blob("SELECT data FROM series_tail WHERE id = 2")
            try await fixture.execute(
                "UPDATE series_tail SET data = ? WHERE id = 2", Array(bytes.dropLast()))
            try await fixture.crash()
            #expect(try await fixture.samples() == Array(Self.ramp[..<100] + Self.ramp[200...]))
            #expect(fixture.series.statistics.damaged == 1)
            #expect(fixture.log.all == ["error: A damaged row of the tail was skipped."])
        }
    }

    @Test func `a damaged group of series is skipped and its numbers are not given again`()
        async throws
    {
        try await SeriesFixture.run { fixture in
            for number in 0..<600 { try fixture.append([Self.ramp[0]], to: "m\(number)") }
            try await fixture.series.checkpoint()
            try await fixture.execute("UPDATE series_group SET data = ? WHERE number = 1", [1, 1])
            try await fixture.crash()
            #expect(try await fixture.series.series().count == 511)
            #expect(fixture.series.statistics.damaged == 1)
            #expect(fixture.log.all == ["error: A damaged group of series was skipped."])
            try fixture.append(Array(Self.ramp[..<1]), to: "c")
            #expect(try await fixture.samples("c") == Array(Self.ramp[..<1]))
            #expect(try await fixture.samples("m7") == [Self.ramp[0]])
            // What the damaged group held is still there for somebody who mends it.
            #expect(
                try await fixture.blob("SELECT data FROM series_group WHERE number = 1") == [1, 1])
        }
    }

    @Test func `a block of a later format is named in the log`() async throws {
        try await SeriesFixture.run { fixture in
            try fixture.append(Self.ramp)
            try await fixture.series.checkpoint()
            try await fixture.execute("UPDATE series_block SET data = ?", [2, 1, 0])
            #expect(try await fixture.samples().isEmpty)
            #expect(fixture.series.statistics.damaged == 1)
        }
    }
}
