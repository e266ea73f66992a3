import Foundation
import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsInventory

/// What feeds observe is kept beside what is documented, and the difference shown.
@Suite struct DriftTests {
    private let report = NmapReportTests.report

    private func observe(
        _ inventory: InventoryFixture, _ text: String, _ more: JSON.Object = [:]
    ) async throws -> JSON {
        var params: JSON.Object = ["text": .string(text), "source": "scan"]
        for (name, value) in more { params[name] = value }
        return try await inventory.call("ci.observe", .object(params))
    }

    private func diff(
        _ inventory: InventoryFixture, _ params: JSON = [:]
    ) async throws -> [JSON] {
        try await inventory.call("ci.diff", params)["items"]?.array ?? []
    }

    @Test func `A report of nmap is imported, and the second time nothing changes`() async throws {
        try await InventoryFixture.run { inventory in
            let params: JSON = ["text": .string(report), "format": "nmap"]
            let dry = try await inventory.rehearse("ci.import", params)
            #expect(dry["counts"]?["ci"]?["created"] == 2)
            #expect(try await inventory.names("ci.list") == [])
            let real = try await inventory.call("ci.import", params)
            #expect(real["changes"] == dry["changes"])
            let item = try await inventory.call("ci.get", ["ci": "web1.example.org"])
            #expect(item["discovered_by"] == "nmap" && item["class"] == "server")
            // A name that people have given stays.
            try await inventory.call("ci.update", ["ci": "ci:1", "name": "web1", "class": "vm"])
            let again = try await inventory.call("ci.import", params)
            #expect(again["counts"]?["ci"]?["unchanged"] == 2)
        }
    }

    @Test func `Hosts of a report without line ends are counted one by one`() async throws {
        let host = #"<host><status state="up"/><address addr="192.0.2.9" addrtype="ipv4"/></host>"#
        let text = "<nmaprun>\(host)\(host)\(host)</nmaprun>"
        for method in ["ci.observe", "ci.import"] {
            try await InventoryFixture.run { inventory in
                let answer = try await inventory.call(
                    method, ["text": .string(text), "format": "nmap", "mode": "rows"])
                #expect(answer["rejected"] == 2, "\(method)")
                #expect(
                    answer["mistakes"]?.array?.map { $0["path"] } == ["line 1", "line 1"],
                    "\(method)")
            }
        }
    }

    @Test func `After a hundred mistakes it says that there may be more`() async throws {
        try await InventoryFixture.run { inventory in
            let rows = (1...150).map { "\($0),nosuch\n" }.joined()
            let error = await inventory.refusal(
                "ci.observe", ["text": .string("external_key,status\n" + rows), "source": "scan"])
            #expect(error?.fields.count == 100)
            #expect(error?.message.contains("at least") == true, "\(error?.message ?? "")")
        }
    }

    @Test func `Bad reports leave nothing`() async throws {
        try await InventoryFixture.run { inventory in
            for method in ["ci.import", "ci.observe", "ci.diff"] {
                for (format, text) in [
                    ("nmap", String(report.prefix(900))), ("ansible", "{\"a\": "), ("nmap", "{}"),
                ] {
                    let error = await inventory.refusal(
                        method, ["text": .string(text), "format": .string(format)])
                    #expect(error?.kind == "invalid_params")
                    #expect(error?.fields.isEmpty == false)
                }
            }
            let (items, observed) = (
                try await inventory.count("inventory_ci"),
                try await inventory.count("inventory_observation")
            )
            #expect(items == 0 && observed == 0)
        }
    }

    @Test func `With a text the difference is shown and nothing is written`() async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.item("web1", "server", ["environment": "live"])
            let audited = try await inventory.count("audit")
            let found = try await diff(
                inventory, ["text": "name,class,environment\nweb1,server,test\nweb2,server,test\n"])
            #expect(found.map { $0["kind"] } == ["changed", "undocumented"])
            #expect(found[0]["ref"] == "ci:1" && found[1]["ref"] == nil)
            #expect(found[0]["changed"]?[0]?["member"] == "environment")
            #expect(found[0]["changed"]?[0]?["documented"] == "live")
            #expect(found[0]["changed"]?[0]?["observed"] == "test")
            #expect(try await inventory.count("audit") == audited)
            #expect(try await inventory.count("inventory_observation") == 0)
            let page = try await inventory.call(
                "ci.diff", ["text": "name,class\na,b\nc,d\n", "limit": 1])
            #expect(page["items"]?.array?.count == 1)
            let rest = try await inventory.call(
                "ci.diff",
                ["text": "name,class\na,b\nc,d\n", "cursor": page["next_cursor"] ?? .null])
            #expect(rest["items"]?[0]?["name"] == "c" && rest["next_cursor"] == nil)
        }
    }

    @Test func `What was observed is kept, and no item changes`() async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.item("web1", "server", ["environment": "live"])
            try await inventory.item("web2", "server")
            let text = "name,class,environment\nweb1,server,test\nweb2,server,\nweb3,server,\n"
            let seen = try await observe(inventory, text)
            #expect(["seen", "same", "changed", "undocumented"].map { seen[$0] } == [3, 1, 1, 1])
            #expect(seen["items"]?.array?.count == 2)
            #expect(try await inventory.call("ci.get", ["ci": "web1"])["environment"] == "live")
            let found = try await diff(inventory)
            #expect(found.map { $0["name"] } == ["web1", "web3"])
            let since = found[0]["since"]
            _ = try await observe(inventory, text)
            let later = try await diff(inventory, ["kind": "changed"])
            #expect(later.count == 1 && later[0]["since"] == since)
            #expect(try await inventory.events("ci.drifted").count == 1)
            #expect(try await inventory.events("ci.observed").count == 2)
            #expect(try await inventory.audited("ci.observed").count == 2)
            #expect(try await diff(inventory, ["ci": "web1"]).count == 1)
            #expect(try await diff(inventory, ["source": "other"]).count == 0)
            #expect(try await inventory.call("audit.verify")["ok"] == true)
        }
    }

    @Test func `What one source has brought another one observes`() async throws {
        try await InventoryFixture.run { inventory in
            let known = "name,class,external_key,environment\ndb1,server,host-1,live\n"
            _ = try await inventory.call("ci.import", ["text": .string(known), "source": "host"])
            let text = "name,class,external_key,environment\ndb1,server,machine-9,test\n"
            let seen = try await inventory.call(
                "ci.observe", ["text": .string(text), "source": "ansible"])
            #expect(["seen", "changed", "undocumented"].map { seen[$0] } == [1, 1, 0])
            let found = try await diff(inventory, ["source": "ansible"])
            #expect(found.map { $0["ref"] } == ["ci:1"])
            #expect(found[0]["changed"]?.array?.map { $0["member"] } == ["environment"])
            let item = try await inventory.call("ci.get", ["ci": "db1"])
            #expect(item["external_key"] == "host-1" && item["discovered_by"] == "host")
            let shown = try await diff(inventory, ["text": .string(text)])
            #expect(shown.map { $0["ref"] } == ["ci:1"])
            // The same source that calls it otherwise speaks of another one, and cannot take its name.
            let error = await inventory.refusal(
                "ci.observe",
                ["text": "name,class,external_key\ndb1,server,host-2\n", "source": "host"])
            #expect(error?.fields.map(\.path) == ["line 2: name"])
        }
    }

    @Test func `Whichever of the two changes, the difference is true at once`() async throws {
        try await InventoryFixture.run { inventory in
            let text = "name,class,external_key,environment\nweb1,server,1,test\n"
            try await inventory.item("web1", "server", ["environment": "live"])
            _ = try await observe(inventory, text)
            #expect(try await diff(inventory).count == 1)
            try await inventory.call("ci.update", ["ci": "web1", "environment": "test"])
            #expect(try await diff(inventory).count == 0)
            #expect(try await inventory.events("ci.aligned").count == 1)
            try await inventory.call("ci.update", ["ci": "web1", "environment": "live"])
            #expect(try await diff(inventory).map { $0["kind"] } == ["changed"])
            // Taking the change back takes the difference back.
            let history = try await inventory.call("record.history", ["ref": "ci:1"])
            try await inventory.call(
                "record.revert", ["entry": history["items"]?[0]?["entry"] ?? .null])
            #expect(try await diff(inventory).count == 0)
            try await inventory.call("ci.delete", ["ci": "web1"])
            #expect(try await diff(inventory).map { $0["kind"] } == ["undocumented"])
            _ = try await inventory.call(
                "ci.import", ["text": .string(text), "source": "scan"])
            #expect(try await diff(inventory).count == 0)
        }
    }

    @Test func `What a source should know and has not observed for long is unseen`() async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.item(
                "gone", "server", ["discovered_by": "scan", "external_key": "9"])
            try await inventory.item(
                "old", "server",
                ["discovered_by": "scan", "external_key": "8", "status": "retired"])
            try await inventory.item("by hand")
            #expect(try await diff(inventory, ["unseen_ms": 0]).count == 0)
            _ = try await observe(inventory, "name,class,external_key\nweb1,server,1\n")
            // Time goes on by itself between two calls, by a millisecond at least.
            try await inventory.platform.store.write(as: .system, reason: "test") { tx in
                try tx.execute("UPDATE inventory_ci SET created_at = created_at - 1000")
            }
            let found = try await diff(inventory, ["kind": "unseen", "unseen_ms": 500])
            #expect(found.map { $0["name"] } == ["gone"])
            #expect(try await diff(inventory, ["kind": "unseen"]).count == 0)
        }
    }

    @Test func `What one source has not observed for long is unseen by it, whoever else sees it`()
        async throws
    {
        try await InventoryFixture.run { inventory in
            try await inventory.item("web1")
            try await inventory.item("web2")
            let text = "name,class\nweb1,server\nweb2,server\n"
            for source in ["scan", "agent"] {
                _ = try await observe(inventory, text, ["source": .string(source)])
            }
            try await inventory.platform.store.write(as: .system, reason: "test") { tx in
                try tx.execute(
                    """
                    UPDATE inventory_observation SET seen_at = seen_at - 3600000
                    WHERE source = 'agent' AND external_key = 'server/web1'
                    """)
            }
            func unseen(_ more: JSON.Object = [:]) async throws -> [JSON] {
                var params: JSON.Object = ["kind": "unseen", "unseen_ms": 60_000]
                for (name, value) in more { params[name] = value }
                return try await diff(inventory, .object(params))
            }
            let found = try await unseen(["source": "agent"])
            #expect(found.map { $0["name"] } == ["web1"])
            #expect(found.first?["source"] == "agent")
            #expect(found.first?["external_key"] == "server/web1")
            #expect(found.first?["since"] == found.first?["seen_at"])
            // One source sees it, so it is not lost.
            #expect(try await unseen().isEmpty)
            #expect(try await unseen(["source": "scan"]).isEmpty)
            #expect(try await unseen(["source": "nobody"]).isEmpty)
            #expect(try await unseen(["source": "agent", "ci": "web2"]).isEmpty)
        }
    }

    @Test func `What is documented after it was observed is known by its name, or its key`()
        async throws
    {
        try await InventoryFixture.run { inventory in
            let text =
                "name,class,external_key,environment\nweb1,server,,test\nweb2,server,k2,test\n"
            _ = try await observe(inventory, text)
            #expect(
                try await diff(inventory).map { $0["kind"] } == ["undocumented", "undocumented"])
            try await inventory.item("web1", "server", ["environment": "live"])
            try await inventory.item("other", "server", ["environment": "live"])
            #expect(
                try await diff(inventory).map { $0["kind"] } == ["changed", "undocumented"])
            // By another name it becomes the thing that was observed.
            try await inventory.call("ci.update", ["ci": "other", "name": "web2"])
            let found = try await diff(inventory)
            #expect(found.map { $0["ref"] } == ["ci:1", "ci:2"])
            #expect(found.map { $0["kind"] } == ["changed", "changed"])
            #expect(found.allSatisfy { $0["changed"]?[0]?["member"] == "environment" })
            #expect(try await inventory.events("ci.drifted").count == 2)
        }
    }

    @Test func `Another thing of the same name and class, by its key, stays undocumented`()
        async throws
    {
        try await InventoryFixture.run { inventory in
            _ = try await observe(inventory, "name,class,external_key\nweb1,server,k1\n")
            try await inventory.item(
                "web1", "server", ["discovered_by": "scan", "external_key": "k9"])
            #expect(try await diff(inventory).map { $0["kind"] } == ["undocumented"])
        }
    }

    @Test(arguments: ["csv", "nmap"])
    func `An item that somebody renames stays what was observed`(format: String) async throws {
        let line = "name,class,external_key,environment\nweb1.example.org,server,1,test\n"
        let text = format == "csv" ? line : report
        try await InventoryFixture.run { inventory in
            try await inventory.item("web1.example.org", "server", ["environment": "live"])
            _ = try await observe(inventory, text, ["format": .string(format)])
            try await inventory.call("ci.update", ["ci": "ci:1", "name": "web1"])
            let before = try await diff(inventory, ["kind": "changed"])
            #expect(before.map { $0["ref"] } == ["ci:1"])
            _ = try await observe(inventory, text, ["format": .string(format)])
            let after = try await diff(inventory, ["kind": "changed"])
            #expect(after.map { $0["ref"] } == ["ci:1"])
            #expect(after.first?["since"] == before.first?["since"])
            let unknown = try await diff(inventory, ["kind": "undocumented"])
            let others: [JSON?] = format == "csv" ? [] : ["192.0.2.3"]
            #expect(unknown.map { $0["name"] } == others)
        }
    }

    @Test(arguments: [["kA,web1", "kB,web2"], ["kB,web2", "kA,web1"]])
    func `An item that gets the name of another known thing is that one`(
        things: [String]
    ) async throws {
        try await InventoryFixture.run { inventory in
            let file =
                "external_key,name,class\n" + things.map { "\($0),server\n" }.joined()
            try await inventory.call("ci.create", ["name": "web1", "class": "server"])
            _ = try await observe(inventory, file)
            try await inventory.call("ci.update", ["ci": "ci:1", "name": "web2"])
            let again = try await observe(inventory, file)
            #expect(again["seen"] == 2 && again["undocumented"] == 1)
            let undocumented = try await diff(inventory, ["kind": "undocumented"])
            #expect(undocumented.map { $0["name"]?.string } == ["web1"])
            for topic in ["ci.drifted", "ci.aligned"] {
                #expect(try await inventory.events(topic).map { $0.data["ci"] } == ["ci:1"])
            }
        }
    }

    @Test(arguments: [["kA,web1", "kB,web2"], ["kB,web2", "kA,web1"]], ["all", "rows"])
    func `An item that gets the name of a thing that is new is that one`(
        things: [String], mode: String
    ) async throws {
        try await InventoryFixture.run { inventory in
            let head = "external_key,name,class\n"
            let file = head + things.map { "\($0),server\n" }.joined()
            try await inventory.item("web1")
            _ = try await observe(inventory, head + "kA,web1,server\n")
            try await inventory.call("ci.update", ["ci": "ci:1", "name": "web2"])
            for _ in 1...2 {
                let seen = try await observe(inventory, file, ["mode": .string(mode)])
                let counts = ["seen", "same", "changed", "undocumented", "more", "rejected"]
                #expect(counts.map { seen[$0] } == [2, 1, 0, 1, 0, 0])
                #expect(seen["items"]?.array?.map { $0["external_key"] } == ["kA"])
                let found = try await diff(inventory)
                #expect(found.map { $0["kind"] } == ["undocumented"])
                #expect(found.map { $0["external_key"] } == ["kA"])
            }
            for topic in ["ci.drifted", "ci.aligned"] {
                #expect(try await inventory.events(topic).map { $0.data["ci"] } == ["ci:1"])
            }
        }
    }

    /// Lets time pass since all was observed.
    private func age(_ inventory: InventoryFixture) async throws {
        try await inventory.platform.store.write(as: .system, reason: "test") { tx in
            try tx.execute("UPDATE inventory_observation SET seen_at = seen_at - 1000")
        }
    }

    @Test func `An item stays what it was when its source has called that otherwise before`()
        async throws
    {
        try await InventoryFixture.run { inventory in
            let head = "external_key,name,class\n"
            try await inventory.item("web1")
            for line in ["k1,web1", "k2,web1", "k2,web1.example.org"] {
                _ = try await observe(inventory, head + line + ",server\n")
                try await age(inventory)
            }
            let found = try await diff(inventory)
            #expect(found.map { $0["kind"] } == ["changed", "undocumented"])
            #expect(found.map { $0["external_key"] } == ["k2", "k1"])
            #expect(found[0]["ref"] == "ci:1")
        }
    }

    @Test func `An item that gets the name of a thing that is gone stays what it was`()
        async throws
    {
        try await InventoryFixture.run { inventory in
            let head = "external_key,name,class\n"
            try await inventory.item("web1")
            for line in ["kB,web2", "kA,web1"] {
                _ = try await observe(inventory, head + line + ",server\n")
                try await age(inventory)
            }
            try await inventory.call("ci.update", ["ci": "ci:1", "name": "web2"])
            let seen = try await observe(inventory, head + "kA,web1,server\n")
            #expect(seen["changed"] == 1 && seen["undocumented"] == 0)
            let found = try await diff(inventory)
            #expect(found.map { $0["kind"] } == ["changed", "undocumented"])
            #expect(found.map { $0["external_key"] } == ["kA", "kB"])
        }
    }

    @Test func `Since when an item differs is kept under a new key, and of no other item`()
        async throws
    {
        try await InventoryFixture.run { inventory in
            func since() async throws -> JSON? {
                let member = try await diff(inventory, ["kind": "changed"]).first?["changed"]?[0]
                #expect(member?["member"] == "environment")
                return member?["since"]
            }
            let head = "external_key,name,class,environment\n"
            let long: JSON = "2026-01-02T03:04:05.000Z"
            try await inventory.item("web1", "server", ["environment": "live"])
            _ = try await observe(inventory, head + "k1,web1,server,test\n")
            let drift: JSON = [
                ["member": "environment", "documented": "live", "observed": "test", "since": long]
            ]
            try await inventory.platform.store.write(as: .system, reason: "test") { tx in
                try tx.execute("UPDATE inventory_observation SET drift = ?", drift)
            }
            #expect(try await since() == long)
            _ = try await observe(inventory, head + "k2,web1,server,test\n")
            #expect(try await since() == long)
            try await inventory.call("ci.update", ["ci": "ci:1", "name": "web0"])
            try await inventory.item("web1", "server", ["environment": "live"])
            _ = try await observe(inventory, head + "k2,web1,server,test\n")
            #expect(try await diff(inventory, ["kind": "changed"]).map { $0["ref"] } == ["ci:2"])
            #expect(try await since() != long)
        }
    }

    @Test func `That a thing is as documented again is said also under its new key`() async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.call(
                "ci.create",
                ["name": "web1", "class": "server", "environment": "production"])
            let head = "external_key,name,class,environment\n"
            _ = try await observe(inventory, head + "m1,web1,server,test\n")
            #expect(try await inventory.events("ci.drifted").count == 1)
            _ = try await observe(inventory, head + "m2,web1,server,test\n")
            #expect(try await inventory.events("ci.drifted").count == 1)
            _ = try await observe(inventory, head + "m3,web1,server,production\n")
            #expect(try await inventory.events("ci.aligned").count == 1)
        }
    }

    @Test func `A renamed item that its source calls otherwise by now is another thing`()
        async throws
    {
        try await InventoryFixture.run { inventory in
            let text = "name,class,external_key\nweb1,server,k1\n"
            try await inventory.item("web1")
            _ = try await observe(inventory, text)
            try await inventory.call(
                "ci.update",
                ["ci": "ci:1", "name": "db1", "discovered_by": "scan", "external_key": "k9"])
            _ = try await observe(inventory, text)
            #expect(try await diff(inventory).map { $0["kind"] } == ["undocumented"])
        }
    }

    // MARK: - Two things of one name

    private let twins =
        "name,class,external_key,environment\nlocalhost,server,m1,test\nlocalhost,server,m2,test\n"

    @Test func `Two things that a source tells apart are not one item in a file`() async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.item("localhost", "server", ["environment": "live"])
            let error = await inventory.refusal(
                "ci.observe", ["text": .string(twins), "source": "scan"])
            #expect(error?.fields.map(\.path) == ["line 3"])
            #expect(
                error?.fields.map(\.reason) == [#"is the same item as line 2, ci:1 "localhost""#])
            let rows = try await observe(inventory, twins, ["mode": "rows"])
            #expect(rows["seen"] == 1 && rows["rejected"] == 1)
            #expect(try await diff(inventory).map { $0["external_key"] } == ["m1"])
        }
    }

    @Test func `Of two files the later one says which of two things of one name is the item`()
        async throws
    {
        try await InventoryFixture.run { inventory in
            try await inventory.item("localhost", "server", ["environment": "live"])
            for key in ["m1", "m2"] {
                _ = try await observe(
                    inventory,
                    "name,class,external_key,environment\nlocalhost,server,\(key),test\n")
            }
            let found = try await diff(inventory)
            #expect(found.map { $0["kind"] } == ["changed", "undocumented"])
            #expect(found.map { $0["external_key"] } == ["m2", "m1"])
            // A write of the item takes the other one up no more than that.
            try await inventory.call("ci.update", ["ci": "ci:1", "description": "a host"])
            #expect(try await diff(inventory).map { $0["external_key"] } == ["m2", "m1"])
        }
    }

    @Test func `Who documents a name documents one of the things that have it`() async throws {
        try await InventoryFixture.run { inventory in
            let seen = try await observe(inventory, twins)
            #expect(seen["undocumented"] == 2)
            try await inventory.item("localhost", "server", ["environment": "live"])
            #expect(
                try await diff(inventory).map { $0["kind"] } == ["changed", "undocumented"])
        }
    }

    @Test func `It is said that others differ, not that the same ones differ in another way`()
        async throws
    {
        try await InventoryFixture.run { inventory in
            func drifted() async throws -> [JSON?] {
                try await inventory.events("ci.drifted").map { $0.data["ci"] }
            }
            let text = "name,class,external_key,environment\nweb1,server,k1,test\n"
            try await inventory.item("web1", "server", ["environment": "live"])
            _ = try await observe(inventory, text)
            #expect(try await drifted() == ["ci:1"])
            try await inventory.call("ci.update", ["ci": "ci:1", "environment": "stage"])
            #expect(try await drifted() == ["ci:1"])
            #expect(
                try await diff(inventory).first?["changed"]?[0]?["documented"] == "stage")
            // The name differs then as well.
            try await inventory.call("ci.update", ["ci": "ci:1", "name": "web0"])
            #expect(try await drifted() == ["ci:1", "ci:1"])
            try await inventory.item("web1", "server", ["environment": "live"])
            _ = try await observe(inventory, text)
            #expect(try await drifted() == ["ci:1", "ci:1", "ci:2"])
        }
    }

    // MARK: - Mistakes

    @Test(arguments: ["csv", "jsonl", "ansible"])
    func `A NUL in a name is the mistake of its line`(format: String) async throws {
        let text =
            switch format {
            case "csv": "name,class,external_key\na,server,1\nb\u{0},server,2\nc,server,3\n"
            case "jsonl":
                #"{"name":"a","external_key":"1"}"# + "\n"
                    + #"{"name":"b","external_key":"\u0000","class":"server"}"# + "\n"
                    + #"{"name":"c","external_key":"3"}"#
            default:
                ["a", #"b\u0000"#, "c"].map {
                    #"{"ansible_hostname":"\#($0)","ansible_machine_id":"\#($0)"}"#
                }.joined(separator: "\n")
            }
        let line = format == "csv" ? 3 : 2
        let member = format == "csv" ? "name" : "external_key"
        for method in ["ci.observe", "ci.import"] {
            try await InventoryFixture.run { inventory in
                var params: JSON.Object = [
                    "text": .string(text), "format": .string(format), "source": "scan",
                    "class": "server",
                ]
                let error = await inventory.refusal(method, .object(params))
                #expect(error?.fields.map(\.path) == ["line \(line): \(member)"])
                #expect(error?.fields.first?.reason.contains("NUL") == true)
                params["mode"] = "rows"
                let rows = try await inventory.call(method, .object(params))
                #expect(rows["rejected"] == 1)
                #expect(rows["mistakes"]?[0]?["path"] == .string("line \(line): \(member)"))
                let taken = try await inventory.count(
                    method == "ci.import" ? "inventory_ci" : "inventory_observation")
                #expect(taken == 2)
            }
        }
    }

    @Test func `A dry run keeps nothing, and a wrong line is said`() async throws {
        try await InventoryFixture.run { inventory in
            let dry = try await inventory.rehearse(
                "ci.observe", ["text": "name,class\na,b\n", "source": "scan"])
            #expect(dry["undocumented"] == 1)
            #expect(try await inventory.count("inventory_observation") == 0)
            let text = "name,class,criticality\na,b,1\nc,d,9\na,b,2\n"
            let error = await inventory.refusal(
                "ci.observe", ["text": .string(text), "source": "scan"])
            #expect(error?.fields.map(\.path) == ["line 3: criticality", "line 4"])
            let rows = try await observe(inventory, text, ["mode": "rows"])
            #expect(rows["seen"] == 1 && rows["rejected"] == 2)
            let nobody = await inventory.refusal("ci.observe", ["text": "name,class\na,b\n"])
            #expect(nobody?.fields.map(\.path) == ["line 2: discovered_by"])
        }
    }

    @Test func `The differences come page by page`() async throws {
        try await InventoryFixture.run { inventory in
            for number in 1...3 { try await inventory.item("n\(number)", "server") }
            let lines = (1...5).map { "n\($0),server,test" }.joined(separator: "\n")
            _ = try await observe(inventory, "name,class,environment\n\(lines)\n")
            var names: [String] = []
            var cursor: JSON?
            repeat {
                var params: JSON.Object = ["limit": 2]
                params["cursor"] = cursor
                let page = try await inventory.call("ci.diff", .object(params))
                names += (page["items"]?.array ?? []).compactMap { $0["name"]?.string }
                cursor = page["next_cursor"]
            } while cursor != nil
            #expect(names == ["n1", "n2", "n3", "n4", "n5"])
            let wrong = await inventory.refusal("ci.diff", ["cursor": "7"])
            #expect(wrong?.fields.map(\.path) == ["cursor"])
        }
    }

    @Test func `What nobody documented and nobody sees any more is forgotten`() async throws {
        try await InventoryFixture.run(["forget_undocumented_ms": 3_600_000]) { inventory in
            _ = try await observe(inventory, "name,class\nguest,server\n")
            try await inventory.platform.store.write(as: .system, reason: "test") { tx in
                try tx.execute("UPDATE inventory_observation SET seen_at = seen_at - 7200000")
            }
            _ = try await observe(inventory, "name,class\nweb1,server\n")
            #expect(try await diff(inventory).map { $0["name"] } == ["web1"])
        }
    }

    @Test func `What a source saw that has ended is forgotten as well, documented things are not`()
        async throws
    {
        try await InventoryFixture.run(["forget_undocumented_ms": 3_600_000]) { inventory in
            try await inventory.item("web1")
            _ = try await inventory.call(
                "ci.observe",
                [
                    "text": """
                    name,class,discovered_by,external_key
                    web1,server,old,1
                    guest,server,old,2

                    """
                ])
            try await inventory.platform.store.write(as: .system, reason: "test") { tx in
                try tx.execute("UPDATE inventory_observation SET seen_at = seen_at - 7200000")
            }
            // Who observes stands in the rows, and it is another one.
            _ = try await inventory.call(
                "ci.observe",
                ["text": "name,class,discovered_by,external_key\nweb2,server,new,1\n"])
            #expect(try await diff(inventory).map { $0["name"] } == ["web2"])
            #expect(try await inventory.count("inventory_observation") == 2)
        }
    }

    @Test func `What is to be forgotten is found without a walk over all that was observed`()
        async throws
    {
        try await InventoryFixture.run { inventory in
            let plan = try await inventory.platform.store.read { tx in
                try tx.rows(
                    """
                    EXPLAIN QUERY PLAN
                    SELECT said FROM inventory_observation WHERE \(ObservationStore.isForgotten)
                    """, 1
                ).map { try $0.text("detail") }
            }
            #expect(plan.count == 1)
            #expect(plan.first?.contains("inventory_observation_undocumented (seen_at<?)") == true)
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/nmap")))
    func `What nmap itself finds on this host is taken in`() async throws {
        let nmap = Process()
        nmap.executableURL = URL(fileURLWithPath: "/usr/bin/nmap")
        nmap.arguments = ["-sT", "-Pn", "-n", "-p", "1-3", "-oX", "-", "127.0.0.1"]
        let output = Pipe()
        nmap.standardOutput = output
        try nmap.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        nmap.waitUntilExit()
        try await InventoryFixture.run { inventory in
            let params: JSON = ["text": .string(text), "format": "nmap"]
            let taken = try await inventory.call("ci.import", params)
            #expect(taken["counts"]?["ci"]?["created"] == 1)
            let item = try await inventory.call("ci.get", ["ci": "127.0.0.1"])
            #expect(item["external_key"] == "127.0.0.1" && item["discovered_by"] == "nmap")
            let again = try await inventory.call("ci.import", params)
            #expect(again["counts"]?["ci"]?["unchanged"] == 1)
        }
    }
}
