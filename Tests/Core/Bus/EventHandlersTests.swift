import OpsJSONRPC
import Testing

@testable import OpsCore

struct EventHandlersTests {
    // MARK: - Reading

    @Test func `pages lead through the log without gap or duplicate`() async throws {
        try await RemoteEvents.run { remote in
            try await remote.station.announce("a.b", 25)
            try await remote.station.settle()
            var (from, seen): (Int, [Int]) = (0, [])
            for _ in 1...4 {
                let page = try await remote.ask(
                    "event.read", ["from_seq": .number(JSON.Number(from)), "limit": 10])["result"]
                seen += (page?["items"]?.array ?? []).compactMap { $0["seq"]?.int }
                from = try #require(page?["next_seq"]?.int)
            }
            #expect(seen == Array(1...25))
            #expect(from == 26)
        }
    }

    @Test func `without a start the last events are read, oldest first`() async throws {
        try await RemoteEvents.run { remote in
            try await remote.station.announce("a.b", 5)
            try await remote.station.announce("c.d", 3)
            try await remote.station.settle()
            let last = try await remote.ask("event.read", ["limit": 2])["result"]
            #expect(last?["items"]?.array?.map { $0["seq"] } == [7, 8])
            #expect(last?["next_seq"] == 9)
            let filtered = try await remote.ask("event.read", ["topics": ["a.*"], "limit": 2])
            #expect(filtered["result"]?["items"]?.array?.map { $0["seq"] } == [4, 5])
        }
    }

    @Test func `an empty log says where to go on`() async throws {
        try await RemoteEvents.run { remote in
            let result = try await remote.ask("event.read", [:])["result"]
            #expect(result == ["items": [], "next_seq": 1])
        }
    }

    @Test func `an event is read with all its members`() async throws {
        try await RemoteEvents.run { remote in
            try await remote.station.announce("a.b")
            let item = try await remote.ask("event.read", [:])["result"]?["items"]?[0]
            #expect(item?["seq"] == 1)
            #expect(item?["topic"] == "a.b")
            #expect(item?["ref"] == "thing:1")
            #expect(item?["data"] == ["a": 1])
            #expect(item?["at"]?.string?.hasSuffix("Z") == true)
        }
    }

    @Test(
        arguments: ["event.read", "event.subscribe"],
        [
            (#"{"topics":["check*"]}"#, "topics[0]"), (#"{"topics":["a.b",""]}"#, "topics[1]"),
            (#"{"topics":[]}"#, "topics"), (#"{"from_seq":-1}"#, "from_seq"),
        ])
    func `bad parameters are named`(method: String, bad: (text: String, path: String)) async throws
    {
        try await RemoteEvents.run { remote in
            let answer = try await remote.ask(method, try JSON.parse(bad.text))
            #expect(answer["error"]?["code"] == -32602)
            #expect(answer["error"]?["data"]?["fields"]?[0]?["path"]?.string == bad.path)
        }
    }

    // MARK: - Subscribing

    @Test func `the answer comes before the first event`() async throws {
        try await RemoteEvents.run { remote in
            try await remote.station.announce("a.b", 3)
            try await remote.station.settle()
            let answer = try await remote.ask("event.subscribe", ["from_seq": 2])
            #expect(answer["result"] == ["subscription": "s1", "seq": 2])
            let notices = await remote.session.notices.first(3)
            #expect(notices.map(\.method) == ["answer", "event.event", "event.event"])
            #expect(notices[1].params["subscription"] == "s1")
            #expect(notices[1].params["topic"] == "a.b")
            #expect(notices[1].params["ref"] == "thing:1")
            #expect(remote.sent == [2, 3])
        }
    }

    @Test func `two subscriptions of a connection have their own names`() async throws {
        try await RemoteEvents.run { remote in
            #expect(try await remote.subscribe(["topics": ["a.*"]]) == "s1")
            #expect(try await remote.subscribe(["topics": ["*"]]) == "s2")
            try await remote.station.announce("a.b")
            let notices = await remote.session.notices.first(4).suffix(2)
            #expect(notices.map { $0.params["subscription"] } == ["s1", "s2"])
        }
    }

    @Test func `an ended subscription gets no more`() async throws {
        try await RemoteEvents.run { remote in
            let name = try await remote.subscribe([:])
            try await remote.station.announce("a.b")
            _ = await remote.session.notices.first(2)
            let end: JSON = ["subscription": .string(name)]
            #expect(try await remote.ask("event.unsubscribe", end)["result"] == [:])
            try await remote.station.announce("a.b")
            try await remote.station.settle()
            #expect(remote.sent == [1])
            let again = try await remote.ask("event.unsubscribe", end)
            #expect(again["error"]?["code"] == 1003)
        }
    }

    @Test func `a connection that ended gets no more`() async throws {
        try await RemoteEvents.run { remote in
            _ = try await remote.subscribe([:])
            try await remote.station.loop.perform { remote.session.end() }
            try await remote.station.announce("a.b")
            try await remote.station.settle()
            #expect(remote.sent == [])
        }
    }

    @Test func `a caller without a connection can't subscribe`() async throws {
        try await RemoteEvents.run { remote in
            let error = await #expect(throws: RPCError.self) {
                try await remote.dispatcher.call("event.subscribe", [:], as: .system)
            }
            #expect(error?.kind == "conflict")
        }
    }

    @Test func `a reader that does not keep up is told where to go on`() async throws {
        try await RemoteEvents.run { remote in
            let name = try await remote.subscribe([:])
            try await remote.station.announce("a.b", 2)
            _ = await remote.session.notices.first(3)
            remote.session.pile(1 << 20)
            try await remote.station.announce("a.b", 3)
            try await remote.station.settle()
            let lost = await remote.session.notices.first(4)[3]
            #expect(lost.method == "event.lost")
            #expect(lost.params["subscription"]?.string == name)
            #expect(lost.params["resume_seq"] == 3)
            #expect(lost.params["dropped"] == 1)
            #expect(lost.params["reason"] == "slow_reader")
            #expect(remote.session.notices.entries.count == 4)
            remote.session.pile(0)
            _ = try await remote.ask("event.subscribe", ["from_seq": 3])
            _ = await remote.session.notices.first(8)
            #expect(remote.sent == [1, 2, 3, 4, 5])
        }
    }

    @Test func `a reader of the past is sent it no faster than it reads`() async throws {
        try await RemoteEvents.run { remote in
            try await remote.station.announce("a.b", 700)
            try await remote.station.settle()
            remote.session.pile(1 << 20)
            _ = try await remote.subscribe(["from_seq": 1])
            while remote.session.waiting == 0 { try await remote.station.loop.perform {} }
            // Much comes meanwhile, too.
            try await remote.station.announce("a.b", 50)
            try await remote.station.settle()
            #expect(remote.sent == [])
            try await remote.station.loop.perform { remote.session.drain() }
            _ = await remote.session.notices.first(751)
            #expect(remote.sent == Array(1...750))
        }
    }

    @Test func `a connection that ends while its past waits gets no more`() async throws {
        try await RemoteEvents.run { remote in
            try await remote.station.announce("a.b", 3)
            try await remote.station.settle()
            remote.session.pile(1 << 20)
            _ = try await remote.subscribe(["from_seq": 1])
            while remote.session.waiting == 0 { try await remote.station.loop.perform {} }
            try await remote.station.loop.perform {
                remote.session.end()
                remote.session.drain()
            }
            try await remote.station.announce("a.b")
            try await remote.station.settle()
            #expect(remote.sent == [])
            #expect(remote.station.bus.subscriptionCount == 0)
        }
    }

    @Test func `a connection has only so many subscriptions`() async throws {
        try await RemoteEvents.run { remote in
            for _ in 1...3 { _ = try await remote.subscribe([:]) }
            let error = try await remote.ask("event.subscribe", [:])["error"]
            #expect(error?["code"] == 1010)
            #expect(error?["message"]?.string?.contains("core.max_subscriptions") == true)
            _ = try await remote.ask("event.unsubscribe", ["subscription": "s2"])
            #expect(try await remote.subscribe([:]) == "s4")
        }
    }

    @Test func `a call that is cancelled before it began does not subscribe`() async throws {
        try await RemoteEvents.run { remote in
            let line =
                #"[{"jsonrpc":"2.0","id":1,"method":"event.subscribe"},"#
                + #"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}}]"#
            let message = Array(line.utf8).withUnsafeBufferPointer {
                MessageParser.parse($0, MessageLimits())
            }
            let answer = Promise<JSON>()
            try await remote.station.loop.perform {
                var out: [UInt8] = []
                remote.dispatcher.answer(message, from: remote.caller, into: &out) {
                    answer.keep((try? JSON.parse($0)) ?? .null)
                }
            }
            #expect(await answer.value[0]?["error"]?["code"] == 1008)
            while try await remote.station.loop.perform({ remote.caller.pendingCalls }) > 0 {}
            #expect(remote.station.bus.subscriptionCount == 0)
        }
    }

    // MARK: - What is no longer kept

    @Test func `a place that is no longer kept is an error that says what is`() async throws {
        try await RemoteEvents.run { remote in
            try await remote.station.announce("a.b", 9)
            try await remote.station.settle()
            try await remote.station.forget(before: 6)
            let error = try await remote.ask("event.read", ["from_seq": 2])["error"]
            #expect(error?["code"] == 1003)
            #expect(error?["message"] == "The events 2 to 5 are no longer kept.")
            #expect(error?["data"]?["fields"]?[0]?["path"] == "from_seq")
            #expect(error?["data"]?["fields"]?[0]?["reason"] == "must be 0 or at least 6")
            for first in [0, 6] {
                let page = try await remote.ask(
                    "event.read", ["from_seq": .number(JSON.Number(first))])
                #expect(page["result"]?["items"]?.array?.first?["seq"] == 6)
            }
        }
    }

    @Test func `a log that was forgotten whole goes on with the next event`() async throws {
        try await RemoteEvents.run { remote in
            try await remote.station.announce("a.b", 3)
            try await remote.station.settle()
            try await remote.station.forget(before: 4)
            let error = try await remote.ask("event.read", ["from_seq": 1])["error"]
            #expect(error?["message"] == "The events 1 to 3 are no longer kept.")
            let page = try await remote.ask("event.read", ["from_seq": 4])["result"]
            #expect(page == ["items": [], "next_seq": 4])
        }
    }

    @Test func `a subscription whose past can't be read is told, and leaves its place`()
        async throws
    {
        try await RemoteEvents.run { remote in
            try await remote.station.announce("a.b", 9)
            try await remote.station.settle()
            try await remote.station.store.writeUnaudited {
                try $0.execute("ALTER TABLE event RENAME TO event_away")
            }
            for number in 1...4 {
                let answer = try await remote.ask("event.subscribe", ["from_seq": 2])
                #expect(answer["result"]?["seq"] == 2)
                let lost = await remote.session.notices.first(2 * number)[2 * number - 1]
                #expect(lost.method == "event.lost")
                #expect(lost.params["reason"] == "read_failed")
                #expect(lost.params["dropped"] == 8)
                #expect(lost.params["resume_seq"] == 2)
            }
            #expect(remote.station.bus.subscriptionCount == 0)
        }
    }

    @Test func `a subscription to what is no longer kept is told what is missing`() async throws {
        try await RemoteEvents.run { remote in
            try await remote.station.announce("a.b", 9)
            try await remote.station.settle()
            try await remote.station.forget(before: 6)
            _ = try await remote.subscribe(["from_seq": 2])
            let lost = await remote.session.notices.first(2)[1]
            #expect(lost.method == "event.lost")
            #expect(
                lost.params == [
                    "subscription": "s1", "reason": "retention", "dropped": 4, "resume_seq": 6,
                ])
            _ = try await remote.subscribe(["from_seq": 6])
            _ = try await remote.subscribe(["from_seq": 0])
            _ = await remote.session.notices.first(12)
            #expect(remote.sent == [6, 7, 8, 9, 6, 7, 8, 9])
        }
    }
}
