import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct SeriesDeletionTests {
    static let ramp = SeriesTests.ramp

    static func delete(
        _ fixture: SeriesFixture, _ selector: String, from: Int64 = .min, to: Int64 = .max
    ) async throws -> DeletedSamples {
        let matchers = try SeriesSelector.parse(selector).matchers
        let (from, to) = (Instant(milliseconds: from), Instant(milliseconds: to))
        let count = try await fixture.series.countSamples(matching: matchers, from: from, to: to)
        let deleted = try await fixture.series.delete(matching: matchers, from: from, to: to)
        #expect(count == deleted)
        return deleted
    }

    @Test func `a range goes from the blocks, the memory and the tail`() async throws {
        try await SeriesFixture.run { fixture in
            for name in ["a", "b"] { try fixture.append(Array(Self.ramp[..<100]), to: name) }
            try await fixture.series.checkpoint()
            for name in ["a", "b"] { try fixture.append(Array(Self.ramp[100..<200]), to: name) }
            try await fixture.series.flush()
            for name in ["a", "b"] { try fixture.append(Array(Self.ramp[200...]), to: name) }
            let deleted = try await Self.delete(
                fixture, "a", from: Self.ramp[50].at, to: Self.ramp[249].at)
            #expect(deleted == DeletedSamples(series: 1, samples: 200))
            for _ in 0..<2 {
                #expect(
                    try await fixture.samples("a") == Array(Self.ramp[..<50] + Self.ramp[250...]))
                #expect(try await fixture.samples("b") == Self.ramp)
                try await fixture.crash()
            }
            #expect(try await Self.delete(fixture, "nothing") == DeletedSamples())
        }
    }

    @Test func `a series without a sample is gone, and may come back`() async throws {
        try await SeriesFixture.run { fixture in
            for name in ["a", "b"] { try fixture.append(Self.ramp, to: name) }
            #expect(try await Self.delete(fixture, "a").samples == 300)
            #expect(try await fixture.series.series().map(\.name) == ["b"])
            try await fixture.crash()
            #expect(try await fixture.series.series().map(\.name) == ["b"])
            try fixture.append([Self.ramp[7]], to: "a")
            #expect(try await fixture.samples("a") == [Self.ramp[7]])
            try await fixture.restart()
            #expect(try await fixture.samples("a") == [Self.ramp[7]])
        }
    }

    @Test func `the newest sample is another one when it was deleted`() async throws {
        try await SeriesFixture.run { fixture in
            try fixture.append(Self.ramp)
            _ = try await Self.delete(fixture, "m", from: Self.ramp[200].at)
            let latest = try await fixture.series.latest(matching: [])
            #expect(latest.flatMap(\.points).map(\.at) == [Self.ramp[199].at])
            // A sample of a deleted instant is taken again.
            try fixture.append([Self.ramp[250]])
            #expect(try await fixture.samples() == Array(Self.ramp[..<200]) + [Self.ramp[250]])
        }
    }

    @Test(arguments: [false, true])
    func `a deletion may fail at any statement, and what it should not touch stays`(
        crashes: Bool
    ) async throws {
        let countdown = Countdown()
        let fault: StatementFault = { _ in if countdown.strikes() { throw Refusal() } }
        try await SeriesFixture.run(fault: fault) { fixture in
            for name in ["a", "b"] { try fixture.append(Self.ramp, to: name) }
            try await fixture.series.checkpoint()
            for statement in 1...40 {
                countdown.start(statement)
                let isDone =
                    (try? await fixture.series.delete(
                        matching: [.metric("a")], from: Instant(milliseconds: .min),
                        to: Instant(milliseconds: Self.ramp[99].at))) != nil
                countdown.start(0)
                if crashes { try await fixture.crash() }
                #expect(try await fixture.samples("b") == Self.ramp)
                #expect(try await fixture.samples("a").suffix(200) == Self.ramp[100...])
                guard isDone else { continue }
                #expect(try await fixture.samples("a") == Array(Self.ramp[100...]))
                return
            }
            Issue.record("The deletion never came to its end")
        }
    }
}
