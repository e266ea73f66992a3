import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct SeriesTimerTests {
    @Test(.timeLimit(.minutes(1)))
    func `every second is flushed, also while merging or rolling up takes long`() async throws {
        var settings = SeriesSettings()
        settings.checkpointInterval = .seconds(5)
        try await SeriesFixture.run(settings) { fixture in
            let series = fixture.series
            let (gate, opening) = AsyncStream.makeStream(of: Void.self)
            let held = Task { try await series.upkeep.run { _ = await gate.first { true } } }
            series.start()
            for second in 0..<20 {
                try fixture.append([SeriesTests.ramp[second]])
                // A second in which the flush before has not quite ended leaves it to the next one.
                repeat {
                    await fixture.time.advance(by: .seconds(1))
                    await Task.yield()
                } while series.statistics.samplesPending > 0
            }
            // Nothing but flushes: a checkpoint waits for what takes so long.
            #expect(try await series.storage().blocks == 0)
            try await fixture.crash()
            #expect(try await fixture.samples() == Array(SeriesTests.ramp[..<20]))
            opening.yield()
            try await held.value
        }
    }
}
