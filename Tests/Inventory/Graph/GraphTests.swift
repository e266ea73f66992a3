import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsInventory

/// Questions about the graph, through the store.
@Suite struct GraphTests {
    /// A shop: a virtual machine on two of three hypervisors, a database, a switch.
    private func shop(_ fixture: InventoryFixture) async throws {
        for name in ["hv1", "hv2", "hv3"] { try await fixture.item(name, "hypervisor") }
        try await fixture.call("service.create", ["name": "sales"])
        try await fixture.call("service.create", ["name": "shop", "parent": "sales"])
        try await fixture.item("vm", "vm")
        try await fixture.item("app", "application", ["service": "shop"])
        try await fixture.item("sw", "switch")
        try await fixture.relate(
            "vm", ["hv1", "hv2", "hv3"], rel: "runs_on", group: "hv", minUp: 2)
        try await fixture.relate("app", ["vm"], rel: "runs_on")
        try await fixture.relate("hv1", ["sw"], rel: "connected_to")
        try await fixture.relate("vm", ["sw"], rel: "backed_up_by")
    }

    @Test func `One hypervisor down affects nothing, two affect everything above`() async throws {
        try await InventoryFixture.run { fixture in
            try await shop(fixture)
            #expect(try await fixture.affected(["hv1"]) == [])
            let one = try await fixture.call("ci.impact", ["ci": ["hv1"]])
            #expect(one["item_count"] == 0)
            #expect(one["weakened"]?[0]?["name"] == "vm")
            #expect(one["weakened"]?[0]?["left"] == 2)
            #expect(one["weakened"]?[0]?["min_up"] == 2)
            #expect(try await fixture.affected(["hv1", "hv2"]) == ["vm", "app", "shop", "sales"])
            let two = try await fixture.call("ci.impact", ["ci": ["hv1", "hv2"]])
            #expect(two["item_count"] == 2)
            #expect(two["service_count"] == 2)
            #expect(two["weakened"] == [])
            // The switch takes hv1 with it, and its backups stop nothing.
            #expect(try await fixture.affected(["sw"]) == ["hv1"])
            #expect(
                try await fixture.affected(["sw", "hv3"]) == ["hv1", "vm", "app", "shop", "sales"])
        }
    }

    @Test func `A service that needs some of its items goes on with them`() async throws {
        try await InventoryFixture.run { fixture in
            try await fixture.call("service.create", ["name": "mail", "min_up": 1])
            for name in ["mx1", "mx2"] {
                try await fixture.item(name, "server", ["service": "mail"])
            }
            #expect(try await fixture.affected(["mx1"]) == [])
            #expect(try await fixture.affected(["mx1", "mx2"]) == ["mail"])
            let weak = try await fixture.call("ci.impact", ["ci": ["mx1"]])["weakened"]
            #expect(weak?[0]?["ref"] == "service:1")
            try await fixture.call("service.update", ["service": "mail", "min_up": nil])
            #expect(try await fixture.affected(["mx1"]) == ["mail"])
        }
    }

    @Test func `What an item stands on is found all the way down`() async throws {
        try await InventoryFixture.run { fixture in
            try await shop(fixture)
            let graph = try await fixture.call("ci.depends", ["ci": ["app"]])
            let names = (graph["items"]?.array ?? []).compactMap { $0["name"]?.string }
            #expect(names == ["app", "vm", "hv1", "hv2", "hv3", "sw"])
            #expect(graph["items"]?[5]?["via"] == "ci:1")
            #expect(graph["items"]?[5]?["depth"] == 3)
            #expect(graph["edges"]?.array?.count == 5)
            #expect(graph["edges"]?[1]?["group"] == "hv")
            let service = try await fixture.call("ci.depends", ["ci": ["service:1"]])
            #expect(service["item_count"] == 6)
            #expect(service["service_count"] == 1)
            let backups = try await fixture.call(
                "ci.depends", ["ci": ["vm"], "rels": ["backed_up_by"]])
            #expect(backups["item_count"] == 1)
        }
    }

    @Test func `Cycles end`() async throws {
        try await InventoryFixture.run { fixture in
            for name in ["a", "b", "c"] { try await fixture.item(name) }
            try await fixture.relate("a", ["b"])
            try await fixture.relate("b", ["c"])
            try await fixture.relate("c", ["a"])
            #expect(try await fixture.affected(["a"]) == ["c", "b"])
            #expect(try await fixture.call("ci.depends", ["ci": ["a"]])["item_count"] == 2)
        }
    }

    @Test func `The answer is cut at its limit, the counts are not`() async throws {
        try await InventoryFixture.run { fixture in
            try await fixture.item("hub")
            for number in 1...20 {
                try await fixture.item("n\(number)")
                try await fixture.relate("n\(number)", ["hub"])
            }
            let graph = try await fixture.call("ci.impact", ["ci": ["hub"], "limit": 5])
            #expect(graph["items"]?.array?.count == 5)
            #expect(graph["edges"]?.array?.count == 4)
            #expect(graph["item_count"] == 20)
            #expect(graph["more"] == 16)
        }
    }

    @Test func `Graphviz gets every name whole`() async throws {
        try await InventoryFixture.run { fixture in
            try await fixture.item(#"say "hi" \ there"#)
            try await fixture.item("b")
            try await fixture.relate("b", ["ci:1"], group: "g", minUp: 1)
            let graph = try await fixture.call(
                "ci.impact", ["ci": ["ci:1"], "format": "dot"])
            let dot = try #require(graph["dot"]?.string)
            #expect(
                dot == #"""
                    digraph impact {
                      rankdir=LR;
                      node [shape=box];
                      "ci:1" [label="say \"hi\" \\ there\nserver", style=bold];
                      "ci:2" [label="b\nserver"];
                      "ci:2" -> "ci:1" [label="depends_on\ng: 1 needed"];
                    }

                    """#)
        }
    }

    @Test func `What cannot be asked is refused by member`() async throws {
        try await InventoryFixture.run { fixture in
            try await fixture.item("a")
            #expect(
                await fixture.refusal("ci.impact", ["ci": []])?.fields.map(\.path) == ["ci"])
            #expect(
                await fixture.refusal("ci.depends", ["ci": ["a"], "rels": []])?.fields.map(\.path)
                    == ["rels"])
            #expect(await fixture.refusal("ci.impact", ["ci": ["zz"]])?.kind == "not_found")
            #expect(await fixture.refusal("ci.impact", ["ci": ["service:1"]])?.kind == "not_found")
        }
    }

    @Test func `Relations that do not count are left out where they lie, by one walk an item`()
        async throws
    {
        try await InventoryFixture.run { fixture in
            for name in ["backup", "a", "b"] { try await fixture.item(name) }
            for name in ["a", "b"] {
                try await fixture.relate(name, ["backup"], rel: "backed_up_by")
            }
            try await fixture.relate("a", ["backup"])
            let (read, plan) = try await fixture.platform.store.read { tx in
                let (start, end) = (
                    GraphReader.relations(by: "to_ci"), GraphReader.areOf(RelationType.carrying)
                )
                let query = "\(start) (?) \(end)"
                return (
                    try tx.rows(query, 1).map { try $0.text("rel") },
                    try tx.rows("EXPLAIN QUERY PLAN \(query)", 1).map { try $0.text("detail") }
                )
            }
            #expect(read == ["depends_on"])
            #expect(plan.first?.contains("inventory_relation_to (to_ci=?)") == true)
        }
    }

    @Test func `A graph of many batches is met whole, in the same order each time`() async throws {
        try await InventoryFixture.run { fixture in
            try await fixture.platform.store.write(as: .system, reason: "test") { tx in
                for id in 1...3000 {
                    try tx.execute(
                        """
                        INSERT INTO inventory_ci (id, name, class, status, environment, fields,
                            description, created_at, updated_at, generation)
                        VALUES (?, ?, 'server', 'live', '', '{}', '', 0, 0, 1)
                        """, id, "n\(id)")
                    guard id > 1 else { continue }
                    try tx.execute(
                        """
                        INSERT INTO inventory_relation (from_ci, to_ci, rel, grp, created_at)
                        VALUES (?, ?, 'depends_on', '', 0)
                        """, id, id <= 1000 ? 1 : id - 1000)
                }
            }
            let graph = try await fixture.call("ci.impact", ["ci": ["n1"], "limit": 3000])
            #expect(graph["item_count"] == 2999)
            #expect(graph["items"]?[2999]?["depth"] == 3)
            #expect(try await fixture.call("ci.impact", ["ci": ["n1"], "limit": 3000]) == graph)
        }
    }
}
