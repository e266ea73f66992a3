import OpsJSONRPC
import TestClient
import Testing

/// Events over the wire: in order, without gap, and never at the expense of others.
@Suite("Subscriptions", .timeLimit(.minutes(2)))
struct SubscriptionTests {
    private func next(_ client: TestClient) async throws -> (seq: Int?, number: Int?) {
        let notification = try await client.notification()
        #expect(notification["method"] == "event.event")
        let params = notification["params"]
        #expect(params?["topic"] == "puppet.moved")
        return (params?["seq"]?.int, params?["data"]?["number"]?.int)
    }

    @Test func `the answer comes before the first event`() async throws {
        try await ServerFixture.run { server in
            let client = try server.connect()
            try await client.call("puppet.announce", ["count": 3])
            try await client.begin("event.subscribe", ["topics": ["puppet.*"], "from_seq": 1])
            let answer = try await client.message()
            let name = try #require(answer["result"]?["subscription"], "\(answer.text)")
            #expect(answer["result"]?["seq"] == 1)
            for number in 1...3 {
                let event = try await client.message()
                #expect(event["params"]?["subscription"] == name)
                #expect(event["params"]?["data"]?["number"]?.int == number)
            }
        }
    }

    @Test func `in a batch too, the answer comes before the first event`() async throws {
        try await ServerFixture.run { server in
            let client = try server.connect()
            try await client.call("puppet.announce")
            try await client.send(
                #"[{"jsonrpc":"2.0","id":1,"method":"event.subscribe","params":{"from_seq":1}},"#
                    + #"{"jsonrpc":"2.0","id":2,"method":"puppet.hold"}]"# + "\n")
            let other = try server.connect()
            try await other.call("puppet.await_held", ["count": 1])
            try await other.call("puppet.release")
            #expect(try await client.message().array?.count == 2)
            #expect(try await client.message()["method"] == "event.event")
        }
    }

    @Test func `the past and the present meet without gap or duplicate`() async throws {
        try await ServerFixture.run { server in
            let reader = try server.connect()
            let writer = try server.connect()
            // More than a page of the past, and writes go on while it is read.
            for _ in 1...12 { try await writer.call("puppet.announce", ["count": 100]) }
            async let more: Void = {
                for _ in 1...30 { try await writer.call("puppet.announce", ["count": 10]) }
            }()
            try await reader.call("event.subscribe", ["topics": ["puppet.moved"], "from_seq": 1])
            var last = 0
            for _ in 1...1500 {
                let seq = try #require(try await next(reader).seq)
                #expect(seq > last)
                last = seq
            }
            try await more
            let log = try await writer.call("event.read", ["topics": ["puppet.*"], "limit": 1])
            #expect(log["items"]?[0]?["seq"]?.int == last)
        }
    }

    @Test func `only the wanted topics come, and none after the end of the subscription`()
        async throws
    {
        try await ServerFixture.run { server in
            let client = try server.connect()
            try await client.call("event.subscribe", ["topics": ["nothing.*"]])
            let name = try await client.call("event.subscribe")["subscription"] ?? .null
            try await client.call("puppet.announce")
            #expect(try await client.notification()["params"]?["subscription"] == name)
            try await client.call("event.unsubscribe", ["subscription": name])
            try await client.call("puppet.announce")
            let again = try await client.call("event.subscribe")["subscription"] ?? .null
            try await client.call("puppet.announce")
            #expect(try await client.notification()["params"]?["subscription"] == again)
            let error = try await client.refusal("event.unsubscribe", ["subscription": name])
            #expect(error.kind == "not_found")
        }
    }

    @Test func `a pattern that is none is named`() async throws {
        try await ServerFixture.run { server in
            let error = try await server.connect().refusal(
                "event.subscribe", ["topics": ["check.*", "*.x"]])
            #expect(error.fields.map(\.path) == ["topics[1]"])
        }
    }

    @Test func `a slow reader loses its subscription and is told where to go on`() async throws {
        try await ServerFixture.run { server in
            let slow = try server.connect()
            try await slow.call("event.subscribe")
            let writer = try server.connect()
            // Beyond the megabyte that may wait and what the kernel holds.
            for _ in 1...30 {
                try await writer.call("puppet.announce", ["count": 10, "bytes": 10_000])
            }
            var last = 0
            var lost: JSON?
            while lost == nil {
                let notification = try await slow.notification()
                if notification["method"] == "event.lost" {
                    lost = notification["params"]
                } else {
                    last = notification["params"]?["seq"]?.int ?? 0
                }
            }
            #expect(last > 0)
            #expect(lost?["resume_seq"]?.int == last + 1)
            #expect(try await server.counter("closed_for_not_reading") == 0)
            // From there on nothing is missing.
            try await slow.call("event.subscribe", ["from_seq": .number(JSON.Number(last + 1))])
            #expect(try await next(slow).seq == last + 1)
        }
    }

    @Test func `a subscription ends with its connection`() async throws {
        try await ServerFixture.run { server in
            let client = try server.connect()
            try await client.call("event.subscribe")
            client.hangUp()
            try await server.until("connections") { $0 == 0 }
            let other = try server.connect()
            try await other.call("puppet.announce")
        }
    }
}
