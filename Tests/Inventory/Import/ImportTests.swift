import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsInventory

/// Records come in by the file: all of it or nothing, and the second time nothing changes.
@Suite struct ImportTests {
    private let scan = """
        name,class,external_key,environment,fields.ram_gb
        web1,server,aa:01,production,64
        web2,server,aa:02,test,32

        """

    private func counts(_ answer: JSON, _ noun: String = "ci") -> [Int?] {
        ["created", "updated", "unchanged"].map { answer["counts"]?[noun]?[$0]?.int }
    }

    private func take(_ fixture: InventoryFixture, _ text: String) async throws -> JSON {
        try await fixture.call("ci.import", ["text": .string(text), "source": "scan"])
    }

    @Test func `A file is taken in once, and again changes nothing`() async throws {
        try await InventoryFixture.run { fixture in
            #expect(counts(try await take(fixture, scan)) == [2, 0, 0])
            let item = try await fixture.call("ci.get", ["ci": "web2"])
            #expect(item["discovered_by"] == "scan")
            #expect(item["external_key"] == "aa:02")
            #expect(item["fields"] == ["ram_gb": 32])
            let again = try await take(fixture, scan)
            #expect(counts(again) == [0, 0, 2])
            #expect(again["changes"] == [])
            #expect(try await fixture.events("ci.imported").count == 1)
            #expect(try await fixture.audited("ci.created").count == 2)
            #expect(try await fixture.call("ci.get", ["ci": "web1"])["generation"] == 1)
        }
    }

    @Test func `A dry run shows the exact difference and leaves nothing`() async throws {
        try await InventoryFixture.run { fixture in
            _ = try await take(fixture, scan)
            let text = """
                name,class,external_key,environment,fields.ram_gb
                web1-new,server,aa:01,production,128
                web3,server,aa:03,,
                """
            let dry = try await fixture.rehearse(
                "ci.import", ["text": .string(text), "source": "scan"])
            #expect(counts(dry) == [1, 1, 0])
            #expect(dry["changes"]?[0]?["action"] == "update")
            #expect(
                dry["changes"]?[0]?["before"] == ["name": "web1", "fields": ["ram_gb": 64]])
            #expect(
                dry["changes"]?[0]?["after"] == ["name": "web1-new", "fields": ["ram_gb": 128]])
            #expect(dry["changes"]?[1]?["action"] == "create")
            #expect(try await fixture.names("ci.list") == ["web1", "web2"])
            let real = try await take(fixture, text)
            #expect(real["counts"] == dry["counts"])
            #expect(real["changes"] == dry["changes"])
            #expect(try await fixture.names("ci.list") == ["web1-new", "web2", "web3"])
        }
    }

    @Test func `What the file leaves out stays, what it leaves empty goes`() async throws {
        try await InventoryFixture.run { fixture in
            _ = try await take(fixture, scan)
            try await fixture.call(
                "ci.update",
                [
                    "ci": "web1", "description": "mine", "criticality": 1,
                    "fields": ["ram_gb": 64, "rack": 7],
                ])
            _ = try await take(fixture, "external_key,environment,fields.ram_gb\naa:01,,\n")
            let item = try await fixture.call("ci.get", ["ci": "web1"])
            #expect(item["description"] == "mine")
            #expect(item["criticality"] == 1)
            #expect(item["environment"] == "")
            #expect(item["fields"] == ["rack": 7])
        }
    }

    @Test func `An item that was documented by hand is taken over by its name`() async throws {
        try await InventoryFixture.run { fixture in
            try await fixture.item("web1", "server", ["description": "by hand"])
            #expect(counts(try await take(fixture, scan)) == [1, 1, 0])
            let item = try await fixture.call("ci.get", ["ci": "ci:1"])
            #expect(item["external_key"] == "aa:01")
            #expect(item["description"] == "by hand")
            let stolen = await fixture.refusal(
                "ci.import",
                ["text": "name,class,external_key\nweb1,server,zz:99", "source": "scan"])
            #expect(stolen?.fields.map(\.path) == ["line 2: name"])
        }
    }

    @Test func `One line that is wrong leaves nothing, and every wrong line is said`() async throws
    {
        try await InventoryFixture.run { fixture in
            let text = """
                name,class,criticality,owner
                good,server,1,
                bad,server,9,
                worse,Server,soon,nobody
                good,server,2,
                ,server,,
                """
            let error = await fixture.refusal("ci.import", ["text": .string(text)])
            #expect(error?.kind == "invalid_params")
            #expect(
                error?.fields.map(\.path) == [
                    "line 3: criticality", "line 4: class", "line 4: criticality", "line 5",
                    "line 6: name",
                ])
            #expect(error?.message == "Nothing was imported: 4 lines are wrong.")
            let rows = try await fixture.count("inventory_ci")
            let audited = try await fixture.count("audit WHERE action LIKE 'ci.%'")
            #expect(rows == 0)
            #expect(audited == 0)
        }
    }

    @Test func `A wrong line among many takes none of the others with it`() async throws {
        try await InventoryFixture.run { fixture in
            // Two that are wrong stand in one part of what is tried at once, a third in another.
            let wrong = [7, 9, 612]
            let lines = (1...700).map { number in
                wrong.contains(number)
                    ? "n\(number),No Class,n1"
                    : "n\(number),server,\(number == 1 ? "" : "n1")"
            }
            let answer = try await fixture.call(
                "ci.import",
                [
                    "text": .string("name,class,depends_on\n" + lines.joined(separator: "\n")),
                    "mode": "rows", "limit": 2,
                ])
            #expect(counts(answer) == [697, 0, 0])
            #expect(answer["counts"]?["relation"]?["created"] == 696)
            #expect(answer["changes"]?.array?.count == 2 && answer["more_changes"] == 695)
            #expect(answer["rejected"] == 3)
            #expect(
                answer["mistakes"]?.array?.compactMap { $0["path"]?.string }
                    == wrong.map { "line \($0 + 1): class" })
            #expect(try await fixture.count("inventory_ci") == 697)
            #expect(try await fixture.count("audit WHERE action = 'ci.created'") == 697)
            #expect(try await fixture.count("event WHERE topic = 'ci.created'") == 697)
            #expect(try await fixture.count("search_document WHERE noun = 'ci'") == 697)
            let refs = try await fixture.count("audit WHERE ref = 'ci:697'")
            #expect(refs > 0, "numbers have no gaps")
        }
    }

    @Test func `A wrong relation leaves out those of its type, and not the record`() async throws {
        try await InventoryFixture.run { fixture in
            let text = """
                name,class,depends_on,runs_on
                db,server,,
                shop,application,db nosuch,db
                web,server,nosuch,nowhere
                """
            let answer = try await fixture.call(
                "ci.import", ["text": .string(text), "mode": "rows"])
            #expect(counts(answer) == [3, 0, 0])
            #expect(counts(answer, "relation") == [1, 0, 0])
            #expect(answer["rejected"] == 2)
            #expect(
                answer["mistakes"]?.array?.map { $0["path"] } == [
                    "line 3: depends_on", "line 4: depends_on", "line 4: runs_on",
                ])
            #expect(try await fixture.names("ci.list") == ["db", "shop", "web"])
            let error = await fixture.refusal("ci.import", ["text": .string(text)])
            #expect(error?.fields.count == 3)
            #expect(error?.message == "Nothing was imported: 2 lines are wrong.")
        }
    }

    @Test func `A relation that is no list leaves out itself, and not the record`() async throws {
        try await InventoryFixture.run { fixture in
            let text = """
                {"name": "db", "class": "server"}
                {"name": "shop", "class": "application", "depends_on": "db", "runs_on": ["db"]}
                """
            let answer = try await fixture.call(
                "ci.import", ["text": .string(text), "mode": "rows"])
            #expect(counts(answer) == [2, 0, 0])
            #expect(counts(answer, "relation") == [1, 0, 0])
            #expect(answer["rejected"] == 1)
            #expect(
                answer["mistakes"]?.array?.map { $0["path"] } == ["line 2: depends_on"])
            let error = await fixture.refusal("ci.import", ["text": .string(text)])
            #expect(error?.fields.map(\.path) == ["line 2: depends_on"])
        }
    }

    @Test func `JSON lines bring items as ci.create takes them`() async throws {
        try await InventoryFixture.run { fixture in
            try await fixture.call("team.create", ["name": "Network"])
            let text = """
                {"name": "sw1", "class": "switch", "owner": "Network", "fields": {"ports": 48}}
                {"name": "sw2", "class": "switch", "discovered_by": "snmp", "external_key": "2"}
                """
            #expect(counts(try await take(fixture, text)) == [2, 0, 0])
            #expect(try await fixture.call("ci.get", ["ci": "sw1"])["owner"] == "team:1")
            #expect(try await fixture.call("ci.get", ["ci": "sw2"])["discovered_by"] == "snmp")
            let wrong = await fixture.refusal(
                "ci.import", ["text": #"{"name": "x", "class": "y", "colour": 1}"#])
            #expect(wrong?.fields.first?.path == "line 1: colour")
        }
    }

    @Test func `People come in by their addresses`() async throws {
        try await InventoryFixture.run { fixture in
            let text = "name;email;phone\nAna Sousa;ana@example.org;1\nBo;bo@example.org;2\n"
            let first = try await fixture.call("person.import", ["text": .string(text)])
            #expect(counts(first, "person") == [2, 0, 0])
            let second = try await fixture.call(
                "person.import", ["text": "email,phone\nana@example.org,9"])
            #expect(counts(second, "person") == [0, 1, 0])
            #expect(try await fixture.call("person.get", ["person": "Ana Sousa"])["phone"] == "9")
            let error = await fixture.refusal("person.import", ["text": "name\nNobody"])
            #expect(error?.fields.map(\.path) == ["line 2: email"])
        }
    }

    @Test func `The report is cut at its limit, and the limit of a file is a setting`() async throws
    {
        try await InventoryFixture.run(["max_import_records": 3]) { fixture in
            let lines = (1...3).map { "n\($0),server" }.joined(separator: "\n")
            let answer = try await fixture.call(
                "ci.import", ["text": .string("name,class\n\(lines)"), "limit": 1])
            #expect(answer["changes"]?.array?.count == 1)
            #expect(answer["more_changes"] == 2)
            let error = await fixture.refusal(
                "ci.import", ["text": .string("name,class\n\(lines)\nn4,server")])
            #expect(error?.fields.map(\.path) == ["text"])
        }
    }

    @Test func `A line that was refused is no reason to refuse the next one`() async throws {
        try await InventoryFixture.run { fixture in
            try await fixture.item("web1")
            let answer = try await fixture.call(
                "ci.import",
                [
                    "text": "name,class,criticality\nweb1,server,9\nweb1,server,2\nweb1,server,3\n",
                    "mode": "rows",
                ])
            #expect(answer["rejected"] == 2)
            #expect(counts(answer) == [0, 1, 0])
            #expect(
                answer["mistakes"]?.array?.map { $0["path"] } == ["line 2: criticality", "line 4"])
            #expect(try await fixture.call("ci.get", ["ci": "web1"])["criticality"] == 2)
        }
    }
}
