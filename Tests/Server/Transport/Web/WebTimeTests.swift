import OpsCore
import OpsJSONRPC
import OpsWeb
import TestClient
import Testing

/// Clients that take their time, and clients that are too many.
@Suite("HTTP clients that take their time", .timeLimit(.minutes(2)))
struct WebTimeTests {
    @Test func `a head that never ends is given up on, also when it comes byte by byte`()
        async throws
    {
        let time = ManualTime()
        try await WebFixture.run(["header_timeout_ms": 10_000], time: time) { web in
            let silent = try web.connect()
            let slow = try web.connect()
            for byte in "POST /rpc H" {
                // The last ones may come too late.
                try? await slow.send(String(byte))
                try await web.expectAlive()
                await time.advance(by: .seconds(1))
            }
            #expect(try await slow.rest() == [])
            #expect(try await silent.rest() == [])
            try await web.until("connections") { $0 == 0 }
        }
    }

    @Test func `a body that never ends is given up on`() async throws {
        let time = ManualTime()
        try await WebFixture.run(["body_timeout_ms": 5_000], time: time) { web in
            let slow = try web.connect()
            try await slow.send(String(web.post(WebFixture.ping).dropLast(10)))
            try await web.until("requests") { $0 == 1 }
            for _ in 1...6 { await time.advance(by: .seconds(1)) }
            let reply = try await slow.answer()
            #expect(reply?.status == 408)
            #expect(try await slow.rest() == [])
        }
    }

    @Test func `an idle connection is closed, one that is used is not`() async throws {
        let time = ManualTime()
        try await WebFixture.run(["idle_timeout_ms": 20_000], time: time) { web in
            let idle = try web.connect()
            let used = try web.connect()
            for client in [idle, used] {
                try await client.send(web.post(WebFixture.ping))
                #expect(try await client.answer()?.status == 200)
            }
            for _ in 1...5 {
                for _ in 1...5 { await time.advance(by: .seconds(1)) }
                try await used.send(web.post(WebFixture.ping))
                #expect(try await used.answer()?.status == 200)
            }
            #expect(try await idle.rest() == [])
            try await web.until("connections") { $0 == 1 }
        }
    }

    @Test func `a client that does not read its answer is given up on`() async throws {
        let time = ManualTime()
        try await WebFixture.run(["send_timeout_ms": 5_000], time: time) { web in
            let client = try web.connect(receiveBytes: 4096)
            let bytes = 60_000_000
            try await client.send(
                web.post(
                    #"{"jsonrpc":"2.0","id":1,"method":"puppet.fill","params":{"bytes":\#(bytes)}}"#
                ))
            try await web.until("queued_bytes") { $0 > 0 }
            while try await web.counter("connections") > 0 { await time.advance(by: .seconds(1)) }
            try await web.expectAlive()
        }
    }

    @Test func `there are no more connections than are allowed`() async throws {
        try await WebFixture.run(["max_connections": 3], time: ManualTime()) { web in
            let clients = try (1...3).map { _ in try web.connect() }
            try await web.until("connections") { $0 == 3 }
            let extra = try web.connect()
            #expect(try await extra.rest() == [])
            #expect(try await web.counter("refused") == 1)
            try await clients[0].send(web.post(WebFixture.ping))
            #expect(try await clients[0].answer()?.status == 200)
            clients[1].reset()
            try await web.until("connections") { $0 == 2 }
            try await web.expectAlive()
        }
    }

    @Test func `one address has no more connections than are allowed`() async throws {
        try await WebFixture.run(["max_connections_per_address": 2], time: ManualTime()) { web in
            let clients = try (1...2).map { _ in try web.connect() }
            try await web.until("connections") { $0 == 2 }
            #expect(try await web.connect().rest() == [])
            clients[0].reset()
            try await web.until("connections") { $0 == 1 }
            try await web.expectAlive()
        }
    }

    @Test func `random bytes harm nobody`() async throws {
        try await WebFixture.run(["max_connections_per_address": 700]) { web in
            var generator = SystemRandomNumberGenerator()
            let request = Array(web.post(WebFixture.ping).utf8)
            let handshake = Array(WebSocketClient.handshake(web.authorization).utf8)
            for round in 1...400 {
                let client = try web.connect()
                var bytes = round % 2 == 0 ? request : handshake
                if round % 2 == 1 {
                    bytes += (0..<40).map { _ in UInt8.random(in: 0...255, using: &generator) }
                }
                for _ in 0..<Int.random(in: 1...8, using: &generator) {
                    let place = Int.random(in: 0..<bytes.count, using: &generator)
                    bytes[place] = UInt8.random(in: 0...255, using: &generator)
                }
                // The server may hang up before everything is sent.
                try? await client.send(bytes)
                client.endSending()
                _ = try await client.rest()
                if round % 50 == 0 { try await web.expectAlive() }
            }
        }
    }
}
