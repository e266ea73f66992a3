import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// What a revert leaves as it is: names that others have got since, and what belongs to a ticket.
@Suite struct RevertBesideTests {
    private func entry(
        _ fixture: TicketingFixture, _ ref: String, _ action: String
    ) async throws -> JSON {
        let history = try await fixture.call("record.history", ["ref": .string(ref)])
        let entry = history["items"]?.array?.first { $0["action"]?.string == action }
        return try #require(entry?["entry"])
    }

    private func revert(
        _ fixture: TicketingFixture, _ ref: String, _ action: String
    ) async throws {
        let number = try await entry(fixture, ref, action)
        try await fixture.call("record.revert", ["entry": number])
    }

    @Test func `Once a queue has another name, changes of its tickets are taken back all the same`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.call("queue.create", ["name": "net"])
            try await fixture.open("x", ["queue": "net"])
            try await fixture.call("ticket.update", ["ticket": "INC-1", "title": "y"])
            try await fixture.call("queue.update", ["queue": "net", "name": "network"])
            // Somebody else has the old name by now.
            try await fixture.call("queue.create", ["name": "net"])
            try await revert(fixture, "ticket:INC-1", "ticket.updated")
            let ticket = try await fixture.ticket("INC-1")
            #expect(ticket["title"] == "x")
            #expect(ticket["queue"] == "network")
            #expect(try await fixture.audited("ticket.assigned").isEmpty)
        }
    }

    @Test func `The SLA of a queue that has another name is taken back, too`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call("queue.create", ["name": "net"])
            try await fixture.sla(
                "gold", [["metric": "resolution", "target_ms": 3_600_000]], ["queue": "net"])
            try await fixture.call("sla.update", ["sla": "gold", "description": "the best"])
            try await fixture.call("queue.update", ["queue": "net", "name": "network"])
            try await revert(fixture, "sla:1", "sla.updated")
            let sla = try await fixture.call("sla.get", ["sla": "gold"])
            #expect(sla["description"] == "")
            #expect(sla["queue"] == "network")
        }
    }

    @Test func `A merge is taken back once its queue has another name`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call("queue.create", ["name": "net"])
            for title in ["one", "two"] { try await fixture.open(title, ["queue": "net"]) }
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            try await fixture.call("queue.update", ["queue": "net", "name": "network"])
            try await fixture.call("queue.create", ["name": "net"])
            try await fixture.call("ticket.unmerge", ["ticket": "INC-1"])
            let ticket = try await fixture.ticket("INC-1")
            #expect(ticket["queue"] == "network")
            #expect(ticket["state"] == "new")
        }
    }

    @Test func `Files and approvals say by what they are taken back, if by anything`() async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.open("x", ["kind": "request"])
            try await fixture.call(
                "ticket.attach", ["ticket": "REQ-1", "name": "log", "content": "YWJj"])
            try await fixture.call(
                "approval.request", ["ticket": "REQ-1", "approvers": ["bob"]])
            func reason(_ ref: String, _ action: String) async throws -> String? {
                let number = try await entry(fixture, ref, action)
                let error = await fixture.refusal("record.revert", ["entry": number])
                #expect(error?.kind == "conflict")
                return error?.fields.first?.reason
            }
            #expect(
                try await reason("attachment:1", "ticket.attached")
                    == "ticket.attached is taken back by ticket.attachment.delete")
            try await fixture.call(
                "ticket.attachment.delete", ["attachment": "attachment:1"])
            #expect(
                try await reason("attachment:1", "ticket.detached")
                    == "ticket.detached is taken back by ticket.attach")
            #expect(
                try await reason("approval:1", "approval.requested")
                    == "the plugin ticketing does not take approval.requested back")
            let past = try await fixture.call(
                "record.as_of",
                ["ref": "attachment:1", "at": .string(fixture.time.now().description)])
            #expect(past["exists"] == false)
        }
    }

    @Test func `Whoever may see a file may see its past`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.open("x", ["kind": "request"])
            try await fixture.call(
                "ticket.attach", ["ticket": "REQ-1", "name": "log", "content": "YWJj"])
            try await fixture.call(
                "approval.request", ["ticket": "REQ-1", "approvers": ["bob"]])
            let history = try await fixture.call(
                "record.history", ["ref": "attachment:1"], uid: 5004)
            #expect(history["items"]?[0]?["action"] == "ticket.attached")
            let error = await fixture.refusal(
                "record.history", ["ref": "approval:1"], uid: 5004)
            #expect(error?.kind == "forbidden")
        }
    }

    @Test func `Of what is kept whole nowhere it is said so`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.open("x", ["kind": "request"])
            try await fixture.call(
                "approval.request", ["ticket": "REQ-1", "approvers": ["bob"]])
            let error = await fixture.refusal(
                "record.as_of",
                ["ref": "approval:1", "at": .string(fixture.time.now().description)])
            #expect(error?.kind == "conflict")
            #expect(error?.hint?.contains("record.history") == true)
        }
    }

    @Test func `Time worked that was imported is audited, and goes with its ticket`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call(
                "ticket.import",
                ["text": "source,title,assignee,work_ms,items\na:1,x,anna,5000,ci:1"])
            let audited = try await fixture.audited("ticket.work_imported")
            #expect(audited.map { $0.after?["work_ms"] } == [5000])
            #expect(audited.first?.after?["author"] == "anna")
            try await revert(fixture, "ticket:INC-1", "ticket.created")
            #expect(try await fixture.count("ticketing_entry") == 0)
            #expect(try await fixture.keys() == [])
        }
    }
}
