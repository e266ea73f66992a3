import OpsJSONRPC
import Testing

@testable import OpsCore

@Suite struct LinkMethodsTests {
    private static let edge: JSON = ["from": "ci:1", "relation": "depends_on", "to": "ci:2"]

    @Test func `a link is made, shown from both ends and taken away`() async throws {
        try await PlatformFixture().run("plain") { platform in
            let made = try await platform.call("link.create", Self.edge)
            #expect(made["at"] == "2026-01-01T00:00:00.000Z")
            for end in ["ci:1", "ci:2"] {
                let links = try await platform.call("link.list", ["ref": .string(end)])["items"]
                #expect(links?[0]?["relation"] == "depends_on")
            }
            #expect(try await platform.call("link.delete", Self.edge) == made)
            #expect(try await platform.call("link.list", ["ref": "ci:1"])["items"] == [])
        }
    }

    @Test func `making a link twice changes and announces nothing the second time`() async throws {
        try await PlatformFixture().run("plain") { platform in
            let first = try await platform.call("link.create", Self.edge)
            #expect(try await platform.call("link.create", Self.edge) == first)
            let events = try await platform.call("event.read", ["topics": ["link.*"]])["items"]
            #expect(events?.array?.map { $0["topic"] } == ["link.created"])
            let rows = try await platform.call("audit.list", ["ref": "ci:1"])["items"]
            #expect(rows?.array?.map { $0["action"] } == ["link.create"])
        }
    }

    @Test func `a link that is not there can't be taken away`() async throws {
        try await PlatformFixture().run("plain") { platform in
            let error = await #expect(throws: RPCError.self) {
                try await platform.call("link.delete", Self.edge)
            }
            #expect(error?.kind == "not_found")
        }
    }

    @Test(arguments: ["", "Depends", "depends on", "1st", String(repeating: "a", count: 65)])
    func `a relation that is no word is refused by name`(relation: String) async throws {
        try await PlatformFixture().run("plain") { platform in
            let error = await #expect(throws: RPCError.self) {
                try await platform.call(
                    "link.create",
                    ["from": "ci:1", "relation": .string(relation), "to": "ci:2"])
            }
            #expect(error?.fields.map(\.path) == ["relation"])
        }
    }
}
