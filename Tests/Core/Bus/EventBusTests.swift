import OpsJSONRPC
import Testing

@testable import OpsCore

struct EventBusTests {
    @Test func `a subscription gets what comes from now on`() async throws {
        try await BusStation.run { station in
            try await station.announce("check.created", 2)
            try await station.settle()
            let (seen, _) = try await station.follow()
            try await station.announce("check.created", 3)
            #expect(await seen.first(3) == [3, 4, 5])
        }
    }

    @Test func `a subscription gets the past first`() async throws {
        try await BusStation.run { station in
            try await station.announce("check.created", 5)
            try await station.settle()
            let (seen, _) = try await station.follow(from: 2)
            #expect(await seen.first(4) == [2, 3, 4, 5])
            try await station.announce("check.created")
            #expect(await seen.first(5) == [2, 3, 4, 5, 6])
        }
    }

    @Test(arguments: [["check.*"], ["check.created", "check.deleted"]])
    func `only the wanted topics come, past and present`(topics: [String]) async throws {
        try await BusStation.run { station in
            for topic in ["check.created", "plugin.started", "check.deleted"] {
                try await station.announce(topic)
            }
            try await station.settle()
            let (seen, _) = try await station.follow(topics, from: 0)
            #expect(await seen.first(2) == [1, 3])
            for topic in ["plugin.started", "check.created", "checks.created", "check.deleted"] {
                try await station.announce(topic)
            }
            #expect(await seen.first(4) == [1, 3, 5, 7])
        }
    }

    @Test func `the past meets the present without gap or duplicate`() async throws {
        try await BusStation.run { station in
            let (before, during) = (700, 600)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await station.announce("a.b", before) }
                try await group.waitForAll()
                for _ in 1...6 {
                    group.addTask { try await station.announce("a.b", during / 6) }
                }
                // Subscribers join while the writers write.
                var all: [Journal<Int64>] = []
                for start in [1, 100, 500, 501, 699, 700, 701] {
                    all.append(try await station.follow(from: Int64(start)).seen)
                    _ = await all.first?.first(start)
                }
                try await group.waitForAll()
                for (seen, start) in zip(all, [1, 100, 500, 501, 699, 700, 701]) {
                    let expected = Array(Int64(start)...Int64(before + during))
                    #expect(await seen.first(expected.count) == expected)
                }
                try await station.settle()
                #expect(all.allSatisfy { $0.entries.last == Int64(before + during) })
            }
        }
    }

    @Test func `nothing comes after a cancel, not even from the same commit`() async throws {
        try await BusStation.run { station in
            let box = Guarded<Subscription?>(nil)
            let (seen, subscription) = try await station.follow(["a.*"]) { _ in
                box.withLock { $0 }?.cancel()
            }
            box.withLock { $0 = subscription }
            try await station.store.write(as: .system, reason: "test") { transaction in
                for _ in 1...3 { try transaction.announce("a.b", nil, [:]) }
            }
            try await station.announce("a.b")
            try await station.settle()
            #expect(seen.entries == [1])
            #expect(station.bus.publishedCount == 4)
        }
    }

    @Test func `a subscription cancelled while it reads the past gets no more`() async throws {
        try await BusStation.run { station in
            try await station.announce("a.b", 10)
            try await station.settle()
            let box = Guarded<Subscription?>(nil)
            let (seen, _) = try await station.loop.perform { [bus = station.bus] in
                let seen = Journal<Int64>()
                guard let all = TopicPattern("*") else { throw Refusal() }
                let subscription = bus.subscribe(topics: [all], from: 1) { event in
                    seen.add(event.seq)
                    if event.seq == 4 { box.withLock { $0 }?.cancel() }
                }
                box.withLock { $0 = subscription }
                return (seen, subscription)
            }
            _ = await seen.first(4)
            try await station.announce("a.b")
            try await station.settle()
            #expect(seen.entries == [1, 2, 3, 4])
        }
    }

    @Test func `a sequence number in the future is waited for`() async throws {
        try await BusStation.run { station in
            let (seen, _) = try await station.follow(from: 3)
            try await station.announce("a.b", 4)
            #expect(await seen.first(2) == [3, 4])
        }
    }

    @Test func `a write that fails announces nothing`() async throws {
        try await BusStation.run { station in
            let (seen, _) = try await station.follow()
            await #expect(throws: Refusal.self) {
                try await station.store.write(as: .system, reason: "test") { transaction in
                    try transaction.announce("a.b", nil, [:])
                    throw Refusal()
                }
            }
            try await station.announce("a.b")
            #expect(await seen.first(1) == [1])
        }
    }

    @Test func `a new bus goes on where the log ends`() async throws {
        let folder = try StoreFolder()
        try await BusStation.run(in: folder) { try await $0.announce("a.b", 3) }
        try await BusStation.run(in: folder) { station in
            #expect(station.bus.lastSequence == 3)
            let (live, _) = try await station.follow()
            let (all, _) = try await station.follow(from: 0)
            try await station.announce("a.b")
            #expect(await live.first(1) == [4])
            #expect(await all.first(4) == [1, 2, 3, 4])
        }
    }

    @Test func `reading without topics answers nothing`() async throws {
        try await BusStation.run { station in
            try await station.announce("a.b", 3)
            #expect(try await station.bus.read(topics: [], from: 0, limit: 10).isEmpty)
        }
    }

    @Test func `a log that can't be read is said, and the subscription ends`() async throws {
        try await BusStation.run { station in
            try await station.announce("a.b", 3)
            try await station.settle()
            await station.store.close()
            _ = try await station.follow(from: 1)
            #expect(await station.log.first(1)[0].contains("events can't be read"))
        }
    }
}
