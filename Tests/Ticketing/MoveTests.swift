import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// Merges and splits, and the way back.
@Suite struct MoveTests {
    /// Every row of every table of the plugin, but for the moves, and what else tickets consist of.
    private func everything(_ fixture: TicketingFixture) async throws -> [String] {
        try await fixture.platform.store.read { tx in
            var rows: [String] = []
            let tables = try tx.rows(
                """
                SELECT name FROM sqlite_master
                WHERE type = 'table' AND name LIKE 'ticketing_%' AND name <> 'ticketing_move'
                """
            ).map { try $0.text("name") }
            for table in tables {
                rows += try tx.rows("SELECT * FROM \(table)").map { "\(table) \($0)" }.sorted()
            }
            rows += try tx.rows("SELECT * FROM link ORDER BY from_ref, relation, to_ref")
                .map { "link \($0)" }
            rows += try tx.rows(
                "SELECT ref, noun, title, body, labels FROM search_document ORDER BY ref"
            ).map { "document \($0)" }
            return rows
        }
    }

    private func say(_ fixture: TicketingFixture, _ key: String, _ body: String) async throws
        -> Int
    {
        try await fixture.call(
            "ticket.comment", ["ticket": .string(key), "body": .string(body), "work_ms": 1000])[
                "id"]?.int ?? 0
    }

    /// Two tickets with lines, files and links.
    private func prepare(_ fixture: TicketingFixture) async throws {
        try await fixture.open("mail is slow", ["items": ["ci:1", "ci:2"], "labels": ["a": "b"]])
        try await fixture.open("mail is down", ["items": ["ci:2"]])
        _ = try await say(fixture, "INC-1", "it takes minutes")
        _ = try await say(fixture, "INC-2", "nothing works")
        try await fixture.move("INC-1", "on_hold", ["hold_reason": "awaiting_caller"])
        try await fixture.call(
            "ticket.attach", ["ticket": "INC-1", "name": "log", "content": "YWJj"])
        await fixture.time.advance(by: .seconds(60))
    }

    @Test func `A merge carries lines, files and links over and ends the ticket`() async throws {
        try await TicketingFixture.run { fixture in
            try await prepare(fixture)
            let target = try await fixture.call(
                "ticket.merge", ["ticket": "INC-1", "into": "INC-2", "generation": 2])
            #expect(target["key"] == "INC-2")
            #expect(target["generation"] == 1)
            #expect(
                try await fixture.lines("INC-2") == [
                    "message it takes minutes", "message nothing works",
                    "system new -> on_hold, awaiting_caller", "system attached log, 3 bytes",
                    "system INC-1 was merged into this ticket",
                ])
            #expect(try await fixture.lines("INC-1") == ["system merged into INC-2"])
            let ended = try await fixture.call("ticket.get", ["ticket": "INC-1"])
            #expect(ended["ticket"]?["state"] == "cancelled")
            let links = try await fixture.call("link.list", ["ref": "ticket:INC-2"])
            let others = (links["items"]?.array ?? []).map {
                "\($0["from"]?.string ?? "") \($0["relation"]?.string ?? "") "
                    + "\($0["to"]?.string ?? "")"
            }
            #expect(
                others == [
                    "ticket:INC-2 affects ci:1", "ticket:INC-2 affects ci:2",
                    "ticket:INC-1 duplicate_of ticket:INC-2",
                ])
            #expect(try await fixture.found("minutes") == ["ticket:INC-2"])
            let page = try await fixture.call("ticket.get", ["ticket": "INC-2"])
            #expect(page["work_ms"] == 2000)
            #expect(try await fixture.events("ticket.merged").count == 1)
        }
    }

    @Test func `A merge is taken back to the byte`() async throws {
        try await TicketingFixture.run { fixture in
            try await prepare(fixture)
            let before = try await everything(fixture)
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            await fixture.time.advance(by: .seconds(60))
            let merged = try await everything(fixture)
            #expect(merged != before)
            let undone = try await fixture.call("ticket.unmerge", ["ticket": "INC-1"])
            #expect(undone["kind"] == "merge")
            #expect(undone["attachments"] == 1)
            let after = try await everything(fixture)
            #expect(after == before)
            let again = await fixture.refusal("ticket.unmerge", ["ticket": "INC-1"])
            #expect(again?.kind == "conflict")
        }
    }

    @Test func `Who has seen a ticket merged has not seen what came after that was taken back`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await prepare(fixture)
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            let seen = try await fixture.ticket("INC-1")["generation"] ?? .null
            try await fixture.call("ticket.unmerge", ["ticket": "INC-1"])
            let changed = try await fixture.call(
                "ticket.update", ["ticket": "INC-1", "description": "by somebody else"])
            #expect(changed["generation"] != seen)
            let error = await fixture.refusal(
                "ticket.update", ["ticket": "INC-1", "description": "lost", "generation": seen])
            #expect(error?.kind == "stale_generation")
            #expect(error?.fields.contains { $0.path == "state" } == true)
            // And so with the next one.
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            let again = try await fixture.ticket("INC-1")["generation"] ?? .null
            #expect(again != seen)
            try await fixture.call("ticket.unmerge", ["ticket": "INC-1"])
            let last = try await fixture.call(
                "ticket.update", ["ticket": "INC-1", "description": "once more"])
            #expect((last["generation"]?.int ?? 0) > (again.int ?? 0))
        }
    }

    /// An incident, a request and a change, each twice, with all that a ticket can have.
    private func prepareAll(_ fixture: TicketingFixture) async throws {
        try await fixture.berlin()
        try await fixture.sla(
            "gold",
            ["response", "update", "resolution"].map { SLAHours.target($0, hours: 80) })
        for (rank, state) in ["new", "on_hold"].enumerated() {
            try await fixture.trigger(
                "remind \(state)", rank: rank + 1, on: "waiting", do: ["note": "still there?"],
                ["state": .string(state), "after_ms": 600_000_000])
        }
        let check = try #require(Ref("check:1"))
        let seq = try await fixture.platform.store.write(as: .system, reason: "test") { tx in
            try tx.announce(
                "check.state_changed", check,
                [
                    "check": "check:1", "name": "web", "type": "http", "labels": [:],
                    "state": "critical", "previous_state": "ok", "state_type": "hard",
                    "attempt": 3, "output": "no answer", "at": .string(tx.now.description),
                ])
        }
        try await fixture.takenIn(seq)
        try await fixture.open("mail is down")
        for kind in ["request", "change"] {
            for title in ["one", "two"] {
                try await fixture.open(title, ["kind": .string(kind), "requester": "ann"])
            }
        }
        try await fixture.pass(to: "05 09:30")
        for key in ["INC-1", "REQ-1", "CHG-1"] {
            _ = try await say(fixture, key, "we look at it")
            try await fixture.call(
                "ticket.attach", ["ticket": .string(key), "name": "log", "content": "YWJj"])
        }
        try await fixture.call(
            "change.update", ["change": "CHG-1", "plan": "do it", "backout_plan": "undo it"])
        try await fixture.move("CHG-1", "assess")
        for key in ["REQ-1", "CHG-1"] {
            let approval = try await fixture.call(
                "approval.request", ["ticket": .string(key), "approvers": ["bob", "eve"]])
            try await fixture.call(
                "approval.decide", ["approval": approval["ref"] ?? .null, "vote": "approve"],
                as: Principal("bob"))
        }
        try await fixture.pass(to: "05 09:45")
        // Somebody asks again, and is answered at the very moment of the merge.
        try await fixture.call(
            "ticket.comment", ["ticket": "REQ-1", "body": "any news?"], as: Principal("ann"))
        try await fixture.pass(to: "05 10:00")
        _ = try await say(fixture, "REQ-1", "soon")
    }

    @Test func `A merge of tickets that have all there is is taken back to the byte`() async throws
    {
        try await TicketingFixture.onMonday(["intake": [["states": ["critical"]]]]) { fixture in
            try await prepareAll(fixture)
            let before = try await everything(fixture)
            for table in [
                "watch", "approval", "approval_vote", "change", "trigger_wait", "clock",
                "clock_segment", "attachment",
            ] {
                #expect(before.contains { $0.hasPrefix("ticketing_\(table) ") }, "\(table)")
            }
            for kind in ["INC", "REQ", "CHG"] {
                try await fixture.call(
                    "ticket.merge", ["ticket": .string("\(kind)-1"), "into": .string("\(kind)-2")])
            }
            try await fixture.pass(to: "05 11:00")
            for kind in ["INC", "REQ", "CHG"] {
                try await fixture.call("ticket.unmerge", ["ticket": .string("\(kind)-1")])
            }
            let after = try await everything(fixture)
            #expect(after.filter { !before.contains($0) } == [])
            #expect(before.filter { !after.contains($0) } == [])
            #expect(after == before)
        }
    }

    @Test func `What happened while a ticket was merged counts when that is taken back`()
        async throws
    {
        try await TicketingFixture.onMonday(["intake": [["states": ["critical"]]]]) { fixture in
            try await prepareAll(fixture)
            func waits() async throws -> [String: String] {
                try await fixture.platform.store.read { tx in
                    let rows = try tx.rows(
                        """
                        SELECT t.key, w.trigger_id, w.due_at FROM ticketing_trigger_wait w
                        JOIN ticketing_ticket t ON t.id = w.ticket_id WHERE t.key LIKE 'INC-%'
                        """)
                    return Dictionary(
                        uniqueKeysWithValues: try rows.map {
                            (
                                "\(try $0.text("key")) \(try $0.int("trigger_id"))",
                                try $0.instant("due_at").description
                            )
                        })
                }
            }
            let before = try await waits()
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            try await fixture.pass(to: "05 11:00")
            _ = try await say(fixture, "INC-2", "somebody works on it")
            try await fixture.call(
                "calendar.update",
                ["calendar": "berlin", "days": ["2026-01-06": [], "2026-01-07": ["09:00-12:00"]]])
            try await fixture.pass(to: "05 12:00")
            try await fixture.call("ticket.unmerge", ["ticket": "INC-1"])
            let after = try await waits()
            #expect(after["INC-1 1"] == before["INC-1 1"])
            let touched = try SLAHours.at("05 11:00") + .milliseconds(600_000_000)
            #expect(after["INC-2 1"] == touched.description)
            // The clock that was away counts by the new hours, as the one that went on does.
            let due = try await fixture.clock("INC-1", "resolution")?["due_at"]
            #expect(due == (try await fixture.clock("INC-2", "resolution")?["due_at"]))
            #expect(due != nil)

            // A trigger that takes longer by now does so for all that wait for it.
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            try await fixture.pass(to: "05 13:00")
            try await fixture.call(
                "trigger.update", ["trigger": "remind new", "after_ms": 700_000_000])
            try await fixture.pass(to: "05 14:00")
            try await fixture.call("ticket.unmerge", ["ticket": "INC-1"])
            let begun = try #require(before["INC-1 1"].flatMap { Instant($0) })
            let longer = begun + .milliseconds(100_000_000)
            #expect(try await waits()["INC-1 1"] == longer.description)

            // For one that others wait for by now, it waits no more than they would have it.
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            try await fixture.call(
                "trigger.update", ["trigger": "remind new", "state": "in_progress"])
            try await fixture.call("ticket.unmerge", ["ticket": "INC-1"])
            #expect(try await waits()["INC-1 1"] == nil)
        }
    }

    @Test func `A split that is taken back leaves nothing that waits`() async throws {
        try await TicketingFixture.onMonday(["intake": [["states": ["critical"]]]]) { fixture in
            try await prepareAll(fixture)
            let line = try await say(fixture, "INC-1", "by the way, the printer burns")
            let before = try await everything(fixture)
            try await fixture.pass(to: "05 10:30")
            try await fixture.call(
                "ticket.split",
                ["ticket": "INC-1", "title": "printer burns", "entries": [.number(.init(line))]])
            try await fixture.pass(to: "05 11:00")
            try await fixture.call("ticket.unmerge", ["ticket": "INC-3"])
            let after = try await everything(fixture)
            #expect(after.filter { !before.contains($0) } == [])
            #expect(after == before)
        }
    }

    @Test func `Merges in a row are taken back from the last on`() async throws {
        try await TicketingFixture.run { fixture in
            try await prepare(fixture)
            try await fixture.open("all is down")
            let before = try await everything(fixture)
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            try await fixture.call("ticket.merge", ["ticket": "INC-2", "into": "INC-3"])
            // What is said to the first lands where the work goes on.
            let reply = try await say(fixture, "INC-1", "thank you")
            #expect(try await fixture.lines("INC-3").contains("message thank you"))
            let first = await fixture.refusal("ticket.unmerge", ["ticket": "INC-1"])
            #expect(first?.kind == "conflict")
            #expect(first?.fields.isEmpty == false)
            try await fixture.call("ticket.unmerge", ["ticket": "INC-2"])
            try await fixture.call("ticket.unmerge", ["ticket": "INC-1"])
            let after = try await everything(fixture)
            let news = after.filter { !before.contains($0) }
            #expect(news.contains { $0.hasPrefix("ticketing_entry") && $0.contains("thank you") })
            // The reply stays where it was said, and is all that is new but for its document.
            #expect(news.count == 2)
            #expect(reply > 0)
        }
    }

    @Test func `What has changed since is a reason to refuse, and all reasons are said`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await prepare(fixture)
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            try await fixture.call("ticket.update", ["ticket": "INC-1", "title": "other"])
            try await fixture.call("ticket.attachment.delete", ["attachment": "attachment:1"])
            let before = try await everything(fixture)
            let error = await fixture.refusal("ticket.unmerge", ["ticket": "INC-1"])
            #expect(error?.kind == "conflict")
            #expect(error?.fields.map(\.path) == ["title", "attachments"])
            let after = try await everything(fixture)
            #expect(after == before)
        }
    }

    @Test func `Only open tickets of one kind are merged, and none with itself`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.open("a")
            try await fixture.open("b", ["kind": "request"])
            try await fixture.open("c")
            try await fixture.move("INC-2", "cancelled")
            func kind(_ one: String, _ other: String) async -> String? {
                await fixture.refusal(
                    "ticket.merge", ["ticket": .string(one), "into": .string(other)])?.kind
            }
            #expect(await kind("INC-1", "inc-1") == "invalid_params")
            #expect(await kind("INC-1", "REQ-1") == "invalid_params")
            #expect(await kind("INC-1", "INC-2") == "conflict")
            #expect(await kind("INC-2", "INC-1") == "conflict")
            let stale = await fixture.refusal(
                "ticket.merge", ["ticket": "INC-1", "into": "INC-2", "generation": 4])
            #expect(stale?.kind == "stale_generation")
        }
    }

    @Test func `An open ticket becomes no part of one that nobody works on any more`() async throws
    {
        try await TicketingFixture.run { fixture in
            for title in ["a", "b"] { try await fixture.open(title) }
            try await fixture.resolve("INC-2", "done")
            let resolved = await fixture.refusal(
                "ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            #expect(resolved?.kind == "conflict")
            #expect(resolved?.message == "INC-2 is resolved.")
            for title in ["c", "d"] {
                try await fixture.open(title, ["kind": "request", "requester": "ann"])
            }
            let approval = try #require(
                try await fixture.call(
                    "approval.request", ["ticket": "REQ-2", "approvers": ["bob"]])["ref"])
            try await fixture.call(
                "approval.decide", ["approval": approval, "vote": "reject"], as: Principal("bob"))
            let rejected = await fixture.refusal(
                "ticket.merge", ["ticket": "REQ-1", "into": "REQ-2"])
            #expect(rejected?.kind == "conflict")
            // One that is done may become a part of one that goes on, and one that is taken up again.
            try await fixture.call("ticket.merge", ["ticket": "INC-2", "into": "INC-1"])
            #expect(try await fixture.ticket("INC-2")["state"] == "cancelled")
        }
    }

    @Test func `Both sides of a split are told of it, and of its end`() async throws {
        try await TicketingFixture.run { fixture in
            try await prepare(fixture)
            let line = try await say(fixture, "INC-1", "by the way, the printer burns")
            try await fixture.call(
                "ticket.split",
                ["ticket": "INC-1", "title": "printer burns", "entries": [.number(.init(line))]])
            let told = try await fixture.events("ticket.split")
            #expect(told.map(\.ref) == [Ref("ticket:INC-1")])
            #expect(told.first?.data["target"] == "ticket:INC-3")
            #expect(try await fixture.audited("ticket.split").count == 1)
            try await fixture.call("ticket.unmerge", ["ticket": "INC-3"])
            let back = try await fixture.events("ticket.rejoined")
            #expect(back.map(\.ref) == [Ref("ticket:INC-1")])
            #expect(back.first?.data["target"] == "ticket:INC-3")
            #expect(try await fixture.audited("ticket.rejoined").count == 1)
        }
    }

    @Test func `Links that a merge makes and takes back are in the audit log`() async throws {
        try await TicketingFixture.run { fixture in
            try await prepare(fixture)
            let before = try await fixture.audited("ticket.linked").count
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            let made = try await fixture.audited("ticket.linked").dropFirst(before).map(\.after)
            #expect(
                made == [
                    ["ticket": "ticket:INC-2", "relation": "affects", "to": "ci:1"],
                    ["ticket": "ticket:INC-1", "relation": "duplicate_of", "to": "ticket:INC-2"],
                ])
            try await fixture.call("ticket.unmerge", ["ticket": "INC-1"])
            #expect(try await fixture.audited("ticket.unlinked").map(\.before) == made)
        }
    }

    @Test func `What is opened by a source that was merged answers the one that goes on`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.open("a", ["source": "desk:1"])
            try await fixture.open("b")
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            #expect(try await fixture.open("a", ["source": "desk:1"]) == "INC-2")
        }
    }

    @Test func `A split opens a ticket with some of the lines, and is taken back to the byte`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await prepare(fixture)
            let line = try await say(fixture, "INC-1", "by the way, the printer burns")
            let before = try await everything(fixture)
            let part = try await fixture.call(
                "ticket.split",
                [
                    "ticket": "INC-1", "title": "printer burns",
                    "entries": [.number(JSON.Number(line))], "attachments": ["attachment:1"],
                ])
            #expect(part["key"] == "INC-3")
            #expect(part["state"] == "new")
            #expect(part["labels"] == ["a": "b"])
            #expect(
                try await fixture.lines("INC-3") == [
                    "message by the way, the printer burns", "system split off from INC-1",
                ])
            #expect(try await fixture.found("printer") == ["ticket:INC-3"])
            let undone = try await fixture.call("ticket.unmerge", ["ticket": "INC-3"])
            #expect(undone["kind"] == "split")
            #expect(undone["ticket"]?["key"] == "INC-1")
            let after = try await everything(fixture)
            #expect(after == before)
        }
    }

    @Test func `A split that went on is not taken back, and foreign lines do not go over`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await prepare(fixture)
            let foreign = await fixture.refusal(
                "ticket.split",
                [
                    "ticket": "INC-1", "title": "x", "entries": [1, 2],
                    "attachments": ["attachment:9"],
                ])
            #expect(foreign?.fields.map(\.path) == ["entries[1]", "attachments[0]"])
            let empty = await fixture.refusal("ticket.split", ["ticket": "INC-1", "title": "x"])
            #expect(empty?.fields.map(\.path) == ["entries"])
            try await fixture.call(
                "ticket.split", ["ticket": "INC-1", "title": "x", "entries": [1]])
            _ = try await say(fixture, "INC-3", "new")
            try await fixture.call(
                "ticket.link", ["ticket": "INC-3", "relation": "affects", "to": "ci:9"])
            try await fixture.call("ticket.assign", ["ticket": "INC-3", "assignee": "anna"])
            let error = await fixture.refusal("ticket.unmerge", ["ticket": "INC-3"])
            #expect(Set((error?.fields ?? []).map(\.path)) == ["assignee", "entries", "links"])
        }
    }

    @Test func `Both tickets of a merge are told of it, and of its end`() async throws {
        try await TicketingFixture.run { fixture in
            try await prepare(fixture)
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            try await fixture.call("ticket.unmerge", ["ticket": "INC-1"])
            for topic in ["ticket.absorbed", "ticket.gave_back"] {
                let events = try await fixture.events(topic)
                #expect(events.map(\.ref) == [Ref("ticket:INC-2")])
                #expect(events.first?.data["source"] == "ticket:INC-1")
                #expect(try await fixture.audited(topic).count == 1)
            }
        }
    }

    @Test func `A merge shows nobody what was said to somebody else, unless it is to`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await fixture.open("a", ["requester": "ann"])
            try await fixture.open("b", ["requester": "bob"])
            try await fixture.open("c")
            let foreign = await fixture.refusal(
                "ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            #expect(foreign?.fields.map(\.path) == ["share"])
            // Nobody asked for the third, but what ann was told goes with it.
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-3"])
            let carried = await fixture.refusal(
                "ticket.merge", ["ticket": "INC-3", "into": "INC-2"])
            #expect(carried?.fields.map(\.path) == ["share"])
            let merged = try await fixture.call(
                "ticket.merge", ["ticket": "INC-3", "into": "INC-2", "share": true])
            #expect(merged["key"] == "INC-2")
        }
    }

    @Test func `Merges of tickets without lines are taken back from the last on, too`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            for title in ["a", "b", "c"] { try await fixture.open(title) }
            let before = try await everything(fixture)
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            try await fixture.call("ticket.merge", ["ticket": "INC-2", "into": "INC-3"])
            let error = await fixture.refusal("ticket.unmerge", ["ticket": "INC-1"])
            #expect(error?.fields.map(\.path) == ["entries"])
            try await fixture.call("ticket.unmerge", ["ticket": "INC-2"])
            try await fixture.call("ticket.unmerge", ["ticket": "INC-1"])
            let after = try await everything(fixture)
            #expect(after == before)
        }
    }

    @Test func `An approval that a merge cancelled is waited for again`() async throws {
        try await TicketingFixture.run { fixture in
            for title in ["a", "b"] { try await fixture.open(title, ["kind": "request"]) }
            let approval = try #require(
                try await fixture.call(
                    "approval.request", ["ticket": "REQ-1", "approvers": ["bob"]])["ref"])
            func state() async throws -> JSON? {
                try await fixture.call("approval.get", ["approval": approval])["state"]
            }
            try await fixture.call("ticket.merge", ["ticket": "REQ-1", "into": "REQ-2"])
            #expect(try await state() == "cancelled")
            try await fixture.call("ticket.unmerge", ["ticket": "REQ-1"])
            #expect(try await state() == "pending")
            try await fixture.call(
                "approval.decide", ["approval": approval, "vote": "approve"], as: Principal("bob"))
            #expect(try await fixture.ticket("REQ-1")["state"] == "in_progress")
        }
    }

    @Test func `A change that is being made is not merged away`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call(
                "change.model.create", ["name": "m", "plan": "p", "backout_plan": "b"])
            for title in ["a", "b"] {
                try await fixture.call(
                    "change.create",
                    [
                        "title": .string(title), "type": "standard", "model": "m",
                        "window_from": "2026-01-01T00:00:00Z", "window_to": "2026-01-02T00:00:00Z",
                    ])
            }
            for state in ["scheduled", "implement"] { try await fixture.move("CHG-1", state) }
            let error = await fixture.refusal(
                "ticket.merge", ["ticket": "CHG-1", "into": "CHG-2"])
            #expect(error?.kind == "conflict")
            try await fixture.call("ticket.merge", ["ticket": "CHG-2", "into": "CHG-1"])
        }
    }

    @Test func `A split stays when its source was merged, or somebody was asked to agree`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await prepare(fixture)
            try await fixture.call(
                "ticket.split", ["ticket": "INC-1", "title": "x", "entries": [1]])
            try await fixture.call("ticket.merge", ["ticket": "INC-1", "into": "INC-2"])
            let merged = await fixture.refusal("ticket.unmerge", ["ticket": "INC-3"])
            #expect(merged?.fields.map(\.path) == ["source"])
            try await fixture.call("ticket.unmerge", ["ticket": "INC-1"])
            try await fixture.call("ticket.unmerge", ["ticket": "INC-3"])

            let request = try await fixture.open("two laptops", ["kind": "request"])
            let line = try await say(fixture, request, "and a mouse")
            try await fixture.call(
                "ticket.split",
                [
                    "ticket": .string(request), "title": "a mouse",
                    "entries": [.number(JSON.Number(line))],
                ])
            try await fixture.call(
                "approval.request", ["ticket": "REQ-2", "approvers": ["bob"]])
            let asked = await fixture.refusal("ticket.unmerge", ["ticket": "REQ-2"])
            #expect(asked?.fields.map(\.path).contains("approvals") == true)
        }
    }
}
