import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// Lists with a name: for oneself or for all, and never more than who asks may see.
@Suite struct ViewTests {
    private static let anna = Principal("uid:1")
    private static let bert = Principal("uid:2")

    private func prepare(_ fixture: TicketingFixture) async throws {
        try await fixture.call("queue.create", ["name": "net"])
        try await fixture.open("slow", ["assignee": "uid:1", "queue": "net"])
        try await fixture.open("down", ["assignee": "uid:1", "impact": 1, "urgency": 1])
        try await fixture.open("else", ["assignee": "uid:2", "labels": ["env": "test"]])
        try await fixture.open("a wish", ["kind": "request", "assignee": "uid:1"])
        try await fixture.resolve("INC-1", "done")
    }

    @Test func `A view lists what it asks for, in its order, with its columns`() async throws {
        try await TicketingFixture.run { fixture in
            try await prepare(fixture)
            let made = try await fixture.call(
                "view.create",
                [
                    "name": "incidents", "filter": ["kind": "incident"], "sort": "priority",
                    "columns": ["title", "labels.env", "closed_at"], "shared": true,
                ], as: Self.anna)
            #expect(made["owner"] == "uid:1")
            let page = try await fixture.call("view.run", ["view": "incidents"], as: Self.bert)
            #expect(
                page["items"] == [
                    ["key": "INC-2", "title": "down", "labels.env": nil, "closed_at": nil],
                    ["key": "INC-1", "title": "slow", "labels.env": nil, "closed_at": nil],
                    ["key": "INC-3", "title": "else", "labels.env": "test", "closed_at": nil],
                ])
            #expect(page["columns"] == ["key", "title", "labels.env", "closed_at"])
            let first = try await fixture.call(
                "view.run", ["view": "incidents", "limit": 2], as: Self.bert)
            #expect(first["items"]?.array?.count == 2)
            let rest = try await fixture.call(
                "view.run",
                ["view": "incidents", "limit": 2, "cursor": first["next_cursor"] ?? .null],
                as: Self.bert)
            #expect(rest["items"]?.array?.map { $0["key"] } == ["INC-3"])
            #expect(rest["next_cursor"] == nil)
        }
    }

    @Test func `A list takes a view, and what is said by hand goes before`() async throws {
        try await TicketingFixture.run { fixture in
            try await prepare(fixture)
            try await fixture.call(
                "view.create",
                [
                    "name": "mine", "filter": ["open": true, "assignee": "@me"],
                    "sort": "priority", "shared": true,
                ])
            func keys(_ params: JSON, _ who: Principal) async throws -> [String] {
                (try await fixture.call("ticket.list", params, as: who)["items"]?.array ?? [])
                    .compactMap { $0["key"]?.string }
            }
            let view: JSON = ["view": "mine"]
            #expect(try await keys(view, Self.anna) == ["INC-2", "REQ-1"])
            #expect(try await keys(view, Self.bert) == ["INC-3"])
            #expect(
                try await keys(["view": "mine", "kind": "request"], Self.anna) == ["REQ-1"])
            #expect(
                try await keys(["view": "mine", "sort": "newest"], Self.anna)
                    == ["REQ-1", "INC-2"])
            #expect(
                try await keys(["view": "mine", "open": nil, "assignee": "uid:1"], Self.bert)
                    == ["INC-2", "INC-1", "REQ-1"])
            let missing = await fixture.refusal("ticket.list", ["view": "no"])
            #expect(missing?.kind == "not_found")
        }
    }

    @Test func `A view of one's own is nobody else's business, and comes before a shared one`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            for (who, filter, shared) in [
                (Self.anna, ["open": true], true), (Self.bert, ["open": false], false),
            ] as [(Principal, JSON, Bool)] {
                try await fixture.call(
                    "view.create",
                    ["name": "mine", "filter": filter, "shared": .bool(shared)], as: who)
            }
            func owner(_ key: String, _ who: Principal) async throws -> JSON? {
                try await fixture.call("view.get", ["view": .string(key)], as: who)["owner"]
            }
            #expect(try await owner("mine", Self.anna) == "uid:1")
            #expect(try await owner("mine", Self.bert) == "uid:2")
            #expect(try await owner("view:1", Self.bert) == "uid:1")
            for method in ["view.get", "view.run", "view.update", "view.delete"] {
                let error = await fixture.refusal(method, ["view": "view:2"], as: Self.anna)
                #expect(error?.kind == "not_found", "\(method)")
            }
            let list = try await fixture.call("view.list", as: Self.anna)
            #expect(list["items"]?.array?.map { $0["ref"] } == ["view:1"])
            let both = try await fixture.call("view.list", as: Self.bert)
            #expect(both["items"]?.array?.map { $0["ref"] } == ["view:1", "view:2"])
            #expect(try await fixture.found("mine").isEmpty)
        }
    }

    @Test func `The past of a view of one's own says nothing of what is in it`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call(
                "view.create", ["name": "secret", "filter": ["requester": "redundancies"]],
                as: Self.bert)
            try await fixture.call(
                "view.update", ["view": "secret", "description": "layoffs"], as: Self.bert)
            try await fixture.call("view.create", ["name": "ours", "shared": true], as: Self.bert)
            try await fixture.call(
                "view.update", ["view": "ours", "shared": false], as: Self.bert)
            try await fixture.call("view.delete", ["view": "secret"], as: Self.bert)
            for (method, params) in [
                ("record.history", ["ref": "view:1"]), ("audit.list", ["ref": "view:1"]),
            ] as [(String, JSON)] {
                let page = try await fixture.call(method, params, as: Self.anna)
                #expect(page["items"]?.array?.count == 3, "\(method)")
                #expect(page["items"]?.array?.last?["after"]?["owner"] == "uid:2")
                for word in ["secret", "redundancies", "layoffs"] {
                    #expect(!page.text.contains(word), "\(method) \(word)")
                }
            }
            // What all could see is known to all.
            let shared = try await fixture.call("record.history", ["ref": "view:2"])
            #expect(shared["items"]?[1]?["after"]?["name"] == "ours")
        }
    }

    @Test func `Others change a shared view, and only its owner takes it back`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call(
                "view.create", ["name": "all", "shared": true], as: Self.anna)
            let changed = try await fixture.call(
                "view.update",
                ["view": "all", "sort": "priority", "columns": ["title"], "generation": 1],
                as: Self.bert)
            #expect(changed["generation"] == 2)
            let back = await fixture.refusal(
                "view.update", ["view": "all", "shared": false], as: Self.bert)
            #expect(back?.fields.map(\.path) == ["shared"])
            try await fixture.call("view.update", ["view": "all", "shared": false], as: Self.anna)
            let gone = await fixture.refusal("view.get", ["view": "all"], as: Self.bert)
            #expect(gone?.kind == "not_found")
            let stale = await fixture.refusal(
                "view.delete", ["view": "all", "generation": 1], as: Self.anna)
            #expect(stale?.kind == "stale_generation")
            try await fixture.call("view.delete", ["view": "all"], as: Self.anna)
            for (topic, count) in [
                ("view.created", 1), ("view.updated", 2), ("view.deleted", 1),
            ] {
                #expect(try await fixture.events(topic).count == count, "\(topic)")
                #expect(try await fixture.audited(topic).count == count, "\(topic)")
            }
        }
    }

    @Test(
        arguments: [
            (["filter": ["colour": "red"]], "filter.colour"),
            (["filter": ["state": "asleep"]], "filter.state"),
            (["filter": ["limit": 3]], "filter.limit"), (["filter": ["view": "x"]], "filter.view"),
            (["columns": ["title", "colour"]], "columns[1]"),
            (["columns": .array((0..<51).map { .string("labels.x\($0)") })], "columns"),
            (["name": "view:1"], "name"),
            (["sort": "size"], "sort"),
        ] as [(JSON, String)])
    func `What cannot be is refused by its member`(members: JSON, path: String) async throws {
        try await TicketingFixture.run { fixture in
            var params: JSON.Object = ["name": "v"]
            for (name, value) in members.object ?? [:] { params[name] = value }
            let error = await fixture.refusal("view.create", .object(params))
            #expect(error?.fields.map(\.path) == [path])
            let list = try await fixture.call("view.list")
            #expect(list["items"] == [])
        }
    }

    @Test func `A name is taken once among the shared, and once among one's own`() async throws {
        try await TicketingFixture.run { fixture in
            for shared in [true, false] {
                let params: JSON = ["name": "v", "shared": .bool(shared)]
                try await fixture.call("view.create", params, as: Self.anna)
                let error = await fixture.refusal("view.create", params, as: Self.anna)
                #expect(error?.kind == "conflict")
            }
            let shared = await fixture.refusal(
                "view.update", ["view": "v", "shared": true], as: Self.anna)
            #expect(shared?.kind == "conflict")
        }
    }

    @Test func `Who sees the own tickets only has own views, over own tickets`() async throws {
        try await TicketingFixture.run { fixture in
            try await fixture.call("view.create", ["name": "all", "shared": true])
            for uid in [5001, 5002] as [UInt32] {
                try await fixture.call("ticket.create", ["title": "help"], uid: uid)
            }
            try await fixture.call(
                "view.create", ["name": "mine", "filter": ["open": true]], uid: 5001)
            let page = try await fixture.call("view.run", ["view": "mine"], uid: 5001)
            #expect(page["items"]?.array?.map { $0["key"] } == ["INC-1"])
            let list = try await fixture.call("ticket.list", ["view": "mine"], uid: 5001)
            #expect(list["items"]?.array?.map { $0["key"] } == ["INC-1"])
            let views = try await fixture.call("view.list", uid: 5001)
            #expect(views["items"]?.array?.map { $0["name"] } == ["mine"])
            let shared = await fixture.refusal("view.run", ["view": "all"], uid: 5001)
            #expect(shared?.kind == "not_found")
            for method in ["view.create", "view.update"] {
                let error = await fixture.refusal(
                    method, [method == "view.create" ? "name" : "view": "mine", "shared": true],
                    uid: 5001)
                #expect(error?.fields.map(\.path) == ["shared"], "\(method)")
            }
        }
    }
}
