import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// What the plugin says about itself.
@Suite struct TicketingPluginTests {
    @Test func `The plugin starts again on what it left`() async throws {
        try await TicketingFixture.run { fixture in
            let key = try await fixture.open("web1 is down")
            let before = try await fixture.ticket(key)
            try await fixture.restart { again in
                let after = try await again.ticket(key)
                #expect(after == before)
                let next = try await again.open("another")
                #expect(next == "INC-2")
            }
        }
    }

    @Test func `Each kind counts for itself`() async throws {
        try await TicketingFixture.run { fixture in
            let kinds = ["incident", "request", "incident", "problem", "request"]
            var keys: [String] = []
            for kind in kinds {
                keys.append(try await fixture.open(kind, ["kind": .string(kind)]))
            }
            #expect(keys == ["INC-1", "REQ-1", "INC-2", "PRB-1", "REQ-2"])
        }
    }

    @Test func `Another matrix is taken over by a reload, and bad ones are named by their cell`()
        async throws
    {
        func matrix(_ rows: JSON) -> Configuration {
            Configuration(plugins: [
                PluginConfiguration(name: "ticketing", config: ["priority_matrix": rows])
            ])
        }
        try await TicketingFixture.run { fixture in
            let first = try await fixture.open("x")
            #expect(try await fixture.ticket(first)["priority"] == 5)
            _ = try await fixture.platform.reload(matrix([[1, 1, 1], [1, 1, 1], [1, 1, 2]]))
            let second = try await fixture.open("y")
            #expect(try await fixture.ticket(second)["priority"] == 2)
            // A ticket keeps what it has until it is changed.
            #expect(try await fixture.ticket(first)["priority"] == 5)
            try await fixture.call("ticket.update", ["ticket": .string(first), "title": "z"])
            #expect(try await fixture.ticket(first)["priority"] == 2)
            let error = await #expect(throws: PluginError.self) {
                try await fixture.platform.reload(matrix([[1, 2, 3], [2, 3, 4], [3, 4, 6]]))
            }
            #expect(error?.message.contains("priority_matrix[2][2] must be 1 to 5, not 6") == true)
            let third = try await fixture.open("still as before")
            #expect(try await fixture.ticket(third)["priority"] == 2)
        }
        let error = await #expect(throws: PluginError.self) {
            try await TicketingFixture.run(["priority_matrix": [[1]]]) { _ in }
        }
        #expect(error?.message.contains("priority_matrix must have three rows") == true)
    }
}
