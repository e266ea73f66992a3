import OpsJSONRPC
import Testing

@testable import OpsCore

struct LongPollTests {
    private func seqs(_ answer: JSON) -> [Int] {
        (answer["result"]?["items"]?.array ?? []).compactMap { $0["seq"]?.int }
    }

    @Test func `what is there is answered at once`() async throws {
        try await RemoteEvents.run { remote in
            try await remote.station.announce("a.b", 2)
            try await remote.station.settle()
            for params: JSON in [["from_seq": 1, "wait_ms": 60_000], ["wait_ms": 60_000]] {
                #expect(seqs(try await remote.ask("event.read", params)) == [1, 2])
            }
        }
    }

    @Test(arguments: [nil, 1])
    func `the first event that fits ends the wait`(from: Int?) async throws {
        try await RemoteEvents.run { remote in
            var params: JSON.Object = ["topics": ["a.*"], "wait_ms": 60_000]
            params["from_seq"] = from.map { .number(JSON.Number($0)) }
            let (_, answer) = try await remote.begin("event.read", .object(params))
            try await remote.untilWaiting()
            try await remote.station.announce("c.d", 3)
            try await remote.station.settle()
            #expect(answer.kept == nil)
            try await remote.station.announce("a.b")
            #expect(seqs(await answer.value) == [4])
            #expect(await answer.value["result"]?["next_seq"] == 5)
            #expect(remote.station.bus.subscriptionCount == 0)
            #expect(remote.time.timerCount == 0)
        }
    }

    @Test func `all events of one commit come together`() async throws {
        try await RemoteEvents.run { remote in
            let (_, answer) = try await remote.begin("event.read", ["wait_ms": 60_000])
            try await remote.untilWaiting()
            try await remote.station.store.write(as: .system, reason: "test") { transaction in
                for _ in 1...5 { try transaction.announce("a.b", nil, [:]) }
            }
            #expect(seqs(await answer.value) == [1, 2, 3, 4, 5])
        }
    }

    @Test func `when nothing comes the answer is empty and leads past what was looked at`()
        async throws
    {
        try await RemoteEvents.run { remote in
            try await remote.station.announce("c.d", 7)
            try await remote.station.settle()
            let (_, answer) = try await remote.begin(
                "event.read", ["topics": ["a.*"], "from_seq": 1, "wait_ms": 1000])
            try await remote.untilWaiting()
            try await remote.station.announce("c.d", 2)
            try await remote.station.settle()
            await remote.time.advance(by: .milliseconds(999))
            #expect(answer.kept == nil)
            await remote.time.advance(by: .milliseconds(1))
            #expect(await answer.value["result"] == ["items": [], "next_seq": 10])
        }
    }

    @Test func `a deadline ends the wait before it ends the call`() async throws {
        try await RemoteEvents.run { remote in
            let (_, answer) = try await remote.begin(
                "event.read", ["wait_ms": 60_000, "_meta": ["timeout_ms": 1000]])
            try await remote.untilWaiting()
            await remote.time.advance(by: .milliseconds(900))
            #expect(await answer.value["result"] == ["items": [], "next_seq": 1])
        }
    }

    @Test func `a cancelled wait is answered once and leaves nothing behind`() async throws {
        try await RemoteEvents.run { remote in
            let (id, answer) = try await remote.begin("event.read", ["wait_ms": 60_000])
            try await remote.untilWaiting()
            try await remote.notify("$/cancelRequest", ["id": try JSON.parse(id.text)])
            #expect(await answer.value["error"]?["code"] == 1008)
            while remote.station.bus.subscriptionCount > 0 {
                try await remote.station.loop.perform {}
            }
            #expect(remote.time.timerCount == 0)
            try await remote.station.announce("a.b")
            try await remote.station.settle()
            #expect(remote.session.notices.entries.count == 1)
        }
    }

    @Test func `a hundred wait for the same event`() async throws {
        try await RemoteEvents.run { remote in
            var answers: [Promise<JSON>] = []
            for _ in 1...100 {
                answers.append(
                    try await remote.begin("event.read", ["wait_ms": 60_000]).answer)
            }
            try await remote.untilWaiting(100)
            try await remote.station.announce("a.b")
            for answer in answers { #expect(seqs(await answer.value) == [1]) }
        }
    }

    @Test(arguments: [-1, 60_001])
    func `a wait has a limit`(milliseconds: Int) async throws {
        try await RemoteEvents.run { remote in
            let answer = try await remote.ask(
                "event.read", ["wait_ms": .number(JSON.Number(milliseconds))])
            #expect(answer["error"]?["data"]?["fields"]?[0]?["path"] == "wait_ms")
        }
    }
}
