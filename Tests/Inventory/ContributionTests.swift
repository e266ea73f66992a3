import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsInventory

/// What the inventory says about items on pages of others.
@Suite struct InventoryContributionTests {
    private func page(
        _ inventory: InventoryFixture, _ refs: JSON
    ) async throws -> [Contribution] {
        try await inventory.call("record.context", ["refs": refs]).decode(Contributions.self).items
    }

    @Test func `an item is shown with its service, its owner and its place`() async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.call(
                "team.create", ["name": "Network", "email": "net@example.org"])
            try await inventory.call("location.create", ["name": "Ulm"])
            try await inventory.call("service.create", ["name": "shop", "criticality": 1])
            let item = try await inventory.item(
                "web1", "server",
                [
                    "owner": "Network", "service": "shop", "location": "Ulm",
                    "environment": "production", "description": "The front.",
                ])
            let said = try await page(inventory, [item["ref"] ?? .null])
            #expect(said.map(\.section) == ["inventory", "service", "owner", "impact"])
            #expect(said[0].title == "web1 (server, production, live)")
            #expect(
                said[0].lines.map(\.text) == [
                    "The front.", "service: shop", "owner: Network", "location: Ulm",
                ])
            #expect(said[0].lines.dropFirst().allSatisfy { $0.data.isEmpty })
            #expect(said[0].lines.map { $0.ref?.noun } == ["ci", "service", "team", "location"])
            #expect(said[0].lines[0].data["environment"] == "production")
            #expect(said[1].title == "shop (live, criticality 1)")
            #expect(said[2].title == "Network <net@example.org>")
            #expect(said[2].lines[0].data["email"] == "net@example.org")
            #expect(said[3].title == "1 service affected when web1 fails")
        }
    }

    @Test func `what stands on an item is named, the nearest first`() async throws {
        try await InventoryFixture.run { inventory in
            for name in ["disk", "vm", "app", "spare"] { try await inventory.item(name) }
            try await inventory.relate("vm", ["disk"])
            try await inventory.relate("app", ["vm"])
            try await inventory.relate("spare", ["disk", "vm"], group: "any", minUp: 1)
            let said = try await page(inventory, ["ci:1"])
            let impact = try #require(said.last)
            // The spare stands on the disk or the machine, and both fail.
            #expect(impact.title == "3 items affected when disk fails")
            #expect(impact.lines.first?.text == "vm (server)")
            #expect(impact.lines.count == 3 && impact.more == 0)
            let alone = try await page(inventory, ["ci:2"])
            #expect(
                alone.last?.title
                    == "1 item affected when vm fails; 1 group would carry on with less")
        }
    }

    @Test func `many are counted and not named`() async throws {
        try await InventoryFixture.run { inventory in
            try await inventory.item("root")
            for number in 1...25 {
                try await inventory.item("n\(number)")
                try await inventory.relate("n\(number)", ["root"])
            }
            let impact = try #require(try await page(inventory, ["ci:1"]).last)
            #expect(impact.title == "25 items affected when root fails")
            #expect(impact.lines.count == 20 && impact.more == 5)
        }
    }

    @Test func `nothing is said about what is not there`() async throws {
        try await InventoryFixture.run { inventory in
            let said = try await page(inventory, ["ci:7", "ci:x", "vendor:1"])
            #expect(said == [])
        }
    }
}
