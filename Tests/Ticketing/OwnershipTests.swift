import OpsInventory
import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// Who asks for things sees the own tickets and what is said to them, and nothing else.
@Suite struct OwnershipTests {
    /// The methods that a requester has, each with parameters that name a ticket of somebody else.
    private static let minding: [String: JSON] = [
        "ticket.create": ["title": "x", "requester": "uid:5002"],
        "ticket.get": ["ticket": "INC-2"],
        "ticket.list": [:],
        "ticket.comment": ["ticket": "INC-2", "body": "let me in"],
        "ticket.timeline": ["ticket": "INC-2"],
        "ticket.attach": ["ticket": "INC-2", "name": "n", "content": "YWJj"],
        "ticket.attachment.list": ["ticket": "INC-2"],
        "ticket.attachment.get": ["attachment": "attachment:2"],
        "view.create": ["name": "x", "shared": true],
        "view.get": ["view": "others"],
        "view.list": [:],
        "view.update": ["view": "others", "name": "mine"],
        "view.delete": ["view": "others"],
        "view.run": ["view": "others"],
    ]
    /// Those of them that answer with what is one's own, and with less when there is none.
    private static let listing: Set = ["ticket.list", "view.list"]
    /// Those of them that name nothing of somebody else, and refuse a member.
    private static let opening: Set = ["ticket.create", "view.create"]

    /// `INC-1` of `uid:5001` and `INC-2` of `uid:5002`, each with a message, a note and two files.
    private func prepare(_ fixture: TicketingFixture) async throws {
        for uid in [5001, 5002] as [UInt32] {
            let key = try await fixture.call("ticket.create", ["title": "help"], uid: uid)["key"]
            let ticket = key ?? .null
            try await fixture.call(
                "ticket.comment", ["ticket": ticket, "body": "please"], uid: uid)
            try await fixture.call(
                "ticket.comment", ["ticket": ticket, "body": "secret", "note": true])
            try await fixture.call(
                "ticket.attach", ["ticket": ticket, "name": "public", "content": "YWJj"])
            try await fixture.call("ticket.assign", ["ticket": ticket, "assignee": "anna"])
        }
        try await fixture.call(
            "ticket.attach",
            ["ticket": "INC-1", "name": "inner", "content": "YWJj", "note": true])
    }

    @Test func `No method of ticketing shows or changes a ticket of somebody else`() async throws {
        try await TicketingFixture.run { fixture in
            try await prepare(fixture)
            try await fixture.call("view.create", ["name": "others"], uid: 5002)
            let before = try await fixture.call("ticket.get", ["ticket": "INC-2"])
            for method in TicketingPlugin.manifest.methods {
                guard method.mindsOwner else {
                    let error = await fixture.refusal(method.name, uid: 5001)
                    #expect(error?.kind == "forbidden", "\(method.name)")
                    continue
                }
                let params = try #require(
                    Self.minding[method.name], "\(method.name) needs a test of its own")
                guard !Self.listing.contains(method.name) else { continue }
                let error = await fixture.refusal(method.name, params, uid: 5001)
                #expect(
                    error?.kind
                        == (Self.opening.contains(method.name) ? "invalid_params" : "not_found"),
                    "\(method.name)")
            }
            let list = try await fixture.call("ticket.list", uid: 5001)
            #expect(list["items"]?.array?.map { $0["key"] } == ["INC-1"])
            let others = try await fixture.call(
                "ticket.list", ["requester": "uid:5002"], uid: 5001)
            #expect(others["items"] == [])
            #expect(try await fixture.call("view.list", uid: 5001)["items"] == [])
            let after = try await fixture.call("ticket.get", ["ticket": "INC-2"])
            #expect(after == before)
        }
    }

    /// What the core answers to everybody: that it is there, what there is to ask, and who they are
    /// once they show a token.
    private static let everybodys: Set = ["rpc.discover", "system.ping", "token.use"]

    @Test func `No method of the core or of another plugin gets around it`() async throws {
        try await TicketingFixture.run(others: [InventoryPlugin.self]) { fixture in
            let document = try await fixture.call("rpc.discover")
            let methods = (document["methods"]?.array ?? []).compactMap { $0["name"]?.string }
            #expect(methods.contains("audit.verify") && methods.contains("ci.import"))
            let own = Set(
                TicketingPlugin.manifest.methods.filter(\.mindsOwner).map(\.name))
            var open: Set<String> = []
            for method in methods where !own.contains(method) {
                do {
                    try await fixture.call(method, uid: 5001)
                    open.insert(method)
                } catch let error as RPCError {
                    if error.kind != "forbidden" { open.insert(method) }
                }
            }
            #expect(open == Self.everybodys)
        }
    }

    @Test func `A requester sees the messages and public files of the own ticket`() async throws {
        try await TicketingFixture.run { fixture in
            try await prepare(fixture)
            let page = try await fixture.call("ticket.get", ["ticket": "INC-1"], uid: 5001)
            #expect(page["ticket"]?["requester"] == "uid:5001")
            #expect(page["timeline"]?.array?.map { $0["body"] } == ["please"])
            #expect(page["work_ms"] == 0)
            #expect(page["links"] == [])
            let lines = try await fixture.call("ticket.timeline", ["ticket": "INC-1"], uid: 5001)
            #expect(lines["items"]?.array?.map { $0["body"] } == ["please"])
            let files = try await fixture.call(
                "ticket.attachment.list", ["ticket": "INC-1"], uid: 5001)
            #expect(files["items"]?.array?.map { $0["name"] } == ["public"])
            let inner = await fixture.refusal(
                "ticket.attachment.get", ["attachment": "attachment:3"], uid: 5001)
            #expect(inner?.kind == "not_found")
            let content = try await fixture.call(
                "ticket.attachment.get", ["attachment": "attachment:1"], uid: 5001)
            #expect(content["content"] == "YWJj")
        }
    }

    @Test(
        arguments: [
            ("ticket.create", "assignee", "anna"), ("ticket.create", "queue", "net"),
            ("ticket.create", "source", "alert:1"), ("ticket.create", "items", ["ci:1"]),
            ("ticket.create", "priority", 1), ("ticket.comment", "note", true),
            ("ticket.comment", "work_ms", 1), ("ticket.comment", "template", "t"),
            ("ticket.attach", "note", true),
        ] as [(String, String, JSON)])
    func `What is for those who work on tickets is not for requesters`(
        method: String, member: String, value: JSON
    ) async throws {
        try await TicketingFixture.run { fixture in
            try await prepare(fixture)
            var params: JSON.Object =
                switch method {
                case "ticket.create": ["title": "x"]
                case "ticket.comment": ["ticket": "INC-1", "body": "x"]
                default: ["ticket": "INC-1", "name": "n", "content": "YWJj"]
                }
            params[member] = value
            let error = await fixture.refusal(method, .object(params), uid: 5001)
            #expect(error?.fields.map(\.path) == [member])
        }
    }

    @Test func `Another role that has a method has it without the limit, but only that`()
        async throws
    {
        try await TicketingFixture.run { fixture in
            try await prepare(fixture)
            // A viewer as well, by the group: reads all, and still only writes to the own.
            let page = try await fixture.call(
                "ticket.get", ["ticket": "INC-2"], uid: 5001, gids: [5100])
            #expect(page["timeline"]?.array?.contains { $0["body"] == "secret" } == true)
            await #expect(throws: RPCError.self) {
                try await fixture.call(
                    "ticket.comment", ["ticket": "INC-2", "body": "x"], uid: 5001, gids: [5100])
            }
            let all = try await fixture.call("ticket.list", uid: 5003)
            #expect(all["items"]?.array?.count == 2)
        }
    }

    @Test func `A token has what its role has`() async throws {
        try await TicketingFixture.run { fixture in
            try await prepare(fixture)
            let token =
                try await fixture.call(
                    "token.create", ["name": "portal", "role": "requester"])["token"]?.string ?? ""
            let admission = try fixture.platform.access.admit(token: token)
            func call(_ method: String, _ params: JSON) async throws -> JSON {
                try await fixture.platform.dispatcher.call(
                    method, params, as: admission.principal, access: admission.access)
            }
            let made = try await call("ticket.create", ["title": "mine"])
            #expect(made["requester"]?.string == admission.principal.name)
            let list = try await call("ticket.list", [:])
            #expect(list["items"]?.array?.map { $0["title"] } == ["mine"])
            await #expect(throws: RPCError.self) {
                try await call("ticket.get", ["ticket": "INC-1"])
            }
        }
    }
}
