import Testing

@testable import OpsCore

@Suite struct MergeTests {
    static let hour: Int64 = 3_600_000

    static func blocks(_ counts: [Int], length: Int64 = hour) -> [BlockOutline] {
        counts.enumerated().map { index, count in
            let start = Int64(index) * length
            return BlockOutline(
                id: Int64(index) * 3 + 1, startAt: start, endAt: start + length - 1, count: count)
        }
    }

    static func merged(_ counts: [Int], length: Int64 = hour, all: Bool = false) -> [[Int]] {
        MergePlan(Self.blocks(counts, length: length), all: all).runs.map { $0.map(\.count) }
    }

    @Test func `an older block joins when the newer are half as large`() {
        #expect(Self.merged([]).isEmpty)
        #expect(Self.merged([7]).isEmpty)
        #expect(Self.merged([7, 7]) == [[7, 7]])
        #expect(Self.merged([15, 7]).isEmpty)
        #expect(Self.merged([14, 7]) == [[14, 7]])
        #expect(Self.merged([100, 14, 7, 2]).isEmpty)
        #expect(Self.merged([100, 14, 7, 4]) == [[14, 7, 4]])
    }

    @Test func `a merged block covers a day at most, and finished days are merged as a whole`() {
        let runs = Self.merged(Array(repeating: 5, count: 30))
        #expect(runs.map(\.count) == [24, 6])
        #expect(Self.merged([90, 1, 1] + Array(repeating: 1, count: 24)).map(\.count) == [24, 3])
    }

    @Test func `a merged block has a limit of samples`() {
        #expect(Self.merged([3_000_000, 2_000_000]).isEmpty)
        #expect(Self.merged([2_000_000, 2_000_000]).count == 1)
        #expect(
            Self.merged([9_000_000, 5_000_000, 1], all: true) == [[9_000_000], [5_000_000], [1]])
    }

    @Test func `everything is merged when somebody asks`() {
        #expect(Self.merged([100, 1], all: true) == [[100, 1]])
        #expect(Self.merged([100], all: true) == [[100]])
    }

    @Test func `a block of any length does not overflow`() {
        let all = [
            BlockOutline(id: 1, startAt: .min, endAt: 0, count: 1),
            BlockOutline(id: 2, startAt: 0, endAt: .max, count: 1),
        ]
        #expect(MergePlan(all).runs.isEmpty)
    }

    @Test func `an hour each for a month writes every sample a few times`() {
        var counts: [BlockOutline] = []
        var written = 0
        for number in 0..<720 {
            let start = Int64(number) * Self.hour
            counts.append(
                BlockOutline(
                    id: Int64(number), startAt: start, endAt: start + Self.hour - 1, count: 1000))
            for run in MergePlan(counts).runs {
                let sum = run.reduce(0) { $0 + $1.count }
                written += sum
                let first = counts.firstIndex(of: run[0]) ?? 0
                counts.replaceSubrange(
                    first..<(first + run.count),
                    with: [
                        BlockOutline(
                            id: run[run.count - 1].id, startAt: run[0].startAt,
                            endAt: run[run.count - 1].endAt, count: sum)
                    ])
            }
        }
        #expect(counts.count < 40 && written < 720_000 * 5)
    }

    @Test func `merging keeps every sample, and the later one of an instant`() async throws {
        try await SeriesFixture.run { fixture in
            let ramp = SeriesTests.ramp
            for round in 0..<5 {
                try fixture.append(
                    ramp[(round * 40)..<(round * 40 + 80)].map {
                        Sample(at: $0.at, value: $0.value + Double(round))
                    })
                try fixture.append([Sample(at: ramp[0].at, value: Double(round))], to: "same")
                try await fixture.series.checkpoint()
            }
            let before = (try await fixture.samples(), try await fixture.samples("same"))
            try await fixture.series.merge()
            #expect(try await fixture.series.storage().blocks == 1)
            #expect(try await fixture.samples() == before.0 && before.0.count == 240)
            #expect(try await fixture.samples("same").map(\.value) == [4])
            #expect(before.1.map(\.value) == [4])
            try await fixture.restart()
            #expect(try await fixture.samples() == before.0)
        }
    }

    @Test func `a damaged block is left alone, and said once`() async throws {
        try await SeriesFixture.run { fixture in
            for part in [SeriesTests.ramp[..<100], SeriesTests.ramp[100...]] {
                try fixture.append(Array(part))
                // Blocks of equal size would be merged at once.
                let count = try await fixture.series.storage().blocks
                try await fixture.series.checkpoint()
                guard count == 0 else { break }
                try await fixture.execute("UPDATE series_block SET data = ?", [1, 1])
            }
            try await fixture.series.merge()
            #expect(try await fixture.samples() == Array(SeriesTests.ramp[100...]))
            #expect(fixture.log.all == ["error: A damaged block was skipped."])
            #expect(try await fixture.blob("SELECT data FROM series_block WHERE id = 1") == [1, 1])
        }
    }

    @Test func `the file gives back what the tail has taken`() async throws {
        try await SeriesFixture.run { fixture in
            var random = SeriesRandom(seed: 1)
            for second in 0..<40 {
                for series in 0..<50 {
                    let at = Int64(second * 1000)
                    let samples = (0..<20).map {
                        Sample(at: at + Int64($0), value: Double(random.next() % 100))
                    }
                    try fixture.append(samples, to: "m\(series)")
                }
                try await fixture.series.flush()
            }
            try await fixture.series.checkpoint()
            let free = try await fixture.store.read { transaction in
                try transaction.row("SELECT freelist_count AS n FROM pragma_freelist_count")?.int(
                    "n")
            }
            #expect(free == 0)
            #expect(try await fixture.series.storage().samples == 40_000)
        }
    }
}
