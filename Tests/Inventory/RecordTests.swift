import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsInventory

/// Records of all kinds: they come, change and go by the same rules.
@Suite struct RecordTests {
    @Test func `An item is created with all that is said of it, and names what it refers to`()
        async throws
    {
        try await InventoryFixture.run { fixture in
            try await fixture.call("team.create", ["name": "Network", "email": "net@example.org"])
            try await fixture.call("location.create", ["name": "Ulm"])
            try await fixture.call("service.create", ["name": "shop"])
            let item = try await fixture.item(
                "web1", "server",
                [
                    "owner": "Network", "location": "location:1", "service": "shop",
                    "environment": "production", "criticality": 2,
                    "fields": ["ram_gb": 64, "vendor": "Dell", "leased": false],
                    "description": "front end",
                ])
            #expect(item["ref"] == "ci:1")
            #expect(item["status"] == "live")
            #expect(item["owner"] == "team:1")
            #expect(item["owner_name"] == "Network")
            #expect(item["location_name"] == "Ulm")
            #expect(item["service_name"] == "shop")
            #expect(item["fields"] == ["ram_gb": 64, "vendor": "Dell", "leased": false])
            #expect(item["generation"] == 1)
            #expect(try await fixture.call("ci.get", ["ci": "web1"]) == item)
            #expect(try await fixture.call("ci.get", ["ci": "ci:1"]) == item)
            let event = try await fixture.events("ci.created").first
            #expect(
                event?.data
                    == ["ci": "ci:1", "name": "web1", "class": "server", "status": "live"])
        }
    }

    @Test func `What is wrong is said with the path of every member`() async throws {
        try await InventoryFixture.run { fixture in
            var bad: JSON.Object = [
                "name": "", "status": "broken", "criticality": 5, "fields": ["disks": [1]],
            ]
            let error = await fixture.refusal("ci.create", .object(bad))
            #expect(error?.kind == "invalid_params")
            let wrong = Set((error?.fields ?? []).map(\.path))
            #expect(wrong.isSuperset(of: ["name", "class", "criticality"]), "\(wrong)")
            bad["colour"] = "red"
            let unknown = await fixture.refusal("ci.create", .object(bad))
            #expect(unknown?.fields.map(\.path) == ["colour"])
            for (path, members) in [
                ("owner", ["owner": "nobody"]), ("location", ["location": "location:9"]),
                ("fields.disks", ["fields": ["disks": [1]]]), ("status", ["status": "broken"]),
                ("class", ["class": "Server"]), ("name", ["name": "ci:7"]),
                ("name", ["name": " x"]),
            ] as [(String, JSON.Object)] {
                var given: JSON.Object = ["name": "x", "class": "server"]
                for (key, value) in members { given[key] = value }
                let error = await fixture.refusal("ci.create", .object(given))
                #expect(error?.fields.first?.path == path, "\(members)")
            }
            let count = try await fixture.count("inventory_ci")
            #expect(count == 0)
        }
    }

    @Test func `A name is unique within its class, and named with it where it is not alone`()
        async throws
    {
        try await InventoryFixture.run { fixture in
            try await fixture.item("core", "router")
            try await fixture.item("core", "rack")
            let twice = await fixture.refusal("ci.create", ["name": "core", "class": "rack"])
            #expect(twice?.kind == "conflict")
            #expect(twice?.message.contains("ci:2") == true)
            let error = await fixture.refusal("ci.get", ["ci": "core"])
            #expect(error?.kind == "conflict")
            #expect(error?.message.contains("ci:1, ci:2") == true)
            #expect(try await fixture.call("ci.get", ["ci": "rack/core"])["ref"] == "ci:2")
            let renamed = await fixture.refusal("ci.update", ["ci": "ci:1", "class": "rack"])
            #expect(renamed?.kind == "conflict")
        }
    }

    @Test func `A change raises the generation, keeps the rest and is audited with both states`()
        async throws
    {
        try await InventoryFixture.run { fixture in
            try await fixture.call("team.create", ["name": "Network"])
            try await fixture.item("web1", "server", ["owner": "Network", "criticality": 1])
            let changed = try await fixture.call(
                "ci.update", ["ci": "web1", "status": "retired", "generation": 1])
            #expect(changed["status"] == "retired")
            #expect(changed["owner_name"] == "Network")
            #expect(changed["generation"] == 2)
            let stale = await fixture.refusal(
                "ci.update", ["ci": "web1", "status": "live", "generation": 1])
            #expect(stale?.kind == "stale_generation")
            let bare = try await fixture.call(
                "ci.update", ["ci": "web1", "owner": nil, "criticality": nil, "status": nil])
            #expect(bare["owner"] == nil)
            #expect(bare["criticality"] == nil)
            #expect(bare["status"] == "live")
            let same = try await fixture.call("ci.update", ["ci": "web1", "status": "live"])
            #expect(same["generation"] == 3)
            let audit = try await fixture.audited("ci.updated")
            #expect(audit.count == 2)
            #expect(audit[0].before?["status"] == "live")
            #expect(audit[0].after?["status"] == "retired")
        }
    }

    @Test func `A dry run answers like the call and leaves nothing`() async throws {
        try await InventoryFixture.run { fixture in
            let made = try await fixture.rehearse(
                "ci.create", ["name": "web1", "class": "server"])
            #expect(made["ref"] == "ci:1")
            #expect(try await fixture.count("inventory_ci") == 0)
            try await fixture.item("web1")
            let changed = try await fixture.rehearse("ci.update", ["ci": "web1", "name": "web2"])
            #expect(changed["name"] == "web2")
            _ = try await fixture.rehearse("ci.delete", ["ci": "web1"])
            #expect(try await fixture.names("ci.list") == ["web1"])
            #expect(try await fixture.events("ci.updated").isEmpty)
        }
    }

    @Test func `What others use is not deleted, and the refusal says who uses it`() async throws {
        try await InventoryFixture.run { fixture in
            try await fixture.call("team.create", ["name": "Network"])
            try await fixture.call("person.create", ["name": "Ana", "team": "Network"])
            try await fixture.item("web1", "server", ["owner": "Network"])
            try await fixture.item("db1")
            try await fixture.relate("web1", ["db1"])
            let team = await fixture.refusal("team.delete", ["team": "Network"])
            #expect(team?.kind == "conflict")
            #expect(team?.message.contains("ci:1 web1, person:1 Ana") == true)
            let item = await fixture.refusal("ci.delete", ["ci": "db1"])
            #expect(item?.message.contains("ci:1 web1 (depends_on)") == true)
            let stale = await fixture.refusal("ci.delete", ["ci": "web1", "generation": 7])
            #expect(stale?.kind == "stale_generation")
            try await fixture.call("ci.delete", ["ci": "web1"])
            #expect(try await fixture.count("inventory_relation") == 0)
            #expect(try await fixture.events("ci.unrelated").count == 1)
            try await fixture.call("ci.delete", ["ci": "db1"])
            try await fixture.call("person.delete", ["person": "Ana"])
            try await fixture.call("team.delete", ["team": "Network"])
            let gone = await fixture.refusal("team.get", ["team": "Network"])
            #expect(gone?.kind == "not_found")
        }
    }

    @Test func `Nothing lies inside itself, however deep`() async throws {
        try await InventoryFixture.run { fixture in
            try await fixture.call("location.create", ["name": "0"])
            for depth in 1...200 {
                try await fixture.call(
                    "location.create",
                    ["name": .string("\(depth)"), "parent": .string("\(depth - 1)")])
            }
            for parent in ["0", "200"] {
                let error = await fixture.refusal(
                    "location.update", ["location": "0", "parent": .string(parent)])
                #expect(error?.fields.map(\.path) == ["parent"])
            }
            #expect(
                try await fixture.names("location.list", ["parent": "100"]) == ["101"])
            try await fixture.call("service.create", ["name": "shop"])
            try await fixture.call("service.create", ["name": "cart", "parent": "shop"])
            let service = await fixture.refusal(
                "service.update", ["service": "shop", "parent": "cart"])
            #expect(service?.fields.map(\.path) == ["parent"])
        }
    }

    @Test func `A person is found by address, and two may have the same name`() async throws {
        try await InventoryFixture.run { fixture in
            for address in ["ana@example.org", "a.sousa@example.org"] {
                try await fixture.call(
                    "person.create",
                    [
                        "name": "Ana Sousa", "email": .string(address), "phone": "+351 1234",
                        "time_zone": "Europe/Lisbon", "away_from": "2026-08-01T00:00:00+02:00",
                        "away_until": "2026-08-15T00:00:00Z",
                    ])
            }
            let person = try await fixture.call("person.get", ["person": "a.sousa@example.org"])
            #expect(person["ref"] == "person:2")
            #expect(person["away_from"] == "2026-07-31T22:00:00.000Z")
            #expect(
                await fixture.refusal("person.get", ["person": "Ana Sousa"])?.kind == "conflict")
            let twice = await fixture.refusal(
                "person.create", ["name": "Other", "email": "ana@example.org"])
            #expect(twice?.kind == "conflict")
            let wrong = await fixture.refusal(
                "person.create", ["name": "x", "email": "nobody", "time_zone": "Mars/Olympus"])
            let paths = Set((wrong?.fields ?? []).map(\.path))
            #expect(paths == ["email", "time_zone"])
        }
    }

    @Test func `A list is filtered, sorted and paged`() async throws {
        try await InventoryFixture.run { fixture in
            try await fixture.call("team.create", ["name": "Network"])
            for number in 1...25 {
                try await fixture.item(
                    "n\(100 + number)", number % 2 == 0 ? "server" : "switch",
                    [
                        "environment": number % 3 == 0 ? "test" : "production",
                        "criticality": number % 5 == 0 ? 1 : nil,
                        "owner": number % 7 == 0 ? "Network" : nil,
                    ])
            }
            var names: [String] = []
            var cursor: JSON?
            repeat {
                var params: JSON.Object = ["limit": 4, "class": "server", "sort": "criticality"]
                params["cursor"] = cursor
                let page = try await fixture.call("ci.list", .object(params))
                names += (page["items"]?.array ?? []).compactMap { $0["name"]?.string }
                cursor = page["next_cursor"]
            } while cursor != nil
            #expect(names.count == 12)
            #expect(names.prefix(3) == ["n110", "n120", "n102"])
            #expect(Set(names).count == 12)
            #expect(try await fixture.names("ci.list", ["owner": "Network"]).count == 3)
            #expect(
                try await fixture.names("ci.list", ["name": "n10", "environment": "test"])
                    == ["n103", "n106", "n109"])
            #expect(try await fixture.names("ci.list", ["criticality": 1]).count == 5)
            try await fixture.call("ci.update", ["ci": "n105", "description": "touched"])
            #expect(
                try await fixture.names("ci.list", ["sort": "updated", "limit": 1]).count == 1)
            #expect(
                try await fixture.names("ci.list", ["sort": "class", "limit": 2])
                    == ["n102", "n104"])
            #expect(try await fixture.names("ci.list", ["status": "retired"]).isEmpty)
            let place = await fixture.refusal("ci.list", ["cursor": "7"])
            #expect(place?.fields.map(\.path) == ["cursor"])
            let owner = await fixture.refusal("ci.list", ["owner": "nobody"])
            #expect(owner?.kind == "not_found")
        }
    }

    @Test func `Records are found by full-text search, as they are now`() async throws {
        try await InventoryFixture.run { fixture in
            try await fixture.item(
                "web1", "server", ["fields": ["serial": "XK77"], "description": "front end"])
            func found(_ text: String) async throws -> Int {
                (try await fixture.call("search.query", ["text": .string(text)])["items"]?.array
                    ?? []).count
            }
            #expect(try await found("front end") == 1)
            #expect(try await found("xk77") == 1)
            try await fixture.call("ci.update", ["ci": "web1", "fields": [:]])
            #expect(try await found("xk77") == 0)
            try await fixture.call("ci.delete", ["ci": "web1"])
            #expect(try await found("web1") == 0)
        }
    }
}
