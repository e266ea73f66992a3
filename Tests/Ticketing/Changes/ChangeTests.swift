import OpsInventory
import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// Changes on the real store, with and without an inventory beside them.
@Suite struct ChangeTests {
    private func plan(
        _ fixture: TicketingFixture, _ title: String = "new kernel", _ more: JSON.Object = [:]
    ) async throws -> String {
        var params: JSON.Object = [
            "title": .string(title), "requester": "ann", "plan": "install",
            "backout_plan": "boot old",
            "test_plan": "ping", "window_from": try berlin("06 20:00"),
            "window_to": try berlin("06 22:00"),
        ]
        // A standard change does what its model says.
        if more["model"] != nil {
            for member in ["plan", "backout_plan", "test_plan"] { params[member] = nil }
        }
        for (key, value) in more { params[key] = value }
        let page = try await fixture.call("change.create", .object(params))
        return try #require(page["ticket"]?["key"]?.string)
    }

    /// Schedules a change and begins it in its window.
    private func make(_ fixture: TicketingFixture, _ key: String) async throws {
        try await fixture.move(key, "scheduled")
        if fixture.time.now() < (try SLAHours.at("06 20:00")) {
            try await fixture.pass(to: "06 20:00")
        }
        try await fixture.move(key, "implement")
    }

    private func agree(
        _ fixture: TicketingFixture, _ key: String, _ names: [String], _ more: JSON.Object = [:]
    ) async throws {
        var params: JSON.Object = [
            "ticket": .string(key), "approvers": .array(names.map(JSON.string)), "mode": "all",
        ]
        for (key, value) in more { params[key] = value }
        let approval = try #require(
            try await fixture.call("approval.request", .object(params))["ref"])
        for name in names {
            try await fixture.call(
                "approval.decide", ["approval": approval, "vote": "approve"], as: Principal(name))
        }
    }

    @Test func `A normal change goes its way, and is held where something is missing`()
        async throws
    {
        try await TicketingFixture.onMonday(others: [InventoryPlugin.self]) { fixture in
            try await fixture.call("ci.create", ["name": "web1", "class": "server"])
            let key = try await plan(fixture, "new kernel", ["items": ["ci:1"]])
            #expect(key == "CHG-1")
            func stopped(_ state: String) async -> [String]? {
                let error = await fixture.refusal(
                    "ticket.transition", ["ticket": .string(key), "to": .string(state)])
                return error?.kind == "not_ready" ? error?.fields.map(\.path) : [error?.kind ?? ""]
            }
            #expect(await stopped("scheduled") == ["illegal_transition"])
            try await fixture.move(key, "assess")
            #expect(await stopped("authorize") == ["risk"])
            let risk = try await fixture.call("change.risk", ["change": .string(key)])
            #expect(risk["risk"] == "low")
            #expect(risk["facts"]?["affected"] == 0)
            #expect(risk["gaps"] == [])
            try await fixture.move(key, "authorize")
            #expect(await stopped("scheduled") == ["approvals"])
            let page = try await fixture.call("change.get", ["change": .string(key)])
            #expect(page["missing"]?.array?.count == 1)
            try await agree(fixture, key, ["bob"])
            try await fixture.move(key, "scheduled")
            try await fixture.pass(to: "06 20:00")
            try await fixture.move(key, "implement")
            #expect(await stopped("review") == ["outcome"])
            try await fixture.call(
                "change.update", ["change": .string(key), "outcome": "successful"])
            try await fixture.move(key, "review")
            try await fixture.move(key, "closed", ["resolution": "went well"])
            let closed = try await fixture.call("change.get", ["change": .string(key)])
            #expect(closed["ticket"]?["state"] == "closed")
            #expect(closed["ticket"]?["resolution_code"] == "fulfilled")
            #expect(closed["change"]?["implemented_at"] == (try berlin("06 20:00")))
            #expect(closed["next_states"] == [])
        }
    }

    @Test func `A plan that is changed is agreed to anew, and loses its window`() async throws {
        try await TicketingFixture.onMonday { fixture in
            let key = try await plan(fixture)
            try await fixture.move(key, "assess")
            try await fixture.call(
                "change.update", ["change": .string(key), "risk": "low", "risk_reason": "tiny"])
            try await fixture.move(key, "authorize")
            try await agree(fixture, key, ["bob"])
            try await fixture.move(key, "scheduled")
            let page = try await fixture.call(
                "change.update", ["change": .string(key), "plan": "something else"])
            #expect(page["ticket"]?["state"] == "authorize")
            #expect(page["change"]?["risk"] == nil)
            #expect(page["approvals"]?[0]?["state"] == "void")
            #expect(try await fixture.events("approval.voided").count == 1)
            let refused = await fixture.refusal(
                "ticket.transition", ["ticket": .string(key), "to": "scheduled"])
            #expect(refused?.kind == "not_ready")
        }
    }

    @Test func `A change that is rejected is new again`() async throws {
        try await TicketingFixture.onMonday { fixture in
            let key = try await plan(fixture)
            try await fixture.move(key, "assess")
            let approval = try #require(
                try await fixture.call(
                    "approval.request", ["ticket": .string(key), "approvers": ["bob"]])["ref"])
            try await fixture.call(
                "approval.decide",
                ["approval": approval, "vote": "reject", "comment": "too early"],
                as: Principal("bob"))
            #expect(try await fixture.ticket(key)["state"] == "new")
            #expect(
                try await fixture.lines(key).contains(
                    "system assess -> new: Rejected by bob: too early"))
        }
    }

    @Test func `A standard change follows its model and needs nobody`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.call(
                "change.model.create",
                ["name": "reboot", "plan": "reboot it", "backout_plan": "none needed"])
            let without = await fixture.refusal(
                "change.create", ["title": "x", "type": "standard"])
            #expect(without?.fields.map(\.path) == ["model"])
            let key = try await plan(
                fixture, "reboot web1", ["type": "standard", "model": "reboot"])
            let page = try await fixture.call("change.get", ["change": .string(key)])
            #expect(page["change"]?["backout_plan"] == "none needed")
            #expect(page["missing"] == [])
            try await fixture.move(key, "scheduled")
            let used = await fixture.refusal("change.model.delete", ["model": "reboot"])
            #expect(used?.kind == "conflict")
            try await fixture.call("change.model.update", ["model": "reboot", "active": false])
            let off = await fixture.refusal(
                "change.create", ["title": "x", "type": "standard", "model": "reboot"])
            #expect(off?.fields.map(\.path) == ["model"])
        }
    }

    @Test func `A standard change does what its model says, and nothing else`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.call(
                "change.model.create",
                ["name": "reboot", "plan": "reboot it", "backout_plan": "none needed"])
            let own = await fixture.refusal(
                "change.create",
                ["title": "x", "type": "standard", "model": "reboot", "plan": "wipe it"])
            #expect(own?.fields.map(\.path) == ["plan"])
            let key = try await plan(
                fixture, "reboot web1",
                ["type": "standard", "model": "reboot", "plan": "reboot it"])
            for member in ["plan", "backout_plan", "test_plan"] {
                let error = await fixture.refusal(
                    "change.update", ["change": .string(key), member: "something else"])
                #expect(error?.fields.map(\.path) == [member])
            }
            // What the model says by now is no reason to refuse the rest.
            try await fixture.call("change.model.update", ["model": "reboot", "plan": "twice"])
            let page = try await fixture.call(
                "change.update", ["change": .string(key), "outage": true])
            #expect(page["change"]?["plan"] == "reboot it")
        }
    }

    @Test func `What a change touches is a part of what is agreed to, whoever links it`()
        async throws
    {
        try await TicketingFixture.onMonday { fixture in
            func schedule() async throws -> String {
                let key = try await plan(fixture, "x", ["type": "emergency", "items": ["ci:1"]])
                try await fixture.move(key, "authorize")
                try await agree(fixture, key, ["eve"])
                try await fixture.move(key, "scheduled")
                return key
            }
            let told = try await schedule()
            try await fixture.call(
                "ticket.link", ["ticket": .string(told), "relation": "affects", "to": "ci:9"])
            let page = try await fixture.call("change.get", ["change": .string(told)])
            #expect(page["ticket"]?["state"] == "authorize")
            #expect(page["approvals"]?[0]?["state"] == "void")
            // A link that is made beside the ticketing is found when the change is begun.
            let other = try await schedule()
            try await fixture.call(
                "link.create",
                ["from": .string("ticket:\(other)"), "relation": "affects", "to": "ci:9"])
            try await fixture.pass(to: "06 20:00")
            let held = await fixture.refusal(
                "ticket.transition", ["ticket": .string(other), "to": "implement"])
            #expect(held?.kind == "not_ready")
            #expect(held?.fields.map(\.path) == ["approvals"])
            let missing = try await fixture.call("change.get", ["change": .string(other)])
            #expect(missing["missing"]?.array?.count == 1)
            try await fixture.call(
                "link.delete",
                ["from": .string("ticket:\(other)"), "relation": "affects", "to": "ci:9"])
            try await fixture.move(other, "implement")
        }
    }

    @Test func `What is scheduled is not planned into a freeze, nor begun in one`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.call(
                "change.model.create", ["name": "m", "plan": "p", "backout_plan": "b"])
            try await fixture.call(
                "freeze.create",
                ["name": "audit", "from": try berlin("08 00:00"), "to": try berlin("09 00:00")])
            let key = try await plan(fixture, "x", ["type": "standard", "model": "m"])
            try await fixture.move(key, "scheduled")
            func window(_ day: String) throws -> JSON {
                [
                    "change": .string(key), "window_from": try berlin("\(day) 10:00"),
                    "window_to": try berlin("\(day) 11:00"),
                ]
            }
            let refused = await fixture.refusal("change.update", try window("08"))
            #expect(refused?.kind == "not_ready")
            #expect(refused?.fields.map(\.path) == ["window_from"])
            let moved = try await fixture.call("change.update", try window("10"))
            #expect(moved["ticket"]?["state"] == "scheduled")
            #expect(moved["change"]?["window_from"] == (try berlin("10 10:00")))
            try await fixture.call(
                "freeze.create",
                ["name": "fair", "from": try berlin("10 00:00"), "to": try berlin("11 00:00")])
            try await fixture.pass(to: "10 10:00")
            let held = await fixture.refusal(
                "ticket.transition", ["ticket": .string(key), "to": "implement"])
            #expect(held?.fields.map(\.path) == ["window_from"])
        }
    }

    @Test func `Who opens a change asks for it, unless somebody else does`() async throws {
        try await TicketingFixture.onMonday { fixture in
            for (method, params) in [
                ("change.create", ["title": "x"]),
                ("ticket.create", ["title": "x", "kind": "change"]),
                ("ticket.create", ["title": "x", "kind": "request"]),
            ] as [(String, JSON)] {
                let made = try await fixture.call(method, params, as: Principal("carl"))
                let ticket = made["ticket"] ?? made
                #expect(ticket["requester"] == "carl")
                let error = await fixture.refusal(
                    "approval.request",
                    ["ticket": try #require(ticket["key"]), "approvers": ["carl"]])
                #expect(error?.fields.map(\.path) == ["approvers[0]"])
            }
            let incident = try await fixture.open("down")
            #expect(try await fixture.ticket(incident)["requester"] == nil)
        }
    }

    @Test func `The calendar shows what was made, and conflicts only what is still to be made`()
        async throws
    {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.call(
                "change.model.create", ["name": "m", "plan": "p", "backout_plan": "b"])
            let model: JSON.Object = ["type": "standard", "model": "m", "items": ["ci:1"]]
            let made = try await plan(fixture, "made", model)
            try await make(fixture, made)
            try await fixture.call(
                "change.update", ["change": .string(made), "outcome": "successful"])
            try await fixture.move(made, "review")
            try await fixture.move(made, "closed", ["resolution": "went well"])
            try await fixture.move(try await plan(fixture, "not made", model), "cancelled")
            let next = try await plan(fixture, "next", model)
            let month = try await fixture.call("change.calendar")
            #expect(month["items"]?.array?.map { $0["name"] } == [.string(made), .string(next)])
            #expect(month["more"] == 0)
            let first = try await fixture.call("change.calendar", ["limit": 1])
            #expect(first["items"]?.array?.map { $0["name"] } == [.string(made)])
            #expect(first["more"] == 1)
            let conflicts = try await fixture.call("change.conflicts", ["change": .string(next)])
            #expect(conflicts["items"] == [])
        }
    }

    @Test func `An emergency is agreed to by one, and looked at afterwards`() async throws {
        try await TicketingFixture.onMonday { fixture in
            let key = try await plan(fixture, "stop the leak", ["type": "emergency"])
            let page = try await fixture.call("change.get", ["change": .string(key)])
            #expect(page["change"]?["review_due_at"] == (try berlin("13 22:00")))
            try await fixture.move(key, "authorize")
            try await agree(fixture, key, ["eve"])
            try await make(fixture, key)
            try await fixture.call(
                "change.update", ["change": .string(key), "outcome": "successful"])
            try await fixture.move(key, "review")
            func overdue() async throws -> Int? {
                try await fixture.call("change.list", ["review_overdue": true])["items"]?.array?
                    .count
            }
            #expect(try await overdue() == 0)
            try await fixture.pass(to: "14 09:00")
            #expect(try await overdue() == 1)
            let silent = await fixture.refusal(
                "ticket.transition", ["ticket": .string(key), "to": "closed"])
            #expect(silent?.fields.map(\.path) == ["resolution"])
            try await fixture.move(key, "closed", ["resolution": "patched, root cause in PRB-1"])
            #expect(try await overdue() == 0)
        }
    }

    @Test func `A freeze holds a change, unless somebody agrees to it`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.call(
                "freeze.create",
                ["name": "audit", "from": try berlin("06 00:00"), "to": try berlin("07 00:00")])
            let key = try await plan(fixture, "x", ["type": "emergency"])
            try await fixture.move(key, "authorize")
            try await agree(fixture, key, ["eve"])
            let held = await fixture.refusal(
                "ticket.transition", ["ticket": .string(key), "to": "scheduled"])
            #expect(held?.fields.map(\.path) == ["window_from"])
            try await agree(fixture, key, ["bob"], ["overrides_freeze": true])
            try await fixture.move(key, "scheduled")
            let conflicts = try await fixture.call("change.conflicts", ["change": .string(key)])
            #expect(conflicts["items"]?[0]?["kind"] == "freeze")
            #expect(conflicts["items"]?[0]?["name"] == "audit")
        }
    }

    @Test func `Conflicts are found on the same items and on those around them`() async throws {
        try await TicketingFixture.onMonday(others: [InventoryPlugin.self]) { fixture in
            for name in ["db", "web", "mail"] {
                try await fixture.call("ci.create", ["name": .string(name), "class": "server"])
            }
            try await fixture.call("ci.relate", ["ci": "web", "to": ["db"], "rel": "depends_on"])
            let own = try await plan(fixture, "own", ["items": ["ci:1"]])
            let same = try await plan(fixture, "same", ["items": ["ci:1", "ci:3"]])
            let near = try await plan(fixture, "near", ["items": ["ci:2"]])
            _ = try await plan(fixture, "far", ["items": ["ci:3"]])
            _ = try await plan(
                fixture, "later",
                [
                    "items": ["ci:1"], "window_from": try berlin("06 22:00"),
                    "window_to": try berlin("06 23:00"),
                ])
            func found(_ key: String) async throws -> [String] {
                let page = try await fixture.call("change.conflicts", ["change": .string(key)])
                return (page["items"]?.array ?? []).map {
                    "\($0["kind"]?.string ?? "") \($0["name"]?.string ?? "") \($0["items"]?.text ?? "")"
                }
            }
            #expect(
                try await found(own) == [
                    "same_item \(same) [\"ci:1\"]", "dependent_item \(near) [\"ci:2\"]",
                ])
            // The other way round: what it stands on is changed as well.
            #expect(
                try await found(near) == [
                    "dependent_item \(own) [\"ci:1\"]", "dependent_item \(same) [\"ci:1\"]",
                ])
            let risk = try await fixture.call("change.risk", ["change": .string(own)])
            #expect(risk["facts"]?["affected"] == 1)
            #expect(risk["facts"]?["conflicts"] == 2)
            #expect(risk["risk"] == "medium")
        }
    }

    @Test func `Freezes in which a window lies count, and other times and items do not`()
        async throws
    {
        try await TicketingFixture.onMonday { fixture in
            let key = try await plan(fixture, "x", ["items": ["ci:1"]])
            let freezes: [(String, String, String, JSON)] = [
                ("audit", "06 00:00", "07 00:00", []),
                ("fair", "06 21:00", "09 00:00", ["ci:1"]),
                ("later", "08 00:00", "09 00:00", []),
                ("elsewhere", "06 00:00", "07 00:00", ["ci:2"]),
            ]
            for (name, from, to, items) in freezes {
                try await fixture.call(
                    "freeze.create",
                    [
                        "name": .string(name), "from": try berlin(from), "to": try berlin(to),
                        "items": items,
                    ])
            }
            let page = try await fixture.call("change.risk", ["change": .string(key)])
            #expect(page["facts"]?["freezes"] == 2)
            #expect(page["facts"]?["conflicts"] == 0)
            let point = page["points"]?.array?.first { $0["fact"] == "freezes" }
            #expect(point?["points"] == 2)
            #expect(page["conflicts"]?.array?.map { $0["name"] } == ["audit", "fair"])
            try await fixture.call("freeze.delete", ["freeze": "audit"])
            try await fixture.call("freeze.delete", ["freeze": "fair"])
            let free = try await fixture.call("change.risk", ["change": .string(key)])
            #expect(free["facts"]?["freezes"] == 0)
            #expect(free["risk"] == "low")
        }
    }

    @Test func `Without an inventory the gap is named`() async throws {
        try await TicketingFixture.onMonday { fixture in
            let key = try await plan(fixture, "x", ["items": ["ci:1"]])
            let risk = try await fixture.call("change.risk", ["change": .string(key)])
            #expect(risk["facts"]?["affected"] == nil)
            #expect(risk["gaps"]?.array?.count == 2)
            #expect(risk["gaps"]?[0]?.string?.hasPrefix("ci.impact: ") == true)
            #expect(risk["points"]?[0]?["fact"] == "affected")
            let conflicts = try await fixture.call("change.conflicts", ["change": .string(key)])
            #expect(conflicts["gaps"]?.array?.count == 2)
        }
    }

    @Test func `What failed on the same items before counts`() async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.call(
                "change.model.create", ["name": "m", "plan": "p", "backout_plan": "b"])
            for outcome in ["failed", "successful", "backed_out"] {
                let key = try await plan(
                    fixture, outcome, ["type": "standard", "model": "m", "items": ["ci:1"]])
                try await make(fixture, key)
                try await fixture.call(
                    "change.update", ["change": .string(key), "outcome": .string(outcome)])
                try await fixture.move(key, "review")
                try await fixture.move(key, "closed", ["resolution": "done"])
            }
            let key = try await plan(fixture, "again", ["items": ["ci:1"]])
            let facts = try await fixture.call("change.risk", ["change": .string(key)])["facts"]
            #expect(facts?["changes"] == 3)
            #expect(facts?["failed"] == 2)
        }
    }

    @Test func `An incident within a day names the change, and the change the incident`()
        async throws
    {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.call(
                "change.model.create", ["name": "m", "plan": "p", "backout_plan": "b"])
            let change = try await plan(
                fixture, "new kernel",
                [
                    "type": "standard", "model": "m", "items": ["ci:1"],
                    "window_from": try berlin("05 09:00"), "window_to": try berlin("05 10:00"),
                ])
            for state in ["scheduled", "implement"] { try await fixture.move(change, state) }
            func incident(_ title: String, _ item: String) async throws -> String {
                let key = try await fixture.open(title)
                try await fixture.call(
                    "link.create",
                    ["from": .string("ticket:\(key)"), "relation": "affects", "to": .string(item)])
                return key
            }
            func suspects(_ key: String) async throws -> [JSON?] {
                try await fixture.call("ticket.get", ["ticket": .string(key)])["suspects"]?.array?
                    .map { $0["key"] } ?? []
            }
            try await fixture.pass(to: "05 15:00")
            let near = try await incident("web1 is slow", "ci:1")
            let other = try await incident("mail is slow", "ci:2")
            try await fixture.pass(to: "06 10:00")
            let late = try await incident("web1 is down", "ci:1")
            #expect(try await suspects(near) == [.string(change)])
            #expect(try await suspects(other) == [])
            #expect(try await suspects(late) == [])
            let page = try await fixture.call("change.get", ["change": .string(change)])
            #expect(page["incidents"]?.array?.map { $0["key"] } == [.string(near)])
            #expect(page["incidents"]?[0]?["items"] == ["ci:1"])
        }
    }

    @Test func `The calendar has changes and freezes of a time, and speaks iCalendar`()
        async throws
    {
        try await TicketingFixture.onMonday { fixture in
            let key = try await plan(fixture, "new kernel")
            try await fixture.call(
                "freeze.create",
                [
                    "name": "audit", "reason": "nobody moves", "from": try berlin("08 00:00"),
                    "to": try berlin("09 00:00"),
                ])
            let month = try await fixture.call("change.calendar", ["format": "ical"])
            #expect(month["items"]?.array?.map { $0["name"] } == [.string(key), "audit"])
            #expect(month["ical"]?.string?.contains("SUMMARY:audit nobody moves\r\n") == true)
            let day = try await fixture.call(
                "change.calendar", ["from": try berlin("07 00:00"), "to": try berlin("07 12:00")])
            #expect(day["items"] == [])
            #expect(day["ical"] == nil)
            let wrong = await fixture.refusal(
                "change.calendar", ["from": try berlin("07 00:00"), "to": try berlin("06 00:00")])
            #expect(wrong?.fields.map(\.path) == ["to"])
        }
    }

    @Test func `What cannot be is refused by member, and changes nothing`() async throws {
        try await TicketingFixture.onMonday { fixture in
            let (from, to) = (try berlin("06 10:00"), try berlin("06 12:00"))
            for (path, members) in [
                ("window_to", ["window_from": from]),
                ("window_from", ["window_to": to]),
                ("window_to", ["window_from": to, "window_to": from]),
                ("model", ["model": "none"]), ("queue", ["queue": "none"]),
                ("type", ["type": "big"]), ("title", ["title": ""]),
            ] as [(String, JSON.Object)] {
                var params: JSON.Object = ["title": "x"]
                for (key, value) in members { params[key] = value }
                let error = await fixture.refusal("change.create", .object(params))
                let isNamed =
                    error?.fields.map(\.path) == [path]
                    || path == "model" && error?.kind == "not_found"
                #expect(isNamed, "\(params)")
            }
            #expect(try await fixture.count("ticketing_ticket") == 0)
            let key = try await plan(fixture)
            for (path, members) in [
                ("risk_reason", ["risk": "low"]), ("risk_reason", ["risk_reason": "x"]),
                ("outcome", ["outcome": "failed"]),
            ] as [(String, JSON.Object)] {
                var params: JSON.Object = ["change": .string(key)]
                for (key, value) in members { params[key] = value }
                let error = await fixture.refusal("change.update", .object(params))
                #expect(error?.fields.map(\.path) == [path], "\(params)")
            }
            let incident = try await fixture.open("Down")
            let other = await fixture.refusal("change.get", ["change": .string(incident)])
            #expect(other?.fields.map(\.path) == ["change"])
            let stale = await fixture.refusal(
                "change.update", ["change": .string(key), "plan": "y", "generation": 9])
            #expect(stale?.kind == "stale_generation")
        }
    }

    @Test func `A ticket of kind change is one, however it was opened`() async throws {
        try await TicketingFixture.onMonday { fixture in
            let key = try await fixture.open("x", ["kind": "change"])
            let page = try await fixture.call("change.get", ["change": .string(key)])
            #expect(page["change"]?["type"] == "normal")
            let list = try await fixture.call("change.list", ["type": "normal", "open": true])
            #expect(list["items"]?.array?.map { $0["key"] } == [.string(key)])
            let moves = try await fixture.call("ticket.get", ["ticket": .string(key)])
            #expect(moves["next_states"] == ["assess", "cancelled"])
        }
    }

    @Test func `Models and freezes come, change and go`() async throws {
        try await TicketingFixture.onMonday { fixture in
            for name in ["b", "a"] {
                try await fixture.call(
                    "change.model.create",
                    ["name": .string(name), "plan": "p", "backout_plan": "b"])
                try await fixture.call(
                    "freeze.create",
                    [
                        "name": .string(name), "from": try berlin("06 00:00"),
                        "to": try berlin("07 00:00"),
                    ])
            }
            for (noun, names) in [("change.model", ["a", "b"]), ("freeze", ["b", "a"])] {
                let first = try await fixture.call("\(noun).list", ["limit": 1])
                let second = try await fixture.call(
                    "\(noun).list", ["cursor": try #require(first["next_cursor"])])
                let items = (first["items"]?.array ?? []) + (second["items"]?.array ?? [])
                #expect(items.compactMap { $0["name"]?.string } == names)
            }
            let model = try await fixture.call(
                "change.model.update", ["model": "a", "plan": "q", "generation": 1])
            #expect(model["generation"] == 2)
            let freeze = try await fixture.call(
                "freeze.update", ["freeze": "a", "items": ["ci:1"], "generation": 1])
            #expect(freeze["items"] == ["ci:1"])
            let backwards = await fixture.refusal(
                "freeze.update", ["freeze": "a", "to": try berlin("05 00:00")])
            #expect(backwards?.fields.map(\.path) == ["to"])
            for (method, params) in [
                ("change.model.update", ["model": "a", "name": "b"]),
                ("freeze.update", ["freeze": "a", "name": "b"]),
            ] as [(String, JSON)] {
                #expect(await fixture.refusal(method, params)?.kind == "conflict")
            }
            try await fixture.call("change.model.delete", ["model": "a"])
            try await fixture.call("freeze.delete", ["freeze": "a"])
            #expect(await fixture.refusal("freeze.get", ["freeze": "a"])?.kind == "not_found")
            #expect(
                await fixture.refusal("change.model.get", ["model": "a"])?.kind == "not_found")
        }
    }
}
