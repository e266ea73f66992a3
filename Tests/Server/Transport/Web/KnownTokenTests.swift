import OpsCore
import OpsJSONRPC
import OpsTransport
import OpsWeb
import TestClient
import Testing

/// A connection remembers its last token; that must never be noticed.
@Suite("Tokens on a kept connection", .timeLimit(.minutes(2)))
struct KnownTokenTests {
    private static let announce = #"{"jsonrpc":"2.0","id":1,"method":"puppet.announce"}"#
    private static let info = #"{"jsonrpc":"2.0","id":1,"method":"system.info"}"#

    @Test func `each request has the rights of the token that it shows`() async throws {
        try await WebFixture.run { web in
            let reader = try await web.makeToken(["name": "reader", "role": "viewer"])
            let client = try web.connect()
            for token in [web.token, reader, reader, web.token, web.token, reader] {
                try await client.send(web.post(Self.announce, token: token))
                let reply = try await client.answer()
                #expect(reply?.status == 200)
                #expect(reply?.error?.kind == (token == reader ? "forbidden" : nil))
            }
        }
    }

    @Test func `a token that differs in one letter is refused, and the right one goes on`()
        async throws
    {
        try await WebFixture.run { web in
            let client = try web.connect()
            let last = web.token.last == "A" ? "B" : "A"
            let changed = web.token.dropLast() + last
            let first = web.token.replacing("opsl1_", with: "opsl2_")
            for (token, status) in [
                (web.token, 200), (String(changed), 401), (web.token, 200), (first, 401),
                (web.token + "A", 401), (web.token, 200),
            ] {
                try await client.send(web.post(WebFixture.ping, token: token))
                #expect(try await client.answer()?.status == status)
            }
        }
    }

    @Test func `every request counts against the rate of its token`() async throws {
        let time = ManualTime()
        try await WebFixture.run(platformTime: time) { web in
            let token = try await web.makeToken([
                "name": "seldom", "role": "viewer", "rate": "3/60",
            ])
            let client = try web.connect()
            for number in 1...5 {
                try await client.send(web.post(Self.info, token: token))
                let kind = try await client.answer()?.error?.kind
                #expect(kind == (number <= 3 ? nil : "rate_limited"))
            }
        }
    }

    @Test func `a token that expires is refused from then on`() async throws {
        let time = ManualTime()
        try await WebFixture.run(platformTime: time) { web in
            let last = time.now() + .seconds(60)
            let token = try await web.makeToken([
                "name": "short", "role": "viewer", "not_after": .string(last.description),
            ])
            let client = try web.connect()
            for (step, status) in [(0, 200), (60, 200), (1, 401), (0, 401)] {
                await time.advance(by: .seconds(step))
                try await client.send(web.post(WebFixture.ping, token: token))
                #expect(try await client.answer()?.status == status)
            }
        }
    }

    @Test func `a token that a call shows is not that of the next request`() async throws {
        try await WebFixture.run { web in
            let reader = try await web.makeToken(["name": "reader", "role": "viewer"])
            let use = """
                {"jsonrpc":"2.0","id":1,"method":"token.use","params":{"token":"\(reader)"}}
                """
            let client = try web.connect()
            try await client.send(web.post(use))
            #expect(try await client.answer()?.status == 200)
            try await client.send(web.post(Self.announce))
            #expect(try await client.answer()?.error == nil)
        }
    }
}
