import OpsCore
import OpsJSONRPC
import Testing

@testable import OpsTicketing

/// A ticket's JSON that is written without an encoder.
@Suite struct TicketJSONTests {
    private let now = Instant(milliseconds: 1_772_366_400_000)

    private func ticket() -> Ticket {
        Ticket(
            ref: Ticket.ref("INC-1"), key: "INC-1", kind: .incident, title: "x \"y\"",
            description: "", state: .new, impact: 3, urgency: 2, priority: 5, labels: [:],
            channel: .api, knownError: false, reopenCount: 0, createdAt: now, updatedAt: now,
            generation: 1)
    }

    @Test func `It is what the encoder makes of a ticket that says little`() throws {
        let ticket = ticket()
        #expect(try JSON.object(ticket.json).text == JSON(encoding: ticket).text)
    }

    @Test func `It is what the encoder makes of a ticket that says everything`() throws {
        var ticket = ticket()
        ticket.holdReason = .awaitingCaller
        ticket.priorityReason = "because"
        ticket.requester = "rosa"
        ticket.assignee = "ana"
        ticket.queue = "office"
        ticket.labels = ["site": "ulm"]
        ticket.fields = ["cost": 12.50, "rooms": ["a", "b"]]
        ticket.source = "desk:1"
        ticket.resolution = "done"
        ticket.resolutionCode = .fixed
        ticket.rootCause = "cable"
        ticket.workaround = "other cable"
        ticket.knownError = true
        ticket.resolvedAt = now
        ticket.closedAt = now
        let encoded = try JSON(encoding: ticket)
        #expect(JSON.object(ticket.json).text == encoded.text)
        #expect(try encoded.decode(Ticket.self) == ticket)
        // None is left out here, so that none can be forgotten above.
        let names = Mirror(reflecting: ticket).children.count
        #expect(ticket.json.count == names && encoded.object?.count == names)
    }

    @Test func `What was written before the key was known is the same with the key`() throws {
        var ticket = ticket()
        ticket.labels = ["site": "ulm"]
        let draft = TicketDraft(ticket)
        let audited = JSONText(ticket.names, and: draft.audited)
        #expect(audited.sqlValue == .text(JSON.object(ticket.json).text))
        #expect(JSONText([:], and: draft.audited).sqlValue == draft.audited.sqlValue)
        let bare = JSONText(ticket.names, and: JSONText([:]))
        #expect(bare.sqlValue == .text(JSON.object(ticket.names).text))
    }

    @Test func `An entry is what the encoder makes of it`() throws {
        let silent = Entry(id: 1, kind: .note, author: "ann", body: "a\"b", at: now)
        let worked = Entry(id: 2, kind: .system, author: "bob", body: "", workMs: 60_000, at: now)
        for entry in [silent, worked] {
            #expect(try JSON.object(entry.json).text == JSON(encoding: entry).text)
        }
    }

    @Test func `Labels are in the order of their names`() {
        var ticket = ticket()
        ticket.labels = ["c": "3", "a": "1", "b": "2"]
        #expect(JSON.object(ticket.labelsJSON).text == #"{"a":"1","b":"2","c":"3"}"#)
    }

    @Test func `What a line asks for has the defaults of a call`() throws {
        let line = try LineWish(["title": "x"])
        let call = try FieldSet(CreateTicket.self).decode(["title": "x"])
        #expect(line.kind == call.kind && line.channel == call.channel)
        #expect(line.impact == call.impact && line.urgency == call.urgency)
        #expect(line.description == call.description && line.labels == call.labels)
        #expect(line.priority == nil && line.requester == nil && line.source == nil)
    }

    @Test func `What was before has the defaults of what is declared`() throws {
        let past = try TicketPast([:])
        #expect(past.state == PastMembers().state && past.items == PastMembers().items)
        let all = try TicketPast([
            "state": "closed", "hold_reason": "awaiting_caller", "resolution": "r",
            "resolution_code": "fixed", "created_at": "2024-01-01T00:00:00Z",
            "resolved_at": "2024-01-02T00:00:00Z", "closed_at": "2024-01-03T00:00:00Z",
            "work_ms": 5, "items": ["web1"],
        ])
        #expect(all.state == .closed && all.holdReason == .awaitingCaller && all.resolution == "r")
        #expect(all.resolutionCode == .fixed && all.workMs == 5 && all.items == ["web1"])
        let times = [all.createdAt, all.resolvedAt, all.closedAt].map { $0?.description.prefix(10) }
        #expect(times == ["2024-01-01", "2024-01-02", "2024-01-03"])
    }
}
