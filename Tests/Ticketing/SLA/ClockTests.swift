import OpsJSONRPC
import Testing

@testable import OpsTicketing

/// Clocks as values, held against the vectors of the reference.
@Suite struct ClockTests {
    private static let hour = 3_600_000

    static func terms(
        hours: Int, warnPct: Int = 75, calendar: Int? = 1, generation: Int? = 1
    ) -> ClockTerms {
        ClockTerms(
            sla: 1, slaName: "gold", targetMs: hours * hour, calendar: calendar,
            calendarGeneration: generation, warnPct: warnPct, pauseOn: [.onHold, .resolved])
    }

    static func started(_ start: String, hours: Int, warnPct: Int = 75) throws -> Clock {
        Clock.started(
            .resolution, onTicket: 1, "INC-1", id: 1, terms: terms(hours: hours, warnPct: warnPct),
            at: try SLAHours.at(start), by: try SLAHours.berlin(), reason: "opened")
    }

    /// A vector: when it starts, its target, when it is held, and when it is due.
    struct Vector: CustomTestStringConvertible, Sendable {
        var id: String
        var start: String
        var hours: Int
        var holds: [(String, String)]
        var due: String
        var testDescription: String { id }
    }

    @Test(arguments: [
        Vector(
            id: "P1", start: "05 10:00", hours: 4, holds: [("05 11:00", "05 15:00")],
            due: "06 10:00"),
        Vector(
            id: "P2", start: "05 14:00", hours: 4, holds: [("05 16:00", "06 10:00")],
            due: "06 12:00"),
        Vector(
            id: "P3", start: "05 14:00", hours: 4, holds: [("05 18:00", "06 08:00")],
            due: "06 10:00"),
        Vector(
            id: "P6", start: "05 09:00", hours: 8, holds: [("05 15:00", "07 09:30")],
            due: "07 11:30"),
        Vector(
            id: "P7", start: "05 09:00", hours: 8,
            holds: [("05 10:00", "05 12:00"), ("05 13:00", "06 09:00")], due: "06 15:00"),
        Vector(
            id: "P8", start: "05 09:00", hours: 8, holds: [("05 10:00", "05 10:00")],
            due: "05 17:00"),
    ])
    func `A clock that stood still is due when the reference says`(_ vector: Vector) throws {
        let hours = try SLAHours.berlin()
        var clock = try Self.started(vector.start, hours: vector.hours)
        for (from, to) in vector.holds {
            let facts = clock.turn(
                counts: false, "on_hold", at: try SLAHours.at(from), by: hours)
            #expect(!facts.contains(.breached))
            #expect(clock.state == .paused)
            #expect(clock.dueAt == nil)
            #expect(clock.nextAt == nil)
            _ = clock.turn(counts: true, "in_progress", at: try SLAHours.at(to), by: hours)
            #expect(clock.state == .running)
        }
        let due = try SLAHours.at(vector.due)
        #expect(clock.dueAt == due)
        #expect(clock.segments.count == 1 + 2 * vector.holds.count)

        var inTime = clock
        _ = inTime.stop(at: due, by: hours)
        #expect(inTime.state == .met)
        #expect(inTime.breachedAt == nil)
        #expect(inTime.elapsedMs(at: due, by: hours) == vector.hours * Self.hour)

        var late = clock
        #expect(late.stop(at: due + .milliseconds(1), by: hours) == [.breached])
        #expect(late.state == .breached)
        #expect(late.breachedAt == due)
        #expect(!late.isLate)
    }

    @Test func `P4: a shorter target keeps what was counted`() throws {
        let hours = try SLAHours.berlin()
        var clock = try Self.started("05 09:00", hours: 8)
        _ = clock.turn(counts: false, "on_hold", at: try SLAHours.at("05 10:00"), by: hours)
        _ = clock.turn(counts: true, "in_progress", at: try SLAHours.at("05 15:00"), by: hours)
        let facts = clock.hold(
            to: Self.terms(hours: 2), counts: true, "priority 1", at: try SLAHours.at("05 15:00"),
            by: hours, then: hours)
        #expect(facts == [])
        #expect(clock.dueAt == (try SLAHours.at("05 16:00")))
        #expect(clock.elapsedMs(at: try SLAHours.at("05 15:00"), by: hours) == Self.hour)
    }

    @Test(arguments: [true, false])
    func `P5: a target that is used up already is breached when the clock counts again`(
        isShortenedWhilePaused: Bool
    ) throws {
        let hours = try SLAHours.berlin()
        let resumed = try SLAHours.at("05 15:00")
        var clock = try Self.started("05 09:00", hours: 8)
        _ = clock.turn(counts: false, "on_hold", at: try SLAHours.at("05 12:00"), by: hours)
        if isShortenedWhilePaused {
            _ = clock.hold(
                to: Self.terms(hours: 2), counts: false, "priority 1",
                at: try SLAHours.at("05 13:00"), by: hours, then: hours)
            #expect(clock.state == .paused)
            #expect(clock.dueAt == nil)
        }
        _ = clock.turn(counts: true, "in_progress", at: resumed, by: hours)
        if !isShortenedWhilePaused {
            _ = clock.hold(
                to: Self.terms(hours: 2), counts: true, "priority 1", at: resumed, by: hours,
                then: hours)
        }
        #expect(clock.dueAt == resumed)
        #expect(clock.settle(at: resumed + .milliseconds(1)) == [.breached])
        #expect(clock.breachedAt == resumed)
    }

    @Test(arguments: [(50, "05 17:00"), (75, "06 10:00")])
    func `W1: the warning comes after its part of the work time`(
        percent: Int, local: String
    ) throws {
        var clock = try Self.started("05 15:00", hours: 4, warnPct: percent)
        let warning = try SLAHours.at(local)
        #expect(clock.warnAt == warning)
        #expect(clock.dueAt == (try SLAHours.at("06 11:00")))
        #expect(clock.nextAt == warning)
        #expect(clock.settle(at: warning - .milliseconds(1)) == [])
        #expect(clock.settle(at: warning) == [.warning])
        #expect(clock.warnedAt == warning)
        #expect(clock.settle(at: warning) == [])
        #expect(clock.nextAt == clock.dueAt.map { $0 + .milliseconds(1) })
    }

    @Test func `A warning at 100 percent is none`() throws {
        let clock = try Self.started("05 15:00", hours: 4, warnPct: 100)
        #expect(clock.warnAt == nil)
        #expect(clock.nextAt == (try SLAHours.at("06 11:00")) + .milliseconds(1))
    }

    @Test func `What was missed is told once, late, and as of when it was due`() throws {
        let hours = try SLAHours.berlin()
        var clock = try Self.started("05 09:00", hours: 4)
        let later = try SLAHours.at("07 12:00")
        #expect(clock.settle(at: later) == [.breached])
        #expect(clock.breachedAt == (try SLAHours.at("05 13:00")))
        #expect(clock.isLate)
        #expect(clock.settle(at: later) == [])
        #expect(clock.nextAt == nil)
        // It is measured on until it is stopped.
        #expect(clock.stop(at: later, by: hours) == [])
        #expect(clock.state == .breached)
        #expect(clock.elapsedMs(at: later, by: hours) == (8 + 8 + 3) * Self.hour)
    }

    @Test func `A ticket that was resolved in time is met, whenever it is closed`() throws {
        let hours = try SLAHours.berlin()
        var clock = try Self.started("05 09:00", hours: 4)
        let resolved = try SLAHours.at("05 11:00")
        _ = clock.turn(counts: false, "resolved", at: resolved, by: hours)
        #expect(clock.stop(at: resolved, by: hours) == [])
        #expect(clock.state == .met)
        #expect(clock.stoppedAt == resolved)
        #expect(clock.segments.last?.to == resolved)
    }

    @Test func `A clock that is cancelled is judged by nobody, unless it was before`() throws {
        let hours = try SLAHours.berlin()
        let noon = try SLAHours.at("05 12:00")
        var early = try Self.started("05 09:00", hours: 4)
        #expect(early.cancel(at: noon, by: hours) == [.warning])
        #expect(early.state == .cancelled)
        #expect(early.turn(counts: false, "on_hold", at: noon, by: hours) == [])
        #expect(early.segments.count == 1)
        var late = try Self.started("05 09:00", hours: 2)
        #expect(late.cancel(at: noon, by: hours) == [.breached])
        #expect(late.breachedAt == (try SLAHours.at("05 11:00")))
    }

    @Test func `Standing still for no time is the identity`() throws {
        let hours = try SLAHours.berlin()
        for minutes in stride(from: 0, through: 480, by: 7) {
            let clock = try Self.started("05 09:00", hours: 8)
            var held = clock
            let at = clock.startedAt + .seconds(minutes * 60)
            _ = held.turn(counts: false, "on_hold", at: at, by: hours)
            _ = held.turn(counts: true, "in_progress", at: at, by: hours)
            #expect(held.dueAt == clock.dueAt)
        }
    }

    @Test func `A calendar that was changed is counted anew from the segments`() throws {
        let hours = try SLAHours.berlin()
        var clock = try Self.started("05 15:00", hours: 4)
        _ = clock.turn(counts: false, "on_hold", at: try SLAHours.at("05 16:00"), by: hours)
        _ = clock.turn(counts: true, "in_progress", at: try SLAHours.at("06 09:00"), by: hours)
        #expect(clock.dueAt == (try SLAHours.at("06 12:00")))
        // Now everybody always works: of the first stretch as much counts, the rest is shorter.
        let facts = clock.recount(
            by: .always, calendar: 1, generation: 2, own: .always, at: try SLAHours.at("06 10:00"))
        #expect(facts == [])
        #expect(clock.dueAt == (try SLAHours.at("06 12:00")))
        #expect(clock.segments.map(\.calendarGeneration) == [2, 2, 2])

        var open = try Self.started("05 15:00", hours: 4)
        _ = open.recount(
            by: .always, calendar: 1, generation: 2, own: .always, at: try SLAHours.at("06 09:00"))
        // 18 hours have passed, and it was in time by the old hours: it is due at the edit.
        #expect(open.dueAt == (try SLAHours.at("06 09:00")))
        var other = try Self.started("05 15:00", hours: 4)
        let due = other.dueAt
        _ = other.settle(at: try SLAHours.at("09 09:00"))
        _ = other.recount(
            by: .always, calendar: 1, generation: 2, own: .always, at: try SLAHours.at("09 09:00"))
        #expect(other.breachedAt == due)
    }

    @Test func `A calendar that a clock has counted by is counted anew in what it counted`() throws
    {
        let hours = try SLAHours.berlin()
        var clock = try Self.started("05 15:00", hours: 6)
        var terms = clock.terms
        (terms.calendar, terms.calendarGeneration) = (2, 1)
        // Two hours by the first; the rest by the second, in which everybody always works.
        _ = clock.hold(
            to: terms, counts: true, "queue b", at: try SLAHours.at("05 17:00"), by: hours,
            then: .always)
        #expect(clock.dueAt == (try SLAHours.at("05 21:00")))
        // Nobody has worked by the first one after all.
        let never = WorkHours.business(try Calendar(name: "never", week: [:]).hours())
        _ = clock.recount(
            by: never, calendar: 1, generation: 2, own: .always, at: try SLAHours.at("05 18:00"))
        #expect(clock.segments.map(\.workMs) == [0, 0])
        #expect(clock.segments.map(\.calendarGeneration) == [2, 1])
        #expect(clock.terms.calendarGeneration == 1)
        #expect(clock.dueAt == (try SLAHours.at("05 23:00")))
    }

    @Test func `By hand a judgement is found anew`() throws {
        let hours = try SLAHours.berlin()
        var clock = try Self.started("05 09:00", hours: 4)
        _ = clock.stop(at: try SLAHours.at("05 15:00"), by: hours)
        #expect(clock.state == .breached)
        clock.judgeAnew(
            by: Self.terms(hours: 7), at: try SLAHours.at("07 09:00"), hours: hours)
        #expect(clock.state == .met)
        #expect(clock.breachedAt == nil)
        #expect(clock.dueAt == (try SLAHours.at("05 16:00")))
        clock.judgeAnew(
            by: Self.terms(hours: 5), at: try SLAHours.at("07 09:00"), hours: hours)
        #expect(clock.state == .breached)
        #expect(clock.breachedAt == (try SLAHours.at("05 14:00")))
    }

    @Test func `Where nobody ever works nothing is ever due`() throws {
        let never = WorkHours.business(
            try Calendar(name: "never", week: [:]).hours())
        let clock = Clock.started(
            .response, onTicket: 1, "INC-1", id: 1, terms: Self.terms(hours: 1),
            at: try SLAHours.at("05 09:00"), by: never, reason: "opened")
        #expect(clock.state == .running)
        #expect(clock.dueAt == nil)
        #expect(clock.nextAt == nil)
    }
}

extension Calendar {
    /// A calendar in Berlin, as `calendar.create` would make it.
    init(name: String, week: [String: [String]], days: [String: [String]] = [:]) {
        self.init(
            ref: Calendar.ref(1), name: name, description: "", timeZone: "Europe/Berlin",
            week: week, days: days, createdAt: Instant(milliseconds: 0),
            updatedAt: Instant(milliseconds: 0), generation: 1)
    }
}
