import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct MethodStatisticsTests {
    @Test func `every call that was carried out is counted, with its errors and its time`()
        async throws
    {
        try await CallDesk.run { desk in
            for id in 1...3 { _ = try await desk.ask(id, "count") }
            _ = try await desk.ask(4, "count", ["text": 7])
            _ = try await desk.ask(5, "add", ["title": "a"])
            _ = try await desk.ask(6, "add", ["title": "a"])
            let all = desk.registry.statistics
            #expect(all.map(\.method) == all.map(\.method).sorted())
            let count = try #require(all.first { $0.method == "note.count" })
            #expect(count.calls == 4 && count.errors == 1)
            let add = try #require(all.first { $0.method == "note.add" })
            #expect(add.calls == 2 && add.errors == 1 && add.sumSeconds > 0)
            #expect(add.buckets.last?.le == .infinity && add.buckets.last?.count == 2)
            #expect(add.buckets.map(\.count) == add.buckets.map(\.count).sorted())
        }
    }

    @Test func `a call falls into the first bucket whose bound it does not exceed`() {
        for (nanoseconds, bound) in [
            (UInt64(1), 8.192e-6), (8192, 8.192e-6), (8193, 16.384e-6), (1 << 20, 1.048576e-3),
            (UInt64.max, .infinity),
        ] {
            let tally = MethodTally()
            tally.add(nanoseconds: nanoseconds, isError: false)
            let buckets = tally.statistics(of: "x").buckets
            #expect(buckets.first { $0.count == 1 }?.le == bound, "\(nanoseconds)")
        }
    }

    @Test func `counts outlive the handler`() async throws {
        try await CallDesk.run { desk in
            _ = try await desk.ask(1, "count")
            desk.registry.silence(owner: NoteMethods.owner)
            #expect(desk.registry.statistics.first { $0.method == "note.count" }?.calls == 1)
        }
    }
}
