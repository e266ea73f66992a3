import OpsCore
import OpsJSONRPC
import OpsTransport
import TestClient
import Testing

/// A client that says it is done still gets its answers.
@Suite("Half-closed clients", .timeLimit(.minutes(2)))
struct HalfClosedClientTests {
    @Test func `a client that asks, says that it is done, and then reads, has its answer`()
        async throws
    {
        try await ServerFixture.run { server in
            for id in 1...20 {
                let client = try server.connect()
                try await client.send(#"{"jsonrpc":"2.0","id":\#(id),"method":"system.ping"}"#)
                client.endSending()
                #expect(
                    try await client.linesUntilTheEnd() == [
                        #"{"jsonrpc":"2.0","id":\#(id),"result":{"pong":true}}"#
                    ])
            }
        }
    }

    @Test func `calls that suspend are answered before the connection is closed`() async throws {
        try await ServerFixture.run { server in
            let client = try server.connect()
            for _ in 1...3 { try await client.begin("puppet.hold") }
            client.endSending()
            let other = try server.connect()
            try await other.call("puppet.await_held", ["count": 3])
            try await other.call("puppet.release")
            let lines = try await client.linesUntilTheEnd()
            #expect(lines.count == 3)
            #expect(lines.allSatisfy { $0.hasSuffix(#""result":{}}"#) })
        }
    }

    @Test func `more requests than a turn handles are all answered after the end`() async throws {
        try await ServerFixture.run { server in
            let client = try server.connect()
            for _ in 1...2500 { try await client.begin("system.ping") }
            client.endSending()
            let lines = try await client.linesUntilTheEnd()
            #expect(lines.count == 2500)
            #expect(lines.last?.contains(#""id":2500,"#) == true)
        }
    }

    @Test func `requests that wait for room are answered after the end`() async throws {
        try await ServerFixture.run({ $0.maxInFlight = 2 }) { server in
            let client = try server.connect()
            let other = try server.connect()
            for _ in 1...6 { try await client.begin("puppet.hold") }
            client.endSending()
            for _ in 1...3 {
                try await other.call("puppet.await_held", ["count": 2])
                try await other.call("puppet.release")
            }
            #expect(try await client.linesUntilTheEnd().count == 6)
        }
    }

    @Test func `a client that is done and asks nothing is closed`() async throws {
        try await ServerFixture.run { server in
            let client = try server.connect()
            client.endSending()
            #expect(try await client.line() == nil)
            try await server.until("connections") { $0 == 0 }
        }
    }

    @Test func `a long answer reaches a client that is done`() async throws {
        try await ServerFixture.run { server in
            let client = try server.connect()
            try await client.begin("puppet.fill", ["bytes": 5_000_000])
            client.endSending()
            let lines = try await client.linesUntilTheEnd()
            #expect(lines.map(\.utf8.count).reduce(0, +) > 5_000_000)
        }
    }
}
