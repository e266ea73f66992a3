import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// The vectors of the reference, played with tickets.
@Suite struct ClockVectorTests {
    /// What is done to a ticket, and when it is due by that.
    struct Vector: CustomTestStringConvertible, Sendable {
        enum Act: Sendable {
            case hold, resolve, goOn
            /// Two hours instead of eight.
            case hurry
        }

        var id: String
        var start: String
        var hours: Int
        var acts: [(String, Act)]
        var due: String
        var testDescription: String { id }
    }

    static let vectors = [
        Vector(
            id: "P1", start: "05 10:00", hours: 4,
            acts: [("05 11:00", .hold), ("05 15:00", .goOn)], due: "06 10:00"),
        Vector(
            id: "P2", start: "05 14:00", hours: 4,
            acts: [("05 16:00", .hold), ("06 10:00", .goOn)], due: "06 12:00"),
        Vector(
            id: "P3", start: "05 14:00", hours: 4,
            acts: [("05 18:00", .hold), ("06 08:00", .goOn)], due: "06 10:00"),
        Vector(
            id: "P4", start: "05 09:00", hours: 8,
            acts: [("05 10:00", .hold), ("05 15:00", .goOn), ("05 15:00", .hurry)],
            due: "05 16:00"),
        Vector(
            id: "P5", start: "05 09:00", hours: 8,
            acts: [("05 12:00", .hold), ("05 15:00", .goOn), ("05 15:00", .hurry)],
            due: "05 15:00"),
        Vector(
            id: "P6", start: "05 09:00", hours: 8,
            acts: [("05 15:00", .resolve), ("07 09:30", .goOn)], due: "07 11:30"),
        Vector(
            id: "P7", start: "05 09:00", hours: 8,
            acts: [
                ("05 10:00", .hold), ("05 12:00", .goOn), ("05 13:00", .hold), ("06 09:00", .goOn),
            ], due: "06 15:00"),
        Vector(
            id: "P8", start: "05 09:00", hours: 8,
            acts: [("05 10:00", .hold), ("05 10:00", .goOn)], due: "05 17:00"),
    ]

    private func play(
        _ vector: Vector, _ body: (TicketingFixture, String) async throws -> Void
    ) async throws {
        try await TicketingFixture.onMonday { fixture in
            try await fixture.berlin()
            try await fixture.sla(
                "gold",
                [
                    SLAHours.target("resolution", hours: vector.hours),
                    SLAHours.target("resolution", hours: 2, priority: 1),
                ])
            try await fixture.pass(to: vector.start)
            let key = try await fixture.open("x")
            for (time, act) in vector.acts {
                try await fixture.pass(to: time)
                switch act {
                case .hold: try await fixture.hold(key)
                case .resolve: try await fixture.resolve(key, "done")
                case .goOn:
                    #expect(try await fixture.clock(key, "resolution")?["state"] == "paused")
                    try await fixture.move(key, "in_progress")
                case .hurry:
                    try await fixture.call(
                        "ticket.update",
                        ["ticket": .string(key), "priority": 1, "priority_reason": "vip"])
                }
            }
            let clock = try await fixture.clock(key, "resolution")
            #expect(clock?["due_at"] == (try berlin(vector.due)))
            #expect(clock?["state"] == "running")
            try await body(fixture, key)
        }
    }

    @Test(arguments: vectors)
    func `What is solved when the reference says it is due is in time`(vector: Vector) async throws
    {
        try await play(vector) { fixture, key in
            try await fixture.pass(to: vector.due)
            try await fixture.resolve(key, "done")
            try await fixture.move(key, "closed")
            let clock = try await fixture.clock(key, "resolution")
            #expect(clock?["state"] == "met")
            #expect(clock?["breached_at"] == nil)
            #expect(try await fixture.events("sla.breached").isEmpty)
        }
    }

    @Test(arguments: vectors)
    func `What is open a moment later is breached, as of when it was due`(
        vector: Vector
    ) async throws {
        try await play(vector) { fixture, key in
            try await fixture.pass(to: vector.due)
            #expect(try await fixture.events("sla.breached").isEmpty)
            await fixture.pass(.milliseconds(1))
            let clock = try await fixture.clock(key, "resolution")
            #expect(clock?["state"] == "breached")
            #expect(clock?["breached_at"] == (try berlin(vector.due)))
            #expect(try await fixture.events("sla.breached").count == 1)
        }
    }
}
