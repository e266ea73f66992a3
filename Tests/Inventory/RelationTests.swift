import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsInventory

/// Relations come, change and go.
@Suite struct RelationTests {
    @Test func `Relations are told once, and again changes nothing`() async throws {
        try await InventoryFixture.run { fixture in
            for name in ["vm", "hv1", "hv2"] { try await fixture.item(name) }
            try await fixture.relate("vm", ["hv1", "hv2"], rel: "runs_on")
            try await fixture.relate("vm", ["hv1"], rel: "runs_on")
            #expect(try await fixture.events("ci.related").count == 1)
            let list = try await fixture.call("ci.relations", ["ci": "vm"])
            #expect(list["items"]?.array?.count == 2)
            #expect(list["items"]?[0]?["from_name"] == "vm")
            #expect(list["items"]?[0]?["rel"] == "runs_on")
            #expect(list["items"]?[0]?["group"] == nil)
            let event = try await fixture.events("ci.related").first
            #expect(event?.data["to"] == ["ci:2", "ci:3"])
        }
    }

    @Test func `One number holds for a group, and who joins it takes it over`() async throws {
        try await InventoryFixture.run { fixture in
            for name in ["vm", "hv1", "hv2", "hv3"] { try await fixture.item(name) }
            try await fixture.relate("vm", ["hv1"], group: "hv", minUp: 1)
            try await fixture.relate("vm", ["hv2", "hv3"], group: "hv")
            func numbers() async throws -> [JSON?] {
                try await fixture.call("ci.relations", ["ci": "vm"])["items"]?.array?
                    .map { $0["min_up"] } ?? []
            }
            #expect(try await numbers() == [1, 1, 1])
            try await fixture.relate("vm", ["hv3"], group: "hv", minUp: 2)
            #expect(try await numbers() == [2, 2, 2])
            let audit = try await fixture.audited("ci.related")
            #expect(audit.count == 3)
        }
    }

    @Test func `Relations that cannot be are refused by member`() async throws {
        try await InventoryFixture.run { fixture in
            try await fixture.item("a")
            try await fixture.item("b")
            for (path, params) in [
                ("to", ["ci": "a", "to": ["a"]]), ("to", ["ci": "a", "to": []]),
                ("min_up", ["ci": "a", "to": ["b"], "min_up": 1]),
                ("min_up", ["ci": "a", "to": ["b"], "group": "g", "min_up": 0]),
                ("rel", ["ci": "a", "to": ["b"], "rel": "likes"]),
            ] as [(String, JSON)] {
                let error = await fixture.refusal("ci.relate", params)
                #expect(error?.fields.map(\.path) == [path], "\(params)")
            }
            let unknown = await fixture.refusal("ci.relate", ["ci": "a", "to": ["c"]])
            #expect(unknown?.kind == "not_found")
            #expect(try await fixture.count("inventory_relation") == 0)
        }
    }

    @Test func `Relations are taken away one type at a time, or all`() async throws {
        try await InventoryFixture.run { fixture in
            for name in ["a", "b", "c"] { try await fixture.item(name) }
            try await fixture.relate("a", ["b", "c"])
            try await fixture.relate("a", ["b"], rel: "backed_up_by")
            let one = try await fixture.call(
                "ci.unrelate", ["ci": "a", "to": ["b"], "rel": "backed_up_by"])
            #expect(one["removed"] == 1)
            let none = try await fixture.rehearse("ci.unrelate", ["ci": "a", "to": ["b", "c"]])
            #expect(none["removed"] == 2)
            #expect(try await fixture.count("inventory_relation") == 2)
            try await fixture.call("ci.unrelate", ["ci": "a", "to": ["b", "c"]])
            #expect(try await fixture.count("inventory_relation") == 0)
            #expect(
                try await fixture.call("ci.unrelate", ["ci": "a", "to": ["b"]])["removed"] == 0)
        }
    }

    @Test func `A list of relations goes one way or both, page by page`() async throws {
        try await InventoryFixture.run { fixture in
            for name in ["a", "b", "c", "d"] { try await fixture.item(name) }
            try await fixture.relate("a", ["b", "c", "d"])
            try await fixture.relate("b", ["c"], rel: "connected_to")
            func pairs(_ params: JSON) async throws -> [String] {
                (try await fixture.call("ci.relations", params)["items"]?.array ?? []).map {
                    "\($0["from_name"]?.string ?? "")>\($0["to_name"]?.string ?? "")"
                }
            }
            #expect(try await pairs(["ci": "b"]) == ["a>b", "b>c"])
            #expect(try await pairs(["ci": "b", "direction": "out"]) == ["b>c"])
            #expect(try await pairs(["ci": "b", "direction": "in"]) == ["a>b"])
            #expect(try await pairs(["rel": "connected_to"]) == ["b>c"])
            let first = try await fixture.call("ci.relations", ["limit": 3])
            let cursor = try #require(first["next_cursor"])
            #expect(try await pairs(["cursor": cursor, "limit": 3]) == ["b>c"])
            let wrong = await fixture.refusal("ci.relations", ["cursor": "x"])
            #expect(wrong?.fields.map(\.path) == ["cursor"])
        }
    }
}
