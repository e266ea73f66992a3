import OpsJSONRPC
import Testing

@testable import OpsCore

/// Samples that come late, twice, or from a clock that jumps.
@Suite struct SeriesOrderTests {
    static let hour: Int64 = 3_600_000
    static let now: Int64 = 1_795_220_000_000

    @Test func `a clock that jumps forth and back costs no sample`() async throws {
        try await SeriesFixture.run { fixture in
            var model: [Int64: Double] = [:]
            var at = Self.now
            for (step, jump) in [0, 48 * Self.hour, -48 * Self.hour, -Self.hour, Self.hour]
                .enumerated()
            {
                at += jump
                for second in 0..<100 {
                    at += 1000
                    model[at] = Double(step * 1000 + second)
                    try fixture.append([Sample(at: at, value: model[at] ?? 0)])
                }
                if step == 1 { try await fixture.series.checkpoint() }
                if step == 3 { try await fixture.restart() }
            }
            let expected = model.map { Sample(at: $0, value: $1) }.sorted { $0.at < $1.at }
            #expect(try await fixture.samples() == expected)
            try await fixture.series.merge()
            #expect(try await fixture.samples() == expected)
            #expect(fixture.series.statistics.samplesTooLate == 0)
        }
    }

    @Test func `with a window what is later is refused and counted, but not what is imported`()
        async throws
    {
        var settings = SeriesSettings()
        settings.lateWindow = .seconds(10)
        try await SeriesFixture.run(settings) { fixture in
            for offset in [0, -10_000, -10_001, -5000, 20_000, 9999, 10_000] as [Int64] {
                try fixture.append([Sample(at: Self.now + offset, value: Double(offset))])
            }
            #expect(
                try await fixture.samples().map { $0.at - Self.now }
                    == [-10_000, -5000, 0, 10_000, 20_000])
            #expect(fixture.series.statistics.samplesTooLate == 2)
            let handle = try fixture.series.handle("m")
            let old = SeriesPoint(at: Self.now - 20 * 24 * Self.hour, value: 1)
            let same = SeriesPoint(at: Self.now, value: 42)
            try await fixture.series.backfill([(handle, [old, same])])
            // It was synced before it was answered.
            try await fixture.crash()
            let samples = try await fixture.samples()
            #expect(samples.first == Sample(at: old.at, value: 1) && samples.count == 6)
            #expect(samples.contains(Sample(at: Self.now, value: 42)))
        }
    }

    @Test func `old samples get blocks of their own days`() async throws {
        try await SeriesFixture.run { fixture in
            let handle = try fixture.series.handle("m")
            let points = (0..<10).map { day in
                SeriesPoint(at: Self.now - Int64(day) * 24 * Self.hour, value: Double(day))
            }
            try await fixture.series.backfill([(handle, points)])
            try await fixture.series.checkpoint()
            #expect(try await fixture.series.storage().blocks == 10)
            #expect(
                try await fixture.samples().map(\.value) == (0..<10).reversed().map(Double.init))
            let before1970 = [Sample(at: -1, value: 1), Sample(at: 0, value: 2)]
            try fixture.append(before1970, to: "early")
            try await fixture.restart()
            #expect(try await fixture.samples("early") == before1970)
        }
    }

    @Test(arguments: 1...8)
    func `any order of samples, merges, deletions and crashes gives what a model gives`(
        seed: UInt64
    ) async throws {
        try await SeriesFixture.run { fixture in
            var random = SeriesRandom(seed: seed)
            var model: [String: [Int64: Double]] = ["a": [:], "b": [:]]
            for _ in 0..<40 {
                for _ in 0..<Int.random(in: 0...40, using: &random) {
                    let name = Bool.random(using: &random) ? "a" : "b"
                    let at = Self.now + Int64.random(in: -50...50, using: &random) * Self.hour / 4
                    let value = Double.random(in: 0...9, using: &random)
                    model[name]?[at] = value
                    try fixture.append([Sample(at: at, value: value)], to: name)
                }
                switch Int.random(in: 0..<7, using: &random) {
                case 0: try await fixture.series.checkpoint()
                case 1: try await fixture.series.merge()
                case 2: try await fixture.restart()
                case 3:
                    try await fixture.series.flush()
                    try await fixture.crash()
                case 4:
                    let from = Self.now + Int64.random(in: -50...50, using: &random) * Self.hour / 4
                    let to = from + Int64.random(in: 0...8, using: &random) * Self.hour
                    model["a"] = model["a"]?.filter { !(from...to).contains($0.key) }
                    _ = try await SeriesDeletionTests.delete(fixture, "a", from: from, to: to)
                default: break
                }
                for (name, samples) in model {
                    let expected = samples.map { Sample(at: $0, value: $1) }
                        .sorted { $0.at < $1.at }
                    #expect(try await fixture.samples(name) == expected)
                }
            }
        }
    }
}
