import OpsJSONRPC
import Testing

@testable import OpsCore

/// A store as the first format has left it: a row a series and a row a chunk.
@Suite struct SeriesMigrationTests {
    static let ramp = SeriesTests.ramp

    static func fill(_ fixture: SeriesFixture) async throws {
        try await fixture.store.writeUnaudited { transaction in
            for id in [1, 2, 700] {
                try transaction.execute(
                    "INSERT INTO series (id, name, labels) VALUES (?, ?, ?)", id, "m\(id)",
                    #"{"host":"a"}"#)
                for (number, part) in [ramp[..<100], ramp[100...]].enumerated() {
                    let chunk = Chunk(Array(part))
                    try transaction.execute(
                        """
                        INSERT INTO series_chunk (id, series, start_at, end_at, count, data)
                        VALUES (?, ?, ?, ?, ?, ?)
                        """, id * 10 + number, id, chunk.startAt, chunk.endAt, chunk.count,
                        chunk.bytes)
                }
            }
        }
    }

    @Test func `a store of the first format is read, and its rows move`() async throws {
        try await SeriesFixture.run { fixture in
            try await Self.fill(fixture)
            for _ in 0..<2 {
                try await fixture.crash()
                for id in [1, 2, 700] {
                    #expect(try await fixture.samples("m\(id){host=\"a\"}") == Self.ramp)
                }
                let storage = try await fixture.series.storage()
                #expect(storage.series == 3 && storage.blocks == 2 && storage.samples == 900)
            }
            let left = try await fixture.store.read {
                try $0.rows("SELECT id FROM series UNION ALL SELECT id FROM series_chunk").count
            }
            #expect(left == 0)
            try fixture.append([Self.ramp[0]], to: "new")
            #expect(try await fixture.samples("new") == [Self.ramp[0]])
        }
    }

    @Test func `damaged rows of the first format stay, and the rest moves`() async throws {
        try await SeriesFixture.run { fixture in
            try await Self.fill(fixture)
            try await fixture.execute("UPDATE series_chunk SET data = ? WHERE id = 10", [1, 2, 3])
            try await fixture.execute("UPDATE series SET labels = '[' WHERE id = 700")
            try await fixture.crash()
            #expect(try await fixture.samples("m1") == Array(Self.ramp[100...]))
            #expect(try await fixture.samples("m2") == Self.ramp)
            #expect(fixture.series.statistics.damaged == 2)
            // The number of the damaged series is not given again.
            try fixture.append([Self.ramp[0]], to: "new")
            #expect(try await fixture.samples("new") == [Self.ramp[0]])
        }
    }

    @Test func `a move may fail at any statement and goes on at the next start`() async throws {
        let countdown = Countdown()
        let fault: StatementFault = { _ in if countdown.strikes() { throw Refusal() } }
        try await SeriesFixture.run(fault: fault) { fixture in
            try await Self.fill(fixture)
            for statement in 1...60 {
                countdown.start(statement)
                let isDone = (try? await fixture.crash()) != nil
                countdown.start(0)
                guard isDone else { continue }
                for id in [1, 2, 700] {
                    #expect(try await fixture.samples("m\(id)") == Self.ramp)
                }
                return
            }
            Issue.record("The move never came to its end")
        }
    }
}
