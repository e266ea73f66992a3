import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsTicketing

/// Changes as values: their states, their gate, their risk, their policy, their calendar.
@Suite struct ChangeRulesTests {
    /// Where a change goes, by its type: everything that there is, written down.
    private static let table: [ChangeType: [TicketState: [TicketState]]] = [
        .normal: [
            .new: [.assess, .cancelled], .assess: [.authorize, .new, .cancelled],
            .authorize: [.scheduled, .new, .cancelled],
            .scheduled: [.implement, .authorize, .cancelled], .implement: [.review],
            .review: [.closed],
        ],
        .standard: [
            .new: [.scheduled, .cancelled], .assess: [.authorize, .new, .cancelled],
            .authorize: [.scheduled, .new, .cancelled], .scheduled: [.implement, .cancelled],
            .implement: [.review], .review: [.closed],
        ],
        .emergency: [
            .new: [.authorize, .cancelled], .assess: [.authorize, .new, .cancelled],
            .authorize: [.scheduled, .new, .cancelled],
            .scheduled: [.implement, .authorize, .cancelled], .implement: [.review],
            .review: [.closed],
        ],
    ]

    @Test(arguments: ChangeType.allCases, TicketState.allCases)
    func `A change goes where its type says, and nowhere else`(
        type: ChangeType, state: TicketState
    ) throws {
        let legal = Self.table[type]?[state] ?? []
        #expect(ChangeRules.next(type, from: state) == legal)
        let now = try SLAHours.at("05 10:00")
        let ticket = Ticket(
            ref: Ticket.ref("CHG-1"), key: "CHG-1", kind: .change, title: "x", description: "",
            state: state, impact: 3, urgency: 3, priority: 5, labels: [:], channel: .api,
            knownError: false, reopenCount: 0, createdAt: now, updatedAt: now, generation: 1)
        for target in TicketState.allCases {
            var wish = TransitionTicket()
            (wish.ticket, wish.to) = (ticket.key, target)
            wish.resolution = target == .closed ? "done" : nil
            func move() throws(RPCError) -> Ticket {
                try TicketRules.move(ticket, wish, among: legal, at: now)
            }
            if legal.contains(target) {
                #expect(try move().state == target)
                continue
            }
            let error = #expect(throws: RPCError.self) { try move() }
            #expect(error?.kind == "illegal_transition")
            let names = legal.map(\.rawValue).joined(separator: ", ")
            #expect(
                error?.hint
                    == (legal.isEmpty ? "It is over; create a new one." : "It can become \(names).")
            )
        }
    }

    private func gate(_ type: ChangeType = .normal) throws -> ChangeGate {
        var change = Change(type: type)
        change.risk = .low
        change.windowFrom = try SLAHours.at("05 10:00")
        change.windowTo = try SLAHours.at("05 11:00")
        change.reviewDueAt = type == .emergency ? change.windowTo : nil
        change.model = type == .standard ? "reboot" : nil
        return ChangeGate(
            change: change, consenting: ["bob"], isWaiting: false, isModelActive: true,
            freezes: [], policy: try ChangePolicy([:]), now: try SLAHours.at("05 10:00"))
    }

    @Test(arguments: ChangeType.allCases)
    func `A change with all that its type asks for is scheduled`(type: ChangeType) throws {
        #expect(try gate(type).missing(to: .scheduled).isEmpty)
    }

    @Test func `What is missing is named`() throws {
        func missing(
            _ type: ChangeType = .normal, to state: TicketState = .scheduled,
            _ change: (inout ChangeGate) throws -> Void
        ) throws -> [String] {
            var gate = try gate(type)
            try change(&gate)
            return gate.missing(to: state).map(\.path)
        }
        #expect(try missing { $0.change.windowTo = nil } == ["window_from"])
        #expect(try missing { $0.consenting = [] } == ["approvals"])
        #expect(try missing { $0.isWaiting = true } == ["approvals"])
        #expect(try missing { $0.change.risk = .high } == ["approvals"])
        #expect(
            try missing {
                $0.change.risk = .high
                $0.consenting = ["bob", "eve"]
            } == [])
        #expect(try missing(.standard) { $0.consenting = [] } == [])
        #expect(try missing(.standard) { $0.isModelActive = false } == ["model"])
        #expect(try missing(.emergency) { $0.change.reviewDueAt = nil } == ["review_due_at"])
        #expect(try missing(.emergency) { $0.consenting = [] } == ["approvals"])
        #expect(try missing { $0.freezes = ["xmas"] } == ["window_from"])
        // It is begun when it was planned for: neither before nor after.
        #expect(try missing(to: .implement) { _ in } == [])
        #expect(
            try missing(to: .implement) { $0.now = try SLAHours.at("05 09:59") } == ["window_from"])
        #expect(
            try missing(to: .implement) { $0.now = try SLAHours.at("05 11:00") } == ["window_to"])
        #expect(try missing { $0.now = try SLAHours.at("05 12:00") } == [])
        #expect(try missing(to: .authorize) { $0.change.risk = nil } == ["risk"])
        #expect(try missing(.emergency, to: .authorize) { $0.change.risk = nil } == [])
        #expect(try missing(to: .review) { _ in } == ["outcome"])
        #expect(try missing(to: .review) { $0.change.outcome = .failed } == [])
        #expect(
            try missing {
                $0.policy = try ChangePolicy(["low": .init(needed: 1, of: ["eve"])])
            } == ["approvals"])
    }

    @Test func `A policy that cannot be is refused by its rule`() throws {
        for (rules, path) in [
            (["odd": ChangePolicy.Rule(needed: 1, of: [])], "change_approvals.odd"),
            (["low": ChangePolicy.Rule(needed: -1, of: [])], "change_approvals.low.needed"),
            (["low": ChangePolicy.Rule(needed: 2, of: ["a"])], "change_approvals.low.needed"),
        ] {
            let error = #expect(throws: RPCError.self) { try ChangePolicy(rules) }
            #expect(error?.fields.map(\.path) == [path])
        }
    }

    @Test func `Risk is a sum of facts, each with its reason`() {
        var facts = ChangeRisk.Facts(
            items: 1, affected: 0, changes: 4, failed: 0, conflicts: 0, freezes: 0, outage: false,
            hasBackoutPlan: true, hasTestPlan: true)
        #expect(ChangeRisk.points(facts) == [])
        #expect(ChangeRisk.risk([]) == .low)
        facts.affected = 12
        #expect(ChangeRisk.points(facts).map(\.points) == [2])
        #expect(ChangeRisk.risk(ChangeRisk.points(facts)) == .medium)
        facts.affected = nil
        #expect(ChangeRisk.points(facts).map(\.fact) == ["affected"])
        #expect(ChangeRisk.risk(ChangeRisk.points(facts)) == .low)
        facts.affected = 0
        facts.freezes = 2
        #expect(
            ChangeRisk.points(facts) == [
                .init(fact: "freezes", points: 2, reason: "its window lies in 2 freezes")
            ])
        #expect(ChangeRisk.risk(ChangeRisk.points(facts)) == .medium)
        facts.conflicts = 3
        facts.hasTestPlan = false
        #expect(
            ChangeRisk.points(facts).map { "\($0.fact) \($0.points)" }
                == ["conflicts 1", "freezes 2", "test_plan 1"])
        #expect(ChangeRisk.risk(ChangeRisk.points(facts)) == .high)
        (facts.conflicts, facts.freezes, facts.hasTestPlan) = (0, 0, true)
        facts.affected = 500
        facts.failed = 3
        facts.outage = true
        facts.hasBackoutPlan = false
        let points = ChangeRisk.points(facts)
        #expect(points.map(\.fact) == ["affected", "failed", "outage", "backout_plan"])
        #expect(points.map(\.points) == [3, 2, 1, 1])
        #expect(points[1].reason == "3 of 4 changes on the same items failed")
        #expect(ChangeRisk.risk(points) == .high)
    }

    @Test func `A calendar is what RFC 5545 says`() throws {
        let from = try SLAHours.at("05 10:00")
        let text = ChangeCalendar.ical([
            ChangeCalendar.Entry(
                kind: "change", ref: Ref("ticket", "CHG-1"), name: "CHG-1",
                title: "a; b, c\\d\nümläut " + String(repeating: "x", count: 80), from: from,
                to: from + .seconds(3600), state: .assess, type: .normal, risk: .low,
                updatedAt: from)
        ])
        let lines = text.components(separatedByCRLF: ())
        #expect(lines.first == "BEGIN:VCALENDAR")
        #expect(lines.contains("DTSTART:20260105T090000Z"))
        #expect(lines.contains("DTEND:20260105T100000Z"))
        #expect(lines.contains("UID:ticket:CHG-1@opsloop"))
        #expect(lines.contains("STATUS:TENTATIVE"))
        #expect(lines.allSatisfy { $0.utf8.count <= 75 })
        let unfolded = text.replacing("\r\n ", with: "")
        #expect(unfolded.contains("SUMMARY:CHG-1 a\\; b\\, c\\\\d\\nümläut xxx"))
        #expect(text.hasSuffix("END:VCALENDAR\r\n"))
    }
}

extension String {
    /// The lines of a text that ends each with a carriage return and a line feed.
    fileprivate func components(separatedByCRLF: ()) -> [String] {
        var lines = [""]
        for scalar in unicodeScalars where scalar != "\r" {
            if scalar == "\n" {
                lines.append("")
            } else {
                lines[lines.count - 1].unicodeScalars.append(scalar)
            }
        }
        return lines.last == "" ? lines.dropLast() : lines
    }
}
