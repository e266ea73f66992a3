import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct SeriesTests {
    static let ramp = ChunkTests.samples((0..<300).map { Double($0) * 0.5 })

    @Test func `a query sees the store's blocks, the memory and the tail as one`() async throws {
        try await SeriesFixture.run { fixture in
            try fixture.append(Array(Self.ramp[..<100]))
            try await fixture.series.checkpoint()
            try fixture.append(Array(Self.ramp[100..<180]))
            try await fixture.series.flush()
            try fixture.append(Array(Self.ramp[180...]))
            #expect(try await fixture.samples() == Self.ramp)
            let part = try await fixture.samples(
                from: Self.ramp[95].at, to: Self.ramp[205].at)
            #expect(part == Array(Self.ramp[95...205]))
        }
    }

    @Test func `what was flushed is there after a crash and what was not is gone`() async throws {
        try await SeriesFixture.run { fixture in
            try fixture.append(Array(Self.ramp[..<50]), to: "m", ["host": "a\"b"])
            try await fixture.series.checkpoint()
            try fixture.append(Array(Self.ramp[50..<120]), to: "m", ["host": "a\"b"])
            try await fixture.series.flush()
            try fixture.append(Array(Self.ramp[120...]), to: "m", ["host": "a\"b"])
            try await fixture.crash()
            #expect(try await fixture.samples(#"m{host="a\"b"}"#) == Array(Self.ramp[..<120]))
            #expect(fixture.series.statistics.samplesRecovered == 70)
            // The series goes on under its old number.
            try fixture.append(Array(Self.ramp[120...]), to: "m", ["host": "a\"b"])
            try await fixture.restart()
            #expect(try await fixture.samples() == Self.ramp)
            #expect(try await fixture.series.storage().series == 1)
        }
    }

    @Test func `a clean stop leaves blocks only`() async throws {
        try await SeriesFixture.run { fixture in
            try fixture.append(Self.ramp)
            try await fixture.restart()
            let storage = try await fixture.series.storage()
            #expect(storage.tailRows == 0 && storage.blocks == 1 && storage.samples == 300)
            #expect(try await fixture.samples() == Self.ramp)
        }
    }

    @Test func `there is never a row a sample`() async throws {
        try await SeriesFixture.run { fixture in
            for flush in 0..<5 {
                for name in ["a", "b", "c", "d"] {
                    try fixture.append(Array(Self.ramp[(flush * 60)..<(flush * 60 + 60)]), to: name)
                }
                try await fixture.series.flush()
            }
            let before = try await fixture.series.storage()
            #expect(before.tailRows == 5 && before.blocks == 0)
            try await fixture.series.checkpoint()
            let after = try await fixture.series.storage()
            #expect(after.tailRows == 0 && after.blocks == 1 && after.samples == 1200)
        }
    }

    @Test func `a long head is cut into several chunks`() async throws {
        try await SeriesFixture.run { fixture in
            let samples = ChunkTests.samples((0..<10_000).map(Double.init))
            try fixture.append(samples)
            #expect(try await fixture.samples() == samples)
            try await fixture.series.checkpoint()
            #expect(try await fixture.series.storage().samples == 10_000)
            #expect(try await fixture.samples() == samples)
        }
    }

    @Test func `nothing new leads to no write`() async throws {
        try await SeriesFixture.run { fixture in
            try fixture.append(Self.ramp)
            try await fixture.series.checkpoint()
            let commits = fixture.store.statistics.writes
            try await fixture.series.flush()
            try await fixture.series.checkpoint()
            #expect(fixture.store.statistics.writes == commits)
        }
    }

    @Test func `the last value of an instant counts, wherever the others are`() async throws {
        try await SeriesFixture.run { fixture in
            let at = Self.ramp[0].at
            for value in 0..<6 {
                try fixture.append([Sample(at: at, value: Double(value))])
                if value == 2 { try await fixture.series.flush() }
                if value == 3 { try await fixture.series.checkpoint() }
                if value == 4 { try await fixture.crash() }
                let expected = value == 4 ? 3 : Double(value)
                #expect(try await fixture.samples() == [Sample(at: at, value: expected)])
            }
            try await fixture.restart()
            #expect(try await fixture.samples() == [Sample(at: at, value: 5)])
        }
    }

    @Test(arguments: 1...12)
    func `any order of samples, flushes, checkpoints and restarts gives the same answer`(
        seed: UInt64
    ) async throws {
        try await SeriesFixture.run { fixture in
            var random = SeriesRandom(seed: seed)
            var model: [Int64: Double] = [:]
            var newest: Int64 = 1_000_000
            for _ in 0..<60 {
                for _ in 0..<Int.random(in: 0...60, using: &random) {
                    newest += Int64.random(in: 0...20, using: &random)
                    let isLate = Int.random(in: 0..<5, using: &random) == 0
                    let at = isLate ? newest - Int64.random(in: 0...2000, using: &random) : newest
                    model[at] = Double.random(in: 0...9, using: &random)
                    try fixture.append([Sample(at: at, value: model[at] ?? 0)])
                }
                switch Int.random(in: 0..<8, using: &random) {
                case 0, 1: try await fixture.series.checkpoint()
                case 2: try await fixture.restart()
                case 3:
                    try await fixture.series.flush()
                    try await fixture.crash()
                case 4, 5: try await fixture.series.flush()
                default: break
                }
                let expected = model.map { Sample(at: $0, value: $1) }.sorted { $0.at < $1.at }
                #expect(try await fixture.samples() == expected)
            }
        }
    }

    @Test func `many late samples find their place`() async throws {
        try await SeriesFixture.run { fixture in
            try fixture.append([Sample(at: 10_000_000, value: 1)])
            let late = ChunkTests.samples((0..<2000).map(Double.init), from: 0)
            try fixture.append(late.reversed())
            #expect(try await fixture.samples(to: 9_999_999) == late)
            try await fixture.series.checkpoint()
            #expect(try await fixture.samples(to: 9_999_999) == late)
        }
    }

    @Test func `values that are no numbers survive`() async throws {
        try await SeriesFixture.run { fixture in
            let stale = Double(bitPattern: 0x7FF0_0000_0000_0002)
            let samples = ChunkTests.samples([.nan, .infinity, stale, -.infinity, -0.0])
            try fixture.append(samples)
            try await fixture.series.flush()
            try await fixture.crash()
            #expect(try await fixture.samples() == samples)
            let sums = try await fixture.query(
                "m", from: samples[0].at, to: samples[4].at, step: .seconds(60), .count)
            #expect(sums.flatMap(\.points).map(\.value) == [3])
        }
    }

    @Test func `buckets are aggregated over all places`() async throws {
        try await SeriesFixture.run { fixture in
            try fixture.append(Array(Self.ramp[..<150]))
            try await fixture.series.checkpoint()
            try fixture.append(Array(Self.ramp[150...]))
            let from = Self.ramp[0].at
            let result = try await fixture.query(
                "m", from: from, to: from + 299_999, step: .seconds(100), .sum)
            let expected = [0, 100, 200].map { start in
                SeriesPoint(
                    at: from + Int64(start) * 1000,
                    value: Self.ramp[start..<(start + 100)].reduce(0) { $0 + $1.value })
            }
            #expect(result == [SeriesResult(SeriesKey(name: "m"), points: expected)])
        }
    }

    @Test func `the newest value is known after a restart too`() async throws {
        try await SeriesFixture.run { fixture in
            let last = try #require(Self.ramp.last)
            let expected = [SeriesPoint(at: last.at, value: last.value)]
            try fixture.append(Self.ramp)
            #expect(
                try await fixture.series.latest(matching: [.metric("m")]).map(\.points) == [
                    expected
                ])
            try await fixture.restart()
            for _ in 0..<2 {
                let latest = try await fixture.series.latest(matching: [.metric("m")])
                #expect(latest.map(\.points) == [expected])
            }
            // A sample that is older than the stored ones does not become the newest.
            try fixture.append([Sample(at: 5, value: 5)])
            let latest = try await fixture.series.latest(matching: [])
            #expect(latest.map(\.points) == [expected])
            #expect(try await fixture.series.latest(matching: [.metric("x")]).isEmpty)
        }
    }

    @Test func `series and labels are listed, sorted and in pages`() async throws {
        try await SeriesFixture.run { fixture in
            for host in ["c", "a", "b"] {
                try fixture.append(Array(Self.ramp[..<1]), to: "up", ["host": host])
            }
            try fixture.append(Array(Self.ramp[..<1]), to: "load")
            _ = try fixture.series.handle("looked_up_only")
            let all = try await fixture.series.series()
            #expect(
                all.map(\.description) == [
                    "load", #"up{host="a"}"#, #"up{host="b"}"#, #"up{host="c"}"#,
                ])
            let page = try await fixture.series.series(
                matching: [.metric("up")], after: all[1], limit: 1)
            #expect(page == [all[2]])
            #expect(try await fixture.series.labelValues("host") == ["a", "b", "c"])
            #expect(try await fixture.series.labelNames() == ["__name__", "host"])
            #expect(try await fixture.series.labelValues("nothing").isEmpty)
        }
    }

    @Test func `an answer is written as pairs`() throws {
        let result = SeriesResult(
            SeriesKey(name: "m", labels: ["b": "2", "a": "1"]),
            points: [
                SeriesPoint(at: 1, value: 0.5), SeriesPoint(at: 2, value: .infinity),
                SeriesPoint(at: 3, value: -.infinity),
            ])
        let json = try JSON(encoding: result)
        #expect(json["points"]?.text == #"[[1,0.5],[2,"+Inf"],[3,"-Inf"]]"#)
        #expect(json["labels"]?["a"]?.string == "1")
        #expect(try json.decode(SeriesResult.self) == result)
        let nan = try JSON(encoding: SeriesPoint(at: 1, value: .nan))
        #expect(nan.text == #"[1,"NaN"]"#)
        #expect(try nan.decode(SeriesPoint.self).value.isNaN)
        #expect(throws: (any Error).self) {
            try JSON.parse(#"[1,"much"]"#).decode(SeriesPoint.self)
        }
    }

    @Test func `the timer flushes and does checkpoints when they are due`() async throws {
        let (statements, found) = AsyncStream.makeStream(of: String.self)
        let isTailGone = Guarded(false)
        let watch: @Sendable (String) -> Void = { statement in
            found.yield(statement)
            if statement.contains("DELETE FROM series_tail") {
                isTailGone.withLock { $0 = true }
            }
        }
        try await SeriesFixture.run(fault: { watch($0) }) { fixture in
            fixture.series.start()
            try fixture.append(Array(Self.ramp[..<1]))
            await fixture.time.advance(by: .seconds(1))
            _ = await statements.first { $0.contains("INSERT INTO series_tail") }
            try fixture.append(Array(Self.ramp[1..<2]))
            await fixture.time.advance(by: fixture.settings.checkpointInterval)
            // A tick that meets a flush under way leaves the checkpoint to a later one.
            while !isTailGone.withLock({ $0 }) {
                await fixture.time.advance(by: .seconds(1))
                await Task.yield()
            }
            #expect(try await fixture.samples() == Array(Self.ramp[..<2]))
        }
    }

    @Test func `appending and asking at once is safe`() async throws {
        try await SeriesFixture.run { fixture in
            let series = fixture.series
            try await withThrowingTaskGroup { group in
                for writer in 0..<3 {
                    group.addTask {
                        let handle = try series.handle("m", ["writer": "\(writer)"])
                        for at in 0..<3000 {
                            series.append(handle, 1, at: Instant(milliseconds: Int64(at)))
                        }
                    }
                }
                group.addTask {
                    for _ in 0..<15 { try await series.checkpoint() }
                }
                group.addTask {
                    let all = SeriesQuery(
                        matchers: [LabelMatcher("writer", .matches, "[0-9]")],
                        from: Instant(milliseconds: 0), to: Instant(milliseconds: 5000))
                    var seen = 0
                    for _ in 0..<30 {
                        let points = try await series.query(all).reduce(0) { $0 + $1.points.count }
                        // A later answer never holds less.
                        #expect(points >= seen)
                        seen = points
                        _ = try await series.latest(matching: [])
                        _ = try await series.labelValues("writer")
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await fixture.samples().count == 9000)
        }
    }
}
