import OpsJSONRPC
import Testing

@testable import OpsMonitoring

/// The state machine against sequences, written as people read them: results in, statuses out.
@Suite struct CheckRulesTests {
    /// `results` are o, w, c, u; `expected` is state, s(oft) or h(ard), then the attempt as Icinga 2
    /// counts it, then `!` when the change is announced.
    struct Sequence: Sendable, CustomTestStringConvertible {
        var what: String
        var maxAttempts: Int
        var results: String
        var expected: String
        var testDescription: String { what }
    }

    static let sequences = [
        Sequence(
            what: "a first good result is taken for true in silence",
            maxAttempts: 3, results: "oo", expected: "oh1 oh1"),
        Sequence(
            what: "a problem is soft until the last attempt, then hard with the counter reset",
            maxAttempts: 3, results: "occcc", expected: "oh1 cs1 cs2 ch1! ch1"),
        Sequence(
            what: "two attempts",
            maxAttempts: 2, results: "oucoco", expected: "oh1 us1 ch1! oh1! cs1 oh1"),
        Sequence(
            what: "a single attempt makes every change hard",
            maxAttempts: 1, results: "ouoco", expected: "oh1 uh1! oh1! ch1! oh1!"),
        Sequence(
            what: "a soft problem that goes away was never there",
            maxAttempts: 3, results: "occoc", expected: "oh1 cs1 cs2 oh1 cs1"),
        Sequence(
            what: "soft attempts count on when the problem changes its state",
            maxAttempts: 3, results: "owcu", expected: "oh1 ws1 cs2 uh1!"),
        Sequence(
            what: "between bad hard states every change is hard",
            maxAttempts: 3, results: "occcwwuo", expected: "oh1 cs1 cs2 ch1! wh1! wh1 uh1! oh1!"),
        Sequence(
            what: "a recovery is hard at once",
            maxAttempts: 5, results: "occcccoo", expected: "oh1 cs1 cs2 cs3 cs4 ch1! oh1! oh1"),
        Sequence(
            what: "a first bad result is the first soft attempt",
            maxAttempts: 3, results: "ccc", expected: "cs1 cs2 ch1!"),
        Sequence(
            what: "a first bad result with one attempt is hard and announced",
            maxAttempts: 1, results: "co", expected: "ch1! oh1!"),
        Sequence(
            what: "a check that was bad softly before it was ever good recovers in silence",
            maxAttempts: 3, results: "ccoccc", expected: "cs1 cs2 oh1 cs1 cs2 ch1!"),
        Sequence(
            what: "after a recovery the attempts start again",
            maxAttempts: 2, results: "occoocc", expected: "oh1 cs1 ch1! oh1! oh1 cs1 ch1!"),
        Sequence(
            what: "a long outage stays at one announcement",
            maxAttempts: 2, results: "occcccccccc",
            expected: "oh1 cs1 ch1! ch1 ch1 ch1 ch1 ch1 ch1 ch1 ch1"),
        Sequence(
            what: "warning is as much of a problem as critical",
            maxAttempts: 3, results: "owwwcwo", expected: "oh1 ws1 ws2 wh1! ch1! wh1! oh1!"),
    ]

    @Test(arguments: sequences)
    func `A sequence of results leads to the statuses of Icinga 2`(_ sequence: Sequence) {
        #expect(
            Self.play(sequence.results, by: StateRules(maxAttempts: sequence.maxAttempts))
                == sequence.expected)
    }

    @Test func `An announcement says which hard state it replaces`() {
        var status = CheckStatus()
        var over: [CheckState?] = []
        for result in [CheckState.ok, .warning, .critical, .critical, .ok] {
            let outcome = Self.judge(result, after: status, by: StateRules(maxAttempts: 2))
            status = outcome.status
            over.append(outcome.change?.previousState)
        }
        #expect(over == [nil, nil, .ok, nil, .critical])
    }

    @Test func `A soft excursion moves the time of the state but not of the hard state`() {
        var status = CheckStatus()
        for (tick, result) in [CheckState.ok, .critical, .ok].enumerated() {
            status =
                CheckRules.transition(
                    from: status, on: result, at: Instant(milliseconds: Int64(tick)),
                    by: StateRules()
                ).status
        }
        #expect(status.lastStateChangeAt == Instant(milliseconds: 2))
        #expect(status.lastHardStateChangeAt == Instant(milliseconds: 0))
    }

    @Test func `A result that repeats the state changes nothing`() {
        let old = CheckStatus(
            state: .ok, stateType: .hard, attempt: 1, hardState: .ok,
            lastStateChangeAt: Instant(milliseconds: 7),
            lastHardStateChangeAt: Instant(milliseconds: 7), announcedState: .ok)
        let outcome = Self.judge(.ok, after: old, by: StateRules(), at: 9)
        #expect(outcome == AnnouncementRules.Outcome(status: old))
    }

    @Test func `Fewer attempts than were already made turn the next bad result hard`() {
        let soft = CheckStatus(
            state: .critical, stateType: .soft, attempt: 4, hardState: .ok, announcedState: .ok)
        let outcome = Self.judge(.critical, after: soft, by: StateRules(maxAttempts: 2))
        #expect(Self.spell(outcome) == "ch1!")
    }

    @Test func `A hard problem shows all its attempts and a soft one those it has made`() {
        let soft = CheckStatus(state: .critical, stateType: .soft, attempt: 2)
        let hard = CheckStatus(state: .critical, stateType: .hard, attempt: 1)
        let good = CheckStatus(state: .ok, stateType: .hard, attempt: 1)
        #expect([soft, hard, good].map { $0.shownAttempt(of: 3) } == [2, 3, 1])
    }

    @Test(arguments: [
        // A hard problem needs so many good results; one bad one between starts the count anew.
        (1, "occcooc", "oh1 cs1 cs2 ch1! oh1! oh1 cs1"),
        (2, "occcooc", "oh1 cs1 cs2 ch1! os1 oh1! cs1"),
        (3, "occcoocooowo", "oh1 cs1 cs2 ch1! os1 os2 ch1 os1 os2 oh1! ws1 oh1"),
        (2, "occcowo", "oh1 cs1 cs2 ch1! os1 wh1! os1"),
        (2, "ccoc", "cs1 cs2 oh1 cs1"),
    ])
    func `A hard problem ends after several good results in a row`(
        recoveryAttempts: Int, results: String, expected: String
    ) {
        let rules = StateRules(recoveryAttempts: recoveryAttempts)
        #expect(Self.play(results, by: rules) == expected)
    }

    @Test func `By Nagios' rules a hard problem ends after several good results as well`() {
        let rules = StateRules(dialect: .nagios, recoveryAttempts: 2)
        #expect(
            Self.play("occcocoooc", by: rules)
                == "oh1 cs1 cs2 ch3! os1 ch3 os1 oh1! oh1 cs1")
    }

    @Test func `A volatile check says every bad result in a hard state`() {
        let rules = StateRules(maxAttempts: 2, isVolatile: true)
        #expect(Self.play("occccwoo", by: rules) == "oh1 cs1 ch1! ch1! ch1! wh1! oh1! oh1")
    }

    @Test func `Only a soft state that was seen is retried`() {
        #expect(!CheckRules.isRetrying(CheckStatus()))
        #expect(CheckRules.isRetrying(CheckStatus(state: .warning, stateType: .soft)))
        #expect(!CheckRules.isRetrying(CheckStatus(state: .warning, stateType: .hard)))
        #expect(!CheckRules.isRetrying(CheckStatus(state: .ok, stateType: .hard)))
    }

    static func state(_ letter: Character) -> CheckState {
        switch letter {
        case "o": .ok
        case "w": .warning
        case "c": .critical
        default: .unknown
        }
    }

    /// Plays results from a new check on and answers its statuses as they are spelled above.
    static func play(_ results: String, by rules: StateRules) -> String {
        var status = CheckStatus()
        var seen: [String] = []
        for letter in results {
            let outcome = judge(state(letter), after: status, by: rules)
            status = outcome.status
            seen.append(spell(outcome))
        }
        return seen.joined(separator: " ")
    }

    static func judge(
        _ result: CheckState, after status: CheckStatus, by rules: StateRules,
        at milliseconds: Int64 = 0, suppressions: Set<Suppression> = []
    ) -> AnnouncementRules.Outcome {
        let change = CheckRules.transition(
            from: status, on: result, at: Instant(milliseconds: milliseconds), by: rules)
        return AnnouncementRules.outcome(
            of: change.status, before: status.hardState, isRepeated: change.isRepeated,
            suppressions: suppressions)
    }

    static func spell(_ outcome: AnnouncementRules.Outcome) -> String {
        let status = outcome.status
        let first = status.state.rawValue.prefix(1) + status.stateType.rawValue.prefix(1)
        let isAnnounced = outcome.change?.isAnnounced ?? false
        return "\(first)\(status.attempt)\(isAnnounced ? "!" : "")"
    }
}
