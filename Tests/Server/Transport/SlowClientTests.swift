import OpsCore
import OpsJSONRPC
import OpsTransport
import TestClient
import Testing

/// A client that does not read, or hardly writes, harms nobody else.
@Suite("Slow clients", .timeLimit(.minutes(2)))
struct SlowClientTests {
    private static let ask = Array(
        (#"{"jsonrpc":"2.0","id":1,"method":"puppet.fill","params":{"bytes":2000}}"# + "\n").utf8)

    /// Sends calls until the server reads no more; returns how many, and the rest of the last one.
    ///
    /// A server that reads does so while it answers somebody else fifty times.
    private func fillUp(
        _ client: TestClient, _ server: ServerFixture
    ) async throws -> (calls: Int, rest: String) {
        let other = try server.connect()
        var bytes: [UInt8] = []
        var sent = 0
        var refusals = 0
        while refusals < 50, sent < 64 << 20 {
            if bytes.isEmpty { bytes = Array(repeatElement(Self.ask, count: 100).joined()) }
            let count = client.sendWithoutWaiting(bytes)
            bytes.removeFirst(count)
            sent += count
            refusals = count == 0 ? refusals + 1 : 0
            if count == 0 { try await other.call("system.ping") }
        }
        let rest = bytes.prefix(bytes.count % Self.ask.count)
        return ((sent + rest.count) / Self.ask.count, String(decoding: rest, as: UTF8.self))
    }

    @Test func `a client that never reads is no longer read, and goes on once it reads`()
        async throws
    {
        try await ServerFixture.run({ $0.writeQueueSoftBytes = 100_000 }) { server in
            let client = try server.connect()
            let (calls, rest) = try await fillUp(client, server)
            // Completes the last call as soon as there is room.
            async let completed: Void = client.send(rest)
            // What the kernel holds in both directions and the soft limit, not what was asked for.
            #expect(try await server.counter("bytes_written") < 5 << 20)
            #expect(try await server.counter("closed_for_not_reading") == 0)
            for _ in 0..<calls {
                #expect(try await client.message()["result"]?["text"]?.string?.count == 2000)
            }
            try await completed
            try await client.call("system.ping")
        }
    }

    @Test func `a client that lets answers pile up beyond the hard limit is disconnected`()
        async throws
    {
        let limits: @Sendable (inout ServerSettings) -> Void = {
            $0.writeQueueSoftBytes = 1024
            $0.writeQueueHardBytes = 200_000
        }
        try await ServerFixture.run(limits) { server in
            let client = try server.connect()
            // All of these begin before the first is answered, so the soft limit can't hold them.
            let calls = (1...60).map {
                #"{"jsonrpc":"2.0","id":\#($0),"method":"event.read","params":{"limit":60}}"#
            }
            try await server.connect().call("puppet.announce", ["count": 60, "bytes": 1000])
            try await client.send(calls.joined(separator: "\n") + "\n")
            try await server.until("closed_for_not_reading") { $0 == 1 }
            let lines = try await client.linesUntilTheEnd()
            #expect(lines.count < 60)
            try await server.connect().call("system.ping")
        }
    }

    @Test func `one answer longer than the hard limit reaches a client that reads`() async throws {
        let limits: @Sendable (inout ServerSettings) -> Void = {
            $0.writeQueueSoftBytes = 1024
            $0.writeQueueHardBytes = 2048
        }
        try await ServerFixture.run(limits) { server in
            let client = try server.connect()
            let answer = try await client.call("puppet.fill", ["bytes": 3_000_000])
            #expect(answer["text"]?.string?.count == 3_000_000)
            try await client.call("system.ping")
        }
    }

    @Test func `others are answered while a client sends a byte a second`() async throws {
        let time = ManualTime()
        try await ServerFixture.run({ $0.partialFrameTimeoutMs = 30_000 }, time: time) { server in
            let slow = try server.connect()
            let other = try server.connect()
            for byte in #"{"jsonrpc":"2.0","id":1,"me"# {
                try await slow.send(String(byte))
                try await other.call("system.ping")
                await time.advance(by: .seconds(1))
            }
            try await server.until("bytes_read") { $0 > 27 }
            await time.advance(by: .seconds(10))
            let lines = try await slow.linesUntilTheEnd()
            #expect(lines.count == 1)
            let error = RPCError(json: try JSON.parse(lines.first ?? "")["error"] ?? .null)
            #expect(error.code == -32700)
            #expect(error.message == "The message did not arrive in full in time.")
            try await other.call("system.ping")
            try await server.until("connections") { $0 == 1 }
        }
    }

    @Test func `a slow client that finishes in time is answered`() async throws {
        let time = ManualTime()
        try await ServerFixture.run({ $0.partialFrameTimeoutMs = 30_000 }, time: time) { server in
            let slow = try server.connect()
            for byte in #"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"# {
                try await slow.send(String(byte))
                await time.advance(by: .milliseconds(100))
            }
            #expect(try await slow.message()["result"] == ["pong": true])
            // Nothing is half sent any more, so that time does not count.
            await time.advance(by: .seconds(100))
            try await slow.call("system.ping")
        }
    }

    @Test func `a client that disconnects in the middle of a message is forgotten`() async throws {
        try await ServerFixture.run { server in
            let client = try server.connect()
            try await client.send(#"{"jsonrpc":"2.0","id":1,"method":"puppet.hold"}"# + "\n")
            try await client.send(#"{"jsonrpc":"2.0","id":2,"#)
            let other = try server.connect()
            try await other.call("puppet.await_held", ["count": 1])
            client.hangUp()
            try await other.call("puppet.release")
            try await server.until("connections") { $0 == 1 }
            try await other.call("system.ping")
        }
    }

    @Test func `one client with thousands of requests does not keep others waiting`() async throws {
        try await ServerFixture.run { server in
            let busy = try server.connect()
            let polite = try server.connect()
            let calls = 20_000
            let line = #"{"jsonrpc":"2.0","id":1,"method":"system.ping"}"# + "\n"
            let flood = String(repeating: line, count: calls)
            async let sent: Void = busy.send(flood)
            var answered = 0
            var pings = 0
            while answered < calls {
                try await polite.call("system.ping")
                pings += 1
                // As many as came meanwhile, at least one.
                for _ in 0..<min(500, calls - answered) {
                    _ = try await busy.line()
                    answered += 1
                }
            }
            try await sent
            #expect(pings >= calls / 500)
            #expect(try await server.counter("closed_for_not_reading") == 0)
        }
    }

    @Test func `a client with too many unanswered calls is read again when one is answered`()
        async throws
    {
        try await ServerFixture.run({ $0.maxInFlight = 3 }) { server in
            let client = try server.connect()
            for _ in 1...5 { try await client.begin("puppet.hold") }
            try await client.begin("system.ping")
            let other = try server.connect()
            try await other.call("puppet.await_held", ["count": 3])
            // The fourth and the ping behind it wait in the server.
            try await server.until("messages") { $0 >= 3 }
            #expect(try await other.call("puppet.await_held", ["count": 1]) == ["held": 3])
            try await other.call("puppet.release")
            for _ in 1...3 { #expect(try await client.message()["result"] == [:]) }
            try await other.call("puppet.await_held", ["count": 2])
            try await other.call("puppet.release")
            var answers: [JSON] = []
            for _ in 1...3 { answers.append(try await client.message()) }
            #expect(answers.contains { $0["result"] == ["pong": true] })
        }
    }
}
