import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsInventory

/// What the plugin says about itself.
@Suite struct InventoryPluginTests {
    @Test func `The plugin owns its nouns, and announces facts about them only`() {
        let owned: Set = ["ci", "location", "person", "service", "team"]
        let manifest = InventoryPlugin.manifest
        for name in manifest.methods.map(\.name) + manifest.events.map(\.topic) {
            let noun = name.split(separator: ".").first.map(String.init) ?? ""
            #expect(owned.contains(noun), "\(name)")
        }
    }

    @Test(arguments: ["ci", "service", "team", "person", "location"])
    func `Every kind has its five methods and its three events`(noun: String) {
        let manifest = InventoryPlugin.manifest
        let effects = Dictionary(
            uniqueKeysWithValues: manifest.methods.map { ($0.name, $0.effect) })
        #expect(effects["\(noun).create"] == .write)
        #expect(effects["\(noun).get"] == .read)
        #expect(effects["\(noun).list"] == .read)
        #expect(effects["\(noun).update"] == .write)
        #expect(effects["\(noun).delete"] == .destroy)
        for fact in ["created", "updated", "deleted"] {
            #expect(manifest.events.contains { $0.topic == "\(noun).\(fact)" }, "\(fact)")
        }
    }

    @Test func `Every column of a kind is a member that a caller may give`() {
        for kind in RecordKinds.all {
            #expect(
                Set(kind.columns.map(\.member)) == Set(kind.fields.map(\.name)), "\(kind.noun)")
            for column in kind.columns {
                if let noun = column.noun { #expect(RecordKinds.kind(noun) != nil, "\(noun)") }
            }
        }
    }

    @Test func `The plugin starts again on what it left`() async throws {
        try await InventoryFixture.run { fixture in
            try await fixture.item("web1")
            try await fixture.restart { again in
                let names = try await again.names("ci.list")
                #expect(names == ["web1"])
            }
        }
    }
}
