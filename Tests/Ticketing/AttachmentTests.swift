import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// Files of tickets.
@Suite struct AttachmentTests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func `Base64 is that of RFC 4648`(plain: String, text: String) {
        #expect(Base64.encode([UInt8](plain.utf8)) == text)
        #expect(Base64.decode(text) == [UInt8](plain.utf8))
    }

    @Test(arguments: ["Zg", "Zg=", "Zh==", "Zm9=", "=Zg=", "Zm9v\n", "Zm8_", "====", "Z==="])
    func `What is no base64 is refused`(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func `Every byte comes back`() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 167) }
        for length in [0, 1, 2, 3, 255, 256, 257, 1000] {
            let part = Array(bytes.prefix(length))
            #expect(Base64.decode(Base64.encode(part)) == part, "\(length)")
        }
    }

    private func attach(
        _ fixture: TicketingFixture, _ key: String, _ name: String, _ content: String,
        _ more: JSON.Object = [:]
    ) async throws -> JSON {
        var params = more
        params["ticket"] = .string(key)
        params["name"] = .string(name)
        params["content"] = .string(Base64.encode([UInt8](content.utf8)))
        return try await fixture.call("ticket.attach", .object(params))
    }

    @Test func `A file is added, listed, shown and taken away, and kept once`() async throws {
        try await TicketingFixture.run { fixture in
            let key = try await fixture.open("x")
            let other = try await fixture.open("y")
            let first = try await attach(
                fixture, key, "log.txt", "abc", ["media_type": "text/plain"])
            #expect(first["ref"] == "attachment:1")
            #expect(first["size"] == 3)
            #expect(
                first["sha256"]
                    == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
            let second = try await attach(fixture, other, "same.txt", "abc")
            #expect(try await fixture.count("ticketing_content") == 1)
            let shown = try await fixture.call(
                "ticket.attachment.get", ["attachment": "attachment:1"])
            #expect(shown["content"] == "YWJj")
            #expect(shown["attachment"] == first)
            let list = try await fixture.call("ticket.attachment.list", ["ticket": .string(key)])
            #expect(list["items"] == [first])
            #expect(try await fixture.lines(key) == ["system attached log.txt, 3 bytes"])
            try await fixture.call("ticket.attachment.delete", ["attachment": "attachment:1"])
            #expect(try await fixture.count("ticketing_content") == 1)
            try await fixture.call(
                "ticket.attachment.delete", ["attachment": second["ref"] ?? .null])
            #expect(try await fixture.count("ticketing_content") == 0)
            #expect(try await fixture.events("ticket.attached").count == 2)
            #expect(try await fixture.events("ticket.detached").count == 2)
            let gone = await fixture.refusal(
                "ticket.attachment.get", ["attachment": "attachment:1"])
            #expect(gone?.kind == "not_found")
        }
    }

    @Test func `A file that is too large or no base64 changes nothing`() async throws {
        try await TicketingFixture.run(["max_attachment_bytes": 4]) { fixture in
            let key = try await fixture.open("x")
            _ = try await attach(fixture, key, "fits", "1234")
            for content in ["MTIzNDU=", "MTIzNDU2Nzg5", "%%%%"] {
                let error = await fixture.refusal(
                    "ticket.attach",
                    ["ticket": .string(key), "name": "n", "content": .string(content)])
                #expect(error?.fields.map(\.path) == ["content"], "\(content)")
            }
            #expect(try await fixture.count("ticketing_attachment") == 1)
        }
    }

    @Test func `A list of files goes on where its page ended`() async throws {
        try await TicketingFixture.run { fixture in
            let key = try await fixture.open("x")
            for name in ["a", "b", "c"] { _ = try await attach(fixture, key, name, name) }
            let params: JSON.Object = ["ticket": .string(key), "limit": 2]
            let first = try await fixture.call("ticket.attachment.list", .object(params))
            #expect(first["items"]?.array?.map { $0["name"] } == ["a", "b"])
            var more = params
            more["cursor"] = first["next_cursor"]
            let second = try await fixture.call("ticket.attachment.list", .object(more))
            #expect(second["items"]?.array?.map { $0["name"] } == ["c"])
            #expect(second["next_cursor"] == nil)
        }
    }

    @Test func `A file for a ticket that was merged goes to the one that goes on`() async throws {
        try await TicketingFixture.run { fixture in
            let (one, two) = (try await fixture.open("one"), try await fixture.open("two"))
            try await fixture.call("ticket.merge", ["ticket": .string(one), "into": .string(two)])
            let file = try await attach(fixture, one, "log.txt", "abc")
            let list = try await fixture.call("ticket.attachment.list", ["ticket": .string(two)])
            #expect(list["items"] == [file])
        }
    }

    @Test func `A file is a sign of life: what waits for one waits anew`() async throws {
        try await TicketingFixture.run { fixture in
            let day = Duration.seconds(86_400)
            try await fixture.trigger(
                "give up", rank: 1, on: "waiting",
                do: ["to": "resolved", "resolution": "no answer"],
                ["state": "on_hold", "after_ms": 604_800_000])
            let key = try await fixture.open("x", ["requester": "uid:5001"])
            try await fixture.hold(key)
            await fixture.pass(.seconds(6 * 86_400))
            try await fixture.call(
                "ticket.attach", ["ticket": .string(key), "name": "log", "content": "YWJj"],
                uid: 5001)
            await fixture.pass(day)
            #expect(try await fixture.ticket(key)["state"] == "on_hold")
            await fixture.pass(.seconds(5 * 86_400))
            try await fixture.call(
                "ticket.attachment.delete", ["attachment": "attachment:1"])
            await fixture.pass(.seconds(6 * 86_400))
            #expect(try await fixture.ticket(key)["state"] == "on_hold")
            await fixture.pass(day)
            #expect(try await fixture.ticket(key)["state"] == "resolved")
        }
    }
}
