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
        var status = CheckStatus()
        var seen: [String] = []
        for (tick, letter) in sequence.results.enumerated() {
            let change = CheckRules.transition(
                from: status, on: Self.state(letter), at: Instant(milliseconds: Int64(tick)),
                maxAttempts: sequence.maxAttempts)
            status = change.status
            seen.append(Self.spell(change))
        }
        #expect(seen.joined(separator: " ") == sequence.expected)
    }

    @Test func `An announcement says which hard state it replaces`() {
        var status = CheckStatus()
        var over: [CheckState?] = []
        for result in [CheckState.ok, .warning, .critical, .critical, .ok] {
            let change = CheckRules.transition(
                from: status, on: result, at: Instant(milliseconds: 0), maxAttempts: 2)
            status = change.status
            over.append(change.announcedOver)
        }
        #expect(over == [nil, nil, .ok, nil, .critical])
    }

    @Test func `A soft excursion moves the time of the state but not of the hard state`() {
        var status = CheckStatus()
        for (tick, result) in [CheckState.ok, .critical, .ok].enumerated() {
            status =
                CheckRules.transition(
                    from: status, on: result, at: Instant(milliseconds: Int64(tick)),
                    maxAttempts: 3
                ).status
        }
        #expect(status.lastStateChangeAt == Instant(milliseconds: 2))
        #expect(status.lastHardStateChangeAt == Instant(milliseconds: 0))
    }

    @Test func `A result that repeats the state changes nothing`() {
        let old = CheckStatus(
            state: .ok, stateType: .hard, attempt: 1, hardState: .ok,
            lastStateChangeAt: Instant(milliseconds: 7),
            lastHardStateChangeAt: Instant(milliseconds: 7))
        let change = CheckRules.transition(
            from: old, on: .ok, at: Instant(milliseconds: 9), maxAttempts: 3)
        #expect(change.status == old)
        #expect(!change.stateChanged && !change.hardChanged && !change.isAnnounced)
    }

    @Test func `Fewer attempts than were already made turn the next bad result hard`() {
        let soft = CheckStatus(state: .critical, stateType: .soft, attempt: 4, hardState: .ok)
        let change = CheckRules.transition(
            from: soft, on: .critical, at: Instant(milliseconds: 0), maxAttempts: 2)
        #expect(Self.spell(change) == "ch1!")
    }

    @Test func `A hard problem shows all its attempts and a soft one those it has made`() {
        let soft = CheckStatus(state: .critical, stateType: .soft, attempt: 2)
        let hard = CheckStatus(state: .critical, stateType: .hard, attempt: 1)
        let good = CheckStatus(state: .ok, stateType: .hard, attempt: 1)
        #expect([soft, hard, good].map { $0.shownAttempt(of: 3) } == [2, 3, 1])
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

    static func spell(_ change: CheckRules.Transition) -> String {
        let status = change.status
        let first = status.state.rawValue.prefix(1) + status.stateType.rawValue.prefix(1)
        return "\(first)\(status.attempt)\(change.isAnnounced ? "!" : "")"
    }
}
