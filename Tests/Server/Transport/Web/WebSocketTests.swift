import OpsCore
import OpsJSONRPC
import OpsTransport
import OpsWeb
import TestClient
import Testing

/// JSON-RPC over WebSocket, in both directions.
@Suite("WebSocket", .timeLimit(.minutes(2)))
struct WebSocketTests {
    @Test func `calls are answered, each in a frame of its own`() async throws {
        try await WebFixture.run { web in
            let client = try await WebSocketClient(web)
            #expect(try await client.call("system.ping") == ["pong": true])
            #expect(try await client.call("system.info")["version"] == "test")
            let many = (1...500).map { #"{"jsonrpc":"2.0","id":\#($0),"method":"system.ping"}"# }
            try await client.raw.send(many.flatMap { WebSocketClient.frame(Array($0.utf8)) })
            for number in 1...500 {
                #expect(try await client.message()["id"]?.int == number)
            }
        }
    }

    @Test(arguments: [0, 1, 125, 126, 127, 65_530, 65_535, 65_536, 70_000, 3_000_000])
    func `messages of every size arrive whole`(count: Int) async throws {
        try await WebFixture.run { web in
            let client = try await WebSocketClient(web)
            let text = String(repeating: "a", count: count)
            #expect(
                try await client.call("puppet.echo", ["text": .string(text)])["text"]?.string
                    == text)
        }
    }

    @Test func `a message in fragments is one message, also with a ping in between`() async throws {
        try await WebFixture.run { web in
            let client = try await WebSocketClient(web)
            let message = Array(WebFixture.ping.utf8)
            for cut in stride(from: 0, through: message.count, by: 7) {
                let bytes =
                    WebSocketClient.frame(Array(message[..<cut]), isFinal: false)
                    + WebSocketClient.frame(Array("there?".utf8), opcode: 9)
                    + WebSocketClient.frame([], opcode: 0, isFinal: false)
                    + WebSocketClient.frame(Array(message[cut...]), opcode: 0)
                try await client.raw.send(bytes)
                var frames = [try await client.frame(), try await client.frame()]
                frames.sort { ($0?.opcode ?? 0) < ($1?.opcode ?? 0) }
                #expect(frames[0]?.text == #"{"jsonrpc":"2.0","id":1,"result":{"pong":true}}"#)
                #expect(frames[1] == .init(opcode: 10, bytes: Array("there?".utf8)))
            }
        }
    }

    @Test func `a frame is understood wherever it is cut`() async throws {
        try await WebFixture.run { web in
            let client = try await WebSocketClient(web)
            let frame = WebSocketClient.frame(Array(WebFixture.ping.utf8))
            for place in 1..<frame.count {
                try await client.raw.send(Array(frame[..<place]))
                if place % 8 == 0 { try await web.expectAlive() }
                try await client.raw.send(Array(frame[place...]))
                #expect(try await client.message()["result"] == ["pong": true])
            }
        }
    }

    @Test func `errors of JSON-RPC are answers`() async throws {
        try await WebFixture.run { web in
            let client = try await WebSocketClient(web)
            for (text, code) in [("[{", -32700), ("{}", -32600), ("[]", -32600)] {
                try await client.send(text)
                #expect(try await client.message()["error"]?["code"]?.int == code)
            }
            #expect(try await client.call("system.ping") == ["pong": true])
        }
    }

    // MARK: - Tokens

    @Test func `a client that can't send a header shows its token first`() async throws {
        try await WebFixture.run(time: ManualTime()) { web in
            let client = try await WebSocketClient(web, headers: "")
            #expect(try await client.call("system.ping") == ["pong": true])
            try await client.begin("system.stats")
            let error = RPCError(json: try await client.message()["error"] ?? .null)
            #expect(error.kind == "unauthenticated")
            try await client.call("token.use", ["token": .string(web.token)])
            #expect(try await client.call("system.stats")["calls"] != nil)
        }
    }

    @Test func `who shows no token in time is disconnected, who has shown one is not`()
        async throws
    {
        let time = ManualTime()
        try await WebFixture.run(time: time) { web in
            let silent = try await WebSocketClient(web, headers: "")
            let known = try await WebSocketClient(web, headers: "")
            try await known.call("token.use", ["token": .string(web.token)])
            try await web.until("connections") { $0 == 2 }
            for _ in 1...6 { await time.advance(by: .seconds(1)) }
            #expect(try await silent.frame()?.closeCode == 1008)
            #expect(try await known.call("system.ping") == ["pong": true])
        }
    }

    @Test func `who lives on a token that is revoked is disconnected`() async throws {
        let time = ManualTime()
        try await WebFixture.run(time: time) { web in
            let token = try await web.makeToken(["name": "short", "role": "viewer"])
            let client = try await WebSocketClient(
                web, headers: "Authorization: Bearer \(token)\r\n")
            try await client.call("event.subscribe")
            let tokens = try await web.platform.call("token.list")["items"]?.array ?? []
            let ref = tokens.first { $0["name"] == "short" }?["ref"] ?? .null
            _ = try await web.platform.call("token.revoke", ["token": ref])
            await time.advance(by: .seconds(1))
            var last = try await client.frame()
            while let frame = last, frame.closeCode == nil { last = try await client.frame() }
            #expect(last?.closeCode == 3000)
        }
    }

    // MARK: - The handshake

    @Test(arguments: [
        ("Authorization: Bearer nonsense\r\n", 401), ("Origin: https://evil.example.org\r\n", 403),
        ("Sec-WebSocket-Protocol: other\r\n", 400),
    ])
    func `a handshake that is not wanted is answered with why`(
        headers: String, status: Int
    ) async throws {
        try await WebFixture.run { web in
            let reply = try await web.ask(WebSocketClient.handshake(headers))
            #expect(reply.status == status)
            try await web.expectAlive()
        }
    }

    @Test(arguments: [
        ("/ws", "/wss", 404), ("Version: 13", "Version: 8", 426), ("GET", "POST", 405),
        ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", 400),
        ("Upgrade\r\nSec", "x\r\nSec", 400),
        ("websocket", "tls/1.2", 0), ("localhost", "evil.example.org", 403),
    ])
    func `a handshake that is none is refused`(
        part: String, instead: String, status: Int
    ) async throws {
        try await WebFixture.run { web in
            let client = try web.connect()
            let text = WebSocketClient.handshake(web.authorization)
            try await client.send(text.replacing(part, with: instead, maxReplacements: 1))
            let reply = try await client.answer()
            if status != 0 { #expect(reply?.status == status) }
            #expect(reply?.status != 101)
            try await web.expectAlive()
        }
    }

    @Test func `our subprotocol is confirmed when it is asked for`() async throws {
        try await WebFixture.run { web in
            let client = try web.connect()
            try await client.send(
                WebSocketClient.handshake(
                    web.authorization + "Sec-WebSocket-Protocol: chat, opsloop\r\n"))
            let reply = try await client.answer(hasBody: false)
            #expect(reply?.status == 101)
            #expect(reply?.headers["sec-websocket-protocol"] == "opsloop")
            #expect(reply?.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        }
    }

    // MARK: - Violations

    @Test(
        arguments: [
            ("a reserved bit", [0xC1, 0x80, 1, 2, 3, 4], 1002),
            ("a reserved opcode", [0x83, 0x80, 1, 2, 3, 4], 1002),
            ("a control frame in fragments", [0x09, 0x80, 1, 2, 3, 4], 1002),
            ("a continuation of nothing", [0x80, 0x80, 1, 2, 3, 4], 1002),
            ("a binary message", [0x82, 0x81, 0, 0, 0, 0, 65], 1003),
            ("text that is not UTF-8", [0x81, 0x82, 0, 0, 0, 0, 0xC3, 0x28], 1007),
            ("a long control frame", [0x89, 0xFE, 0, 126, 1, 2, 3, 4], nil),
            ("an absurd length", [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], nil),
            (
                "a length beyond the limit",
                [0x81, 0xFF, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4, 5], 1009
            ),
        ] as [(String, [UInt8], Int?)])
    func `what the protocol forbids ends the connection`(
        name: String, bytes: [UInt8], code: Int?
    ) async throws {
        try await WebFixture.run { web in
            let client = try await WebSocketClient(web)
            try await client.raw.send(bytes)
            let frame = try await client.frame()
            #expect(frame?.closeCode == code, "\(name)")
            try await web.expectAlive()
        }
    }

    @Test func `a message that is too long in pieces is refused as well`() async throws {
        try await WebFixture.run(limits: { $0.maxFrameBytes = 2000 }) { web in
            let client = try await WebSocketClient(web)
            let part = [UInt8](repeating: 0x20, count: 900)
            try await client.raw.send(WebSocketClient.frame(part, isFinal: false))
            try await client.raw.send(WebSocketClient.frame(part, opcode: 0, isFinal: false))
            try await client.raw.send(WebSocketClient.frame(part, opcode: 0))
            #expect(try await client.frame()?.closeCode == 1009)
        }
    }

    @Test func `a farewell is answered`() async throws {
        try await WebFixture.run { web in
            let client = try await WebSocketClient(web)
            try await client.raw.send(WebSocketClient.frame([0x03, 0xE8], opcode: 8))
            #expect(try await client.frame()?.closeCode == 1000)
            #expect(try await client.frame() == nil)
            try await web.until("connections") { $0 == 0 }
        }
    }

    // MARK: - Time and load

    @Test func `a silent client is asked whether it is there, and closed when it is not`()
        async throws
    {
        let time = ManualTime()
        try await WebFixture.run(time: time) { web in
            let here = try await WebSocketClient(web)
            let gone = try await WebSocketClient(web)
            try await web.until("connections") { $0 == 2 }
            for _ in 1...31 { await time.advance(by: .seconds(1)) }
            let ping = try await here.frame()
            #expect(ping?.opcode == 9)
            try await here.raw.send(WebSocketClient.frame(ping?.bytes ?? [], opcode: 10))
            // What was sent before a call is heard before its answer.
            #expect(try await here.call("system.ping") == ["pong": true])
            for _ in 1...32 { await time.advance(by: .seconds(1)) }
            #expect(try await gone.frame()?.opcode == 9)
            #expect(try await gone.frame() == nil)
            #expect(try await here.frame()?.opcode == 9)
            #expect(try await here.call("system.ping") == ["pong": true])
        }
    }

    @Test func `a client with too many unanswered calls is read again when one is answered`()
        async throws
    {
        try await WebFixture.run(limits: { $0.maxInFlight = 3 }) { web in
            let client = try await WebSocketClient(web)
            for id in 1...5 { try await client.begin("puppet.hold", id: id) }
            try await client.begin("system.ping", id: 6)
            _ = try await web.platform.call("puppet.await_held", ["count": 3])
            #expect(try await web.platform.call("puppet.await_held", ["count": 1]) == ["held": 3])
            _ = try await web.platform.call("puppet.release")
            for _ in 1...3 { #expect(try await client.message()["result"] == [:]) }
            _ = try await web.platform.call("puppet.await_held", ["count": 2])
            _ = try await web.platform.call("puppet.release")
            var answers: [JSON] = []
            for _ in 1...3 { answers.append(try await client.message()) }
            #expect(answers.contains { $0["result"] == ["pong": true] })
        }
    }

    @Test func `a client that does not read is no longer read, and goes on once it reads`()
        async throws
    {
        let time = ManualTime()
        try await WebFixture.run(limits: { $0.writeQueueSoftBytes = 100_000 }, time: time) { web in
            let client = try await WebSocketClient(web, receiveBytes: 4096)
            let call = #"{"jsonrpc":"2.0","id":1,"method":"puppet.fill","params":{"bytes":2000}}"#
            let frame = WebSocketClient.frame(Array(call.utf8))
            var pending = Array(repeatElement(frame, count: 100).joined())
            var sent = 0
            var refusals = 0
            while refusals < 50, sent < 64 << 20 {
                let count = client.raw.sendWithoutWaiting(pending)
                sent += count
                pending.removeFirst(count)
                if pending.count < frame.count {
                    pending += Array(repeatElement(frame, count: 100).joined())
                }
                refusals = count == 0 ? refusals + 1 : 0
                if count == 0 { try await web.expectAlive() }
            }
            #expect(try await web.counter("bytes_written") < 8 << 20)
            #expect(try await web.counter("closed_for_not_reading") == 0)
            for _ in 0..<(sent / frame.count) {
                #expect(try await client.message()["result"]?["text"]?.string?.count == 2000)
            }
        }
    }

    @Test func `a client that lets answers pile up is disconnected`() async throws {
        let limits: @Sendable (inout ServerSettings) -> Void = {
            $0.writeQueueSoftBytes = 1024
            $0.writeQueueHardBytes = 200_000
        }
        try await WebFixture.run(limits: limits) { web in
            let client = try await WebSocketClient(web, receiveBytes: 4096)
            _ = try await web.platform.call("puppet.announce", ["count": 60, "bytes": 10_000])
            // All of these begin before the first is answered, so the soft limit can't hold them.
            let calls = (1...60).flatMap { id in
                WebSocketClient.frame(
                    Array(
                        #"{"jsonrpc":"2.0","id":\#(id),"method":"event.read","params":{"limit":60}}"#
                            .utf8))
            }
            try await client.raw.send(calls)
            try await web.until("closed_for_not_reading") { $0 == 1 }
            try await web.until("connections") { $0 == 0 }
            try await web.expectAlive()
        }
    }

    // MARK: - Events

    @Test func `events come as notifications, after the answer to the subscription`()
        async throws
    {
        try await WebFixture.run { web in
            let client = try await WebSocketClient(web)
            let name = try await client.call("event.subscribe")["subscription"] ?? .null
            _ = try await web.platform.call("puppet.announce", ["count": 3])
            for number in 1...3 {
                let event = try await client.message()
                #expect(event["method"] == "event.event")
                #expect(event["params"]?["subscription"] == name)
                #expect(event["params"]?["data"]?["number"]?.int == number)
            }
        }
    }

    @Test func `a slow reader loses its subscription and is told where to go on`() async throws {
        try await WebFixture.run { web in
            let slow = try await WebSocketClient(web, receiveBytes: 4096)
            try await slow.call("event.subscribe")
            for _ in 1...60 {
                _ = try await web.platform.call("puppet.announce", ["count": 10, "bytes": 10_000])
            }
            var last = 0
            var lost: JSON?
            while lost == nil {
                let notification = try await slow.message()
                if notification["method"] == "event.lost" {
                    lost = notification["params"]
                } else {
                    last = notification["params"]?["seq"]?.int ?? 0
                }
            }
            #expect(last > 0)
            #expect(lost?["resume_seq"]?.int == last + 1)
            #expect(try await web.counter("closed_for_not_reading") == 0)
        }
    }

    @Test func `a subscription ends with its connection`() async throws {
        try await WebFixture.run { web in
            let client = try await WebSocketClient(web)
            try await client.call("event.subscribe")
            client.raw.reset()
            try await web.until("connections") { $0 == 0 }
            _ = try await web.platform.call("puppet.announce")
            try await web.expectAlive()
        }
    }
}
