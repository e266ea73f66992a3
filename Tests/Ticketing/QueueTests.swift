import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// Where tickets wait for a team.
@Suite struct QueueTests {
    @Test func `A queue comes, changes and goes, and every step is announced and audited`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            let made = try await fixture.call(
                "queue.create", ["name": "network", "description": "cables", "assignee": "anna"])
            #expect(made["ref"] == "queue:1")
            #expect(made["open"] == 0)
            let changed = try await fixture.call(
                "queue.update", ["queue": "network", "name": "net", "assignee": ""])
            #expect(changed["name"] == "net")
            #expect(changed["assignee"] == nil)
            #expect(changed["generation"] == 2)
            #expect(try await fixture.call("queue.get", ["queue": "queue:1"]) == changed)
            #expect(try await fixture.found("cables") == ["queue:1"])
            try await fixture.call("queue.delete", ["queue": "net", "generation": 2])
            #expect(try await fixture.call("queue.list")["items"] == [])
            #expect(try await fixture.found("cables").isEmpty)
            for topic in ["queue.created", "queue.updated", "queue.deleted"] {
                #expect(try await fixture.events(topic).count == 1, "\(topic)")
                #expect(try await fixture.audited(topic).count == 1, "\(topic)")
            }
        }
    }

    @Test func `A name is taken once, has no colon, and a list goes on where it ended`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            for name in ["c", "a", "b"] {
                try await fixture.call("queue.create", ["name": .string(name)])
            }
            #expect(await fixture.refusal("queue.create", ["name": "a"])?.kind == "conflict")
            let renamed = await fixture.refusal("queue.update", ["queue": "b", "name": "a"])
            #expect(renamed?.kind == "conflict")
            let colon = await fixture.refusal("queue.create", ["name": "queue:9"])
            #expect(colon?.fields.first?.path == "name")
            let first = try await fixture.call("queue.list", ["limit": 2])
            #expect(first["items"]?.array?.map { $0["name"] } == ["a", "b"])
            let second = try await fixture.call(
                "queue.list", ["limit": 2, "cursor": first["next_cursor"] ?? .null])
            #expect(second["items"]?.array?.map { $0["name"] } == ["c"])
            #expect(second["next_cursor"] == nil)
        }
    }

    @Test func `A queue with tickets stays, and one that changed meanwhile is not overwritten`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.call("queue.create", ["name": "net"])
            let key = try await fixture.open("x", ["queue": "net"])
            #expect(await fixture.refusal("queue.delete", ["queue": "net"])?.kind == "conflict")
            let stale = await fixture.refusal(
                "queue.update", ["queue": "net", "description": "d", "generation": 9])
            #expect(stale?.kind == "stale_generation")
            #expect(await fixture.refusal("queue.get", ["queue": "no"])?.kind == "not_found")
            #expect(try await fixture.call("queue.get", ["queue": "net"])["open"] == 1)
            try await fixture.resolve(key, "done")
            #expect(try await fixture.call("queue.get", ["queue": "net"])["open"] == 0)
        }
    }

    @Test func `Who stands for a queue gets what comes in without anybody`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call("queue.create", ["name": "net", "assignee": "anna"])
            let key = try await fixture.open("x", ["queue": "net"])
            #expect(try await fixture.ticket(key)["assignee"] == "anna")
            let other = try await fixture.open("y", ["queue": "net", "assignee": "bert"])
            #expect(try await fixture.ticket(other)["assignee"] == "bert")
            #expect(try await fixture.keys(["queue": "net"]) == [other, key])
            try await fixture.call("ticket.assign", ["ticket": .string(key), "queue": ""])
            #expect(try await fixture.ticket(key)["queue"] == nil)
            let error = await fixture.refusal("ticket.create", ["title": "z", "queue": "no"])
            #expect(error?.fields.first?.path == "queue")
        }
    }

    @Test func `Only who shows a queue counts its tickets`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call("queue.create", ["name": "net"])
            try await fixture.open("x", ["queue": "net"])
            let counts = try await fixture.platform.store.read { tx in
                [
                    try Queue.load("net", in: tx)?.open,
                    try Queue.find("net", in: tx).open,
                ]
            }
            #expect(counts == [nil, 1])
            let list = try await fixture.call("queue.list")
            #expect(list["items"]?[0]?["open"] == 1)
        }
    }
}
