import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsInventory

/// The past of records: shown, and brought back.
@Suite struct HistoryTests {
    private func entries(_ inventory: InventoryFixture, _ ref: String) async throws -> [JSON] {
        try await inventory.call("record.history", ["ref": .string(ref)])["items"]?.array ?? []
    }

    private func last(_ inventory: InventoryFixture, _ ref: String) async throws -> JSON {
        try #require(try await entries(inventory, ref).first?["entry"])
    }

    private func revert(
        _ inventory: InventoryFixture, _ entry: JSON, _ scope: String = "entry"
    ) async throws -> JSON {
        try await inventory.call("record.revert", ["entry": entry, "scope": .string(scope)])
    }

    @Test func `history says who changed what`() async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.item("web1")
            try await inventory.call("ci.update", ["ci": "web1", "environment": "test"])
            try await inventory.call("ci.delete", ["ci": "web1"])
            let items = try await entries(inventory, "ci:1")
            #expect(items.map { $0["action"] } == ["ci.deleted", "ci.updated", "ci.created"])
            #expect(items[1]["principal"] == "system" && items[1]["method"] == "ci.update")
            #expect(
                items[1]["changed"] == [
                    ["member": "environment", "before": "", "after": "test"]
                ])
            #expect(items[0]["after"] == nil && items[2]["before"] == nil)
            let page = try await inventory.call("record.history", ["ref": "ci:1", "limit": 1])
            #expect(page["next_cursor"] != nil)
            let none = try await entries(inventory, "ci:7")
            #expect(none == [])
        }
    }

    @Test func `a record is shown as it was at any time`() async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.item("web1")
            try await inventory.call("ci.update", ["ci": "web1", "environment": "test"])
            let items = try await entries(inventory, "ci:1")
            let times = items.compactMap { $0["at"]?.string.flatMap(Instant.init) }
            func state(_ at: Instant) async throws -> JSON {
                try await inventory.call(
                    "record.as_of", ["ref": "ci:1", "at": .string(at.description)])
            }
            let now = try await state(times[0])
            #expect(now["exists"] == true && now["state"]?["environment"] == "test")
            #expect(now["entry"] == items[0]["entry"])
            let before = try await state(times[1] - .milliseconds(1))
            #expect(before["exists"] == false && before["state"] == nil)
            let unknown = await inventory.refusal(
                "record.as_of", ["ref": "ci:9", "at": .string(times[0].description)])
            #expect(unknown?.kind == "not_found")
            let foreign = await inventory.refusal(
                "record.as_of", ["ref": "token:1", "at": .string(times[0].description)])
            #expect(foreign?.kind == "conflict")
        }
    }

    @Test func `what the log forgot is told by the oldest entry that is left`() async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.item("web1")
            try await inventory.call("ci.update", ["ci": "web1", "environment": "test"])
            _ = try await inventory.platform.store.write(as: .system, reason: "test") { tx in
                try tx.execute("DELETE FROM audit WHERE action = 'ci.created'")
            }
            let past = try await inventory.call(
                "record.as_of", ["ref": "ci:1", "at": "2020-01-01T00:00:00Z"])
            #expect(past["exists"] == true && past["state"]?["environment"] == "")
            #expect(past["entry"] == nil)
        }
    }

    @Test func `a change is taken back, with its audit entry, event and search`() async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.item("web1", "server", ["description": "violet"])
            try await inventory.call("ci.update", ["ci": "web1", "description": "orange"])
            let entry = try await last(inventory, "ci:1")
            try await inventory.call("ci.update", ["ci": "web1", "environment": "test"])
            let events = try await inventory.events("ci.updated").count
            let answer = try await revert(inventory, entry)
            #expect(answer["changes"]?[0]?["changed"]?[0]?["after"] == "violet")
            let item = try await inventory.call("ci.get", ["ci": "web1"])
            #expect(item["description"] == "violet" && item["environment"] == "test")
            #expect(try await inventory.events("ci.updated").count == events + 1)
            #expect(try await inventory.events("record.reverted").count == 1)
            let found = try await inventory.call("search.query", ["text": "violet"])
            #expect(found["total"] == 1)
            let verified = try await inventory.call("audit.verify")
            #expect(verified["ok"] == true)
        }
    }

    @Test func `a deleted record comes back under its number, and a created one goes`() async throws
    {
        try await InventoryFixture.run { inventory in
            try await inventory.call("team.create", ["name": "Network"])
            try await inventory.item("web1", "server", ["owner": "Network", "fields": ["ram": 64]])
            try await inventory.call("ci.delete", ["ci": "web1"])
            _ = try await revert(inventory, try await last(inventory, "ci:1"))
            let item = try await inventory.call("ci.get", ["ci": "ci:1"])
            #expect(item["name"] == "web1" && item["owner"] == "team:1")
            #expect(item["fields"] == ["ram": 64])
            try await inventory.item("web2")
            #expect(try await inventory.names("ci.list") == ["web1", "web2"])
            _ = try await revert(inventory, try await last(inventory, "ci:2"))
            #expect(try await inventory.names("ci.list") == ["web1"])
        }
    }

    @Test func `what was changed since is a conflict, and nothing is taken back`() async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.item("web1")
            try await inventory.call("ci.update", ["ci": "web1", "environment": "test"])
            let entry = try await last(inventory, "ci:1")
            try await inventory.call("ci.update", ["ci": "web1", "environment": "live"])
            let error = await inventory.refusal("record.revert", ["entry": entry])
            #expect(error?.kind == "conflict")
            #expect(
                error?.fields == [
                    .init(
                        path: "ci:1 environment",
                        reason: #"was changed since: was "test", is "live""#)
                ])
            #expect(try await inventory.call("ci.get", ["ci": "web1"])["environment"] == "live")
        }
    }

    @Test func `what the owner refuses is a conflict`() async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.item("web1")
            let made = try await last(inventory, "ci:1")
            try await inventory.item("app")
            try await inventory.relate("app", ["web1"])
            let used = await inventory.refusal("record.revert", ["entry": made])
            #expect(used?.fields.first?.reason.contains("is in use by ci:2 app") == true)
            try await inventory.item("db")
            try await inventory.call("ci.delete", ["ci": "db"])
            let gone = try await last(inventory, "ci:3")
            try await inventory.item("db")
            let taken = await inventory.refusal("record.revert", ["entry": gone])
            #expect(taken?.fields.first?.reason.contains("already") == true)
        }
    }

    @Test func `an import is taken back whole`() async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.item("web1", "server", ["environment": "live"])
            try await inventory.call(
                "ci.import", ["text": "name,class,environment\nweb1,server,test\nweb2,server,\n"])
            #expect(try await inventory.names("ci.list") == ["web1", "web2"])
            let entry = try await last(inventory, "ci:2")
            let answer = try await revert(inventory, entry, "call")
            #expect(answer["entries"]?.array?.count == 3)
            #expect(try await inventory.names("ci.list") == ["web1"])
            #expect(try await inventory.call("ci.get", ["ci": "web1"])["environment"] == "live")
        }
    }

    @Test func `an import of which one record was changed since is refused whole`() async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.call(
                "ci.import", ["text": "name,class\na,server\nb,server\nc,server"])
            try await inventory.call("ci.update", ["ci": "a", "environment": "x"])
            try await inventory.call("ci.delete", ["ci": "c"])
            let entry = try #require(try await entries(inventory, "ci:2").first?["entry"])
            let error = await inventory.refusal("record.revert", ["entry": entry, "scope": "call"])
            #expect(error?.fields.map(\.path) == ["ci:3", "ci:1 environment"])
            #expect(try await inventory.names("ci.list") == ["a", "b"])
        }
    }

    @Test func `relations are taken back, with their groups`() async throws {
        try await InventoryFixture.run { inventory in
            for name in ["vm", "hv1", "hv2", "hv3"] { try await inventory.item(name) }
            try await inventory.relate("vm", ["hv1", "hv2"], group: "hv", minUp: 1)
            try await inventory.relate("vm", ["hv3"], group: "hv", minUp: 2)
            func edges() async throws -> [[JSON?]] {
                let list = try await inventory.call("ci.relations", ["ci": "vm"])
                return (list["items"]?.array ?? []).map { [$0["to"], $0["min_up"]] }
            }
            #expect(try await edges() == [["ci:2", 2], ["ci:3", 2], ["ci:4", 2]])
            let joined = try await last(inventory, "ci:1")
            _ = try await revert(inventory, joined)
            #expect(try await edges() == [["ci:2", 1], ["ci:3", 1]])
            let again = await inventory.refusal("record.revert", ["entry": joined])
            #expect(again?.fields.first?.reason.contains("was changed since") == true)
            try await inventory.call("ci.unrelate", ["ci": "vm", "to": ["hv1"]])
            _ = try await revert(inventory, try await last(inventory, "ci:1"))
            #expect(try await edges() == [["ci:2", 1], ["ci:3", 1]])
        }
    }

    @Test func `an item that was deleted comes back with its relations`() async throws {
        try await InventoryFixture.run { inventory in
            for name in ["vm", "hv1"] { try await inventory.item(name) }
            try await inventory.relate("vm", ["hv1"], rel: "runs_on")
            try await inventory.call("ci.delete", ["ci": "vm"])
            _ = try await revert(inventory, try await last(inventory, "ci:1"), "call")
            #expect(try await inventory.affected(["hv1"]) == ["vm"])
        }
    }

    @Test func `a dry run shows what would be taken back`() async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.item("web1")
            let entry = try await last(inventory, "ci:1")
            let answer = try await inventory.rehearse("record.revert", ["entry": entry])
            #expect(answer["changes"]?[0]?["exists"] == false)
            #expect(try await inventory.names("ci.list") == ["web1"])
        }
    }

    @Test func `a link that was made is taken back, and one that went is made again`() async throws
    {
        try await InventoryFixture.run { inventory in
            try await inventory.item("web1")
            let link: JSON = ["from": "check:1", "relation": "monitors", "to": "ci:1"]
            try await inventory.call("link.create", link)
            _ = try await revert(inventory, try await last(inventory, "check:1"))
            #expect(try await inventory.count("link") == 0)
            _ = try await revert(inventory, try await last(inventory, "check:1"))
            #expect(try await inventory.count("link") == 1)
        }
    }

    @Test func `what nobody brings back is refused by name`() async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.item("web1")
            try await inventory.call("token.create", ["name": "t", "role": "viewer"])
            let row = try await inventory.call("audit.list", ["limit": 1])["items"]?[0]
            let entry = try #require(row?["seq"])
            let error = await inventory.refusal("record.revert", ["entry": entry])
            #expect(error?.fields.first?.reason.contains("no plugin that runs here") == true)
            let missing = await inventory.refusal("record.revert", ["entry": 99_999])
            #expect(missing?.kind == "not_found")
        }
    }

    private struct Only: Access {
        let methods: Set<String>
        func refusal(_ attempt: AccessAttempt) -> RPCError? {
            methods.contains(attempt.method) ? nil : .forbidden("not \(attempt.method)")
        }
    }

    @Test(arguments: [
        ("record.history", "ci:1", "ci.get"), ("record.as_of", "ci:1", "ci.get"),
        ("record.history", "unknown:1", "audit.list"),
    ])
    func `the past is for those who may see the present`(
        method: String, ref: String, needed: String
    ) async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.item("web1")
            var params: JSON.Object = ["ref": .string(ref)]
            if method == "record.as_of" { params["at"] = "2100-01-01T00:00:00.000Z" }
            let dispatcher = inventory.platform.dispatcher
            let error = await #expect(throws: RPCError.self) {
                try await dispatcher.call(
                    method, .object(params), as: .user(5), access: Only(methods: [method]))
            }
            #expect(error?.message == "not \(needed)")
            _ = try await dispatcher.call(
                method, .object(params), as: .user(5), access: Only(methods: [method, needed]))
        }
    }

    @Test(arguments: [0, 1_000_000_001, Int.max])
    func `a first line that no file has is refused`(line: Int) async throws {
        try await InventoryFixture.run { inventory in
            let error = await inventory.refusal(
                "ci.import",
                ["text": "class,name\na,b\na,c", "first_line": .number(JSON.Number(line))])
            #expect(error?.fields.map(\.path) == ["first_line"])
        }
    }

    @Test func `whoever takes back needs the rights of the owner's methods`() async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.item("web1")
            let entry = try await last(inventory, "ci:1")
            let error = await #expect(throws: RPCError.self) {
                try await inventory.platform.dispatcher.call(
                    "record.revert", ["entry": entry], as: .user(5),
                    access: Only(methods: ["record.revert", "ci.update"]))
            }
            #expect(error?.message == "not ci.delete")
            #expect(try await inventory.names("ci.list") == ["web1"])
        }
    }

    @Test func `a deleted record's links come back with its call`() async throws {
        try await InventoryFixture.run { inventory in
            for name in ["web1", "web2"] { try await inventory.item(name) }
            for (from, to) in [("ci:1", "ci:2"), ("ci:2", "ci:1"), ("ci:1", "ci:1")] {
                try await inventory.call(
                    "link.create",
                    ["from": .string(from), "relation": "like", "to": .string(to)])
            }
            try await inventory.call("ci.delete", ["ci": "web1"])
            #expect(try await inventory.count("link") == 0)
            #expect(try await inventory.audited("link.delete").count == 3)
            #expect(try await inventory.events("link.deleted").count == 3)
            _ = try await revert(inventory, try await last(inventory, "ci:1"), "call")
            #expect(try await inventory.count("link") == 3)
            #expect(try await inventory.names("ci.list") == ["web1", "web2"])
        }
    }

    @Test func `a record that comes back is newer than it was`() async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.item("web1")
            for environment in ["test", "live"] {
                try await inventory.call(
                    "ci.update", ["ci": "web1", "environment": .string(environment)])
            }
            for generation in [4, 5] {
                try await inventory.call("ci.delete", ["ci": "web1"])
                _ = try await revert(inventory, try await last(inventory, "ci:1"))
                let item = try await inventory.call("ci.get", ["ci": "web1"])
                #expect(item["generation"]?.int == generation)
            }
            let stale = await inventory.refusal(
                "ci.update", ["ci": "web1", "generation": 3, "environment": "x"])
            #expect(stale?.kind == "stale_generation")
        }
    }

    @Test func `of a group that has got another number nothing comes back edge by edge`()
        async throws
    {
        try await InventoryFixture.run { inventory in
            for name in ["app", "a", "b", "c"] { try await inventory.item(name) }
            try await inventory.relate("app", ["a", "b", "c"], group: "any", minUp: 1)
            try await inventory.call("ci.unrelate", ["ci": "app", "to": ["a"]])
            let entry = try await last(inventory, "ci:1")
            try await inventory.relate("app", ["b"], group: "any", minUp: 2)
            let error = await inventory.refusal("record.revert", ["entry": entry])
            #expect(
                error?.fields.first?.reason
                    == "The group any of depends_on was changed since.")
            try await inventory.relate("app", ["b"], group: "any", minUp: 1)
            _ = try await revert(inventory, entry)
            let found = try await inventory.call("ci.relations", ["ci": "app"])
            #expect((found["items"]?.array ?? []).map { $0["min_up"] } == [1, 1, 1])
        }
    }

    @Test(arguments: ["ci.relate", "ci.unrelate"])
    func `whoever takes relations back needs the rights to them`(missing: String) async throws {
        try await InventoryFixture.run { inventory in
            for name in ["app", "a"] { try await inventory.item(name) }
            try await inventory.relate("app", ["a"])
            let entry = try await last(inventory, "ci:1")
            let rights: Set = ["record.revert", "ci.update", "ci.relate", "ci.unrelate"]
            let error = await #expect(throws: RPCError.self) {
                try await inventory.platform.dispatcher.call(
                    "record.revert", ["entry": entry], as: .user(5),
                    access: Only(methods: rights.subtracting([missing])))
            }
            #expect(error?.message == "not \(missing)")
            _ = try await inventory.platform.dispatcher.call(
                "record.revert", ["entry": entry], as: .user(5), access: Only(methods: rights))
        }
    }
}
