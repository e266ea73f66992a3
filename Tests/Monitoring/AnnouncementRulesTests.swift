import OpsJSONRPC
import TestVectors
import Testing

@testable import OpsMonitoring

/// What people are told, whatever keeps them from being told for a while.
@Suite struct AnnouncementRulesTests {
    private typealias Change = AnnouncementRules.Change

    /// A check and what people know of it.
    private static func status(
        known: CheckState, hard: CheckState, suppressedBy: Set<Suppression> = []
    ) -> CheckStatus {
        CheckStatus(
            state: hard, stateType: .hard, hardState: hard, announcedState: known,
            suppressedBy: suppressedBy)
    }

    private static func outcome(
        known: CheckState, before: CheckState, hard: CheckState,
        suppressedBy: Set<Suppression> = [], by suppressions: Set<Suppression> = []
    ) -> AnnouncementRules.Outcome {
        AnnouncementRules.outcome(
            of: status(known: known, hard: hard, suppressedBy: suppressedBy), before: before,
            suppressions: suppressions)
    }

    @Test(arguments: [Suppression.unreachable, .maintenance])
    func `A problem that is suppressed is noted and not announced`(_ reason: Suppression) {
        let outcome = Self.outcome(known: .ok, before: .ok, hard: .critical, by: [reason])
        #expect(
            outcome.change
                == Change(
                    previousState: .ok, state: .critical, isAnnounced: false,
                    suppressedBy: [reason]))
        #expect(outcome.status.announcedState == .ok)
        #expect(outcome.status.suppressedBy == [reason])
    }

    @Test func `What is still true when the suppression ends is announced then`() {
        let outcome = Self.outcome(
            known: .ok, before: .critical, hard: .critical, suppressedBy: [.maintenance])
        #expect(
            outcome.change == Change(previousState: .ok, state: .critical, isAnnounced: true))
        #expect(outcome.status.announcedState == .critical)
        #expect(outcome.status.suppressedBy.isEmpty)
    }

    @Test func `What went away meanwhile is noted and never announced`() {
        let outcome = Self.outcome(
            known: .ok, before: .critical, hard: .ok, suppressedBy: [.maintenance],
            by: [.maintenance])
        #expect(
            outcome.change
                == Change(
                    previousState: .critical, state: .ok, isAnnounced: false,
                    suppressedBy: [.maintenance]))
        #expect(outcome.status.suppressedBy.isEmpty)
    }

    @Test(arguments: [Suppression.unreachable, .maintenance])
    func `The end of a problem that people know is announced at once`(_ reason: Suppression) {
        let outcome = Self.outcome(known: .critical, before: .critical, hard: .ok, by: [reason])
        #expect(
            outcome.change == Change(previousState: .critical, state: .ok, isAnnounced: true))
    }

    @Test func `While a check flaps the end of a problem waits as well`() {
        var status = Self.status(known: .critical, hard: .ok)
        status.flap = FlapHistory(last: .ok, percent: 50, isFlapping: true)
        status.isFlappingAnnounced = true
        let held = AnnouncementRules.outcome(of: status, before: .critical)
        #expect(held.change?.isAnnounced == false)
        #expect(held.status.suppressedBy == [.flapping])

        status = held.status
        status.flap?.isFlapping = false
        let told = AnnouncementRules.outcome(of: status, before: .ok)
        #expect(told.flapping == false)
        #expect(told.change == Change(previousState: .critical, state: .ok, isAnnounced: true))
    }

    @Test func `A further reason changes nothing but the reasons`() {
        let outcome = Self.outcome(
            known: .ok, before: .critical, hard: .critical, suppressedBy: [.unreachable],
            by: [.unreachable, .maintenance])
        #expect(outcome.change == nil)
        #expect(outcome.status.suppressedBy == [.unreachable, .maintenance])
        let rest = Self.outcome(
            known: .ok, before: .critical, hard: .critical,
            suppressedBy: [.unreachable, .maintenance], by: [.maintenance])
        #expect(rest.change == nil)
        #expect(rest.status.suppressedBy == [.maintenance])
    }

    @Test func `A problem that changes while it is suppressed is announced as it is at the end`() {
        let worse = Self.outcome(
            known: .warning, before: .warning, hard: .critical, by: [.maintenance])
        #expect(worse.change?.isAnnounced == false)
        let told = AnnouncementRules.outcome(of: worse.status, before: .critical)
        #expect(
            told.change == Change(previousState: .warning, state: .critical, isAnnounced: true))
    }

    @Test func `The first good result is no news, not even after a suppressed problem`() {
        #expect(Self.outcome(known: .pending, before: .pending, hard: .ok).change == nil)
        let outcome = Self.outcome(
            known: .pending, before: .critical, hard: .ok, suppressedBy: [.unreachable],
            by: [.unreachable])
        #expect(outcome.status.announcedState == .ok)
        #expect(outcome.status.suppressedBy.isEmpty)
    }

    @Test func `A first problem is announced over pending`() {
        let outcome = Self.outcome(known: .pending, before: .pending, hard: .critical)
        #expect(outcome.change?.previousState == .pending)
        #expect(outcome.change?.isAnnounced == true)
    }

    @Test func `A volatile problem is repeated unless it is suppressed`() {
        let status = Self.status(known: .critical, hard: .critical)
        let told = AnnouncementRules.outcome(of: status, before: .critical, isRepeated: true)
        #expect(told.change?.isAnnounced == true)
        let held = AnnouncementRules.outcome(
            of: status, before: .critical, isRepeated: true, suppressions: [.maintenance])
        #expect(held.change == nil)
    }

    @Test func `Flapping that began unseen is told when nothing suppresses it any more`() {
        var status = Self.status(known: .ok, hard: .ok)
        status.flap = FlapHistory(last: .ok, percent: 50, isFlapping: true)
        let held = AnnouncementRules.outcome(
            of: status, before: .ok, suppressions: [.maintenance])
        #expect(held.flapping == nil && !held.status.isFlappingAnnounced)
        let told = AnnouncementRules.outcome(of: held.status, before: .ok)
        #expect(told.flapping == true && told.status.isFlappingAnnounced)
        status = told.status
        status.flap?.isFlapping = false
        let ended = AnnouncementRules.outcome(
            of: status, before: .ok, suppressions: [.maintenance])
        #expect(ended.flapping == false)
    }

    /// Whatever comes in whatever order: every announced problem has one announced end, nobody
    /// hears the same twice, and once nothing is suppressed people know how things are.
    @Test func `People hear an alternation of problems and ends that matches what is true`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var chance = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            var status = CheckStatus()
            var heard = CheckState.pending
            let rules = StateRules(
                maxAttempts: Int.random(in: 1...3, using: &chance),
                recoveryAttempts: Int.random(in: 1...3, using: &chance),
                flapping: Bool.random(using: &chance) ? FlapRules(.icinga) : nil)
            for _ in 0..<80 {
                let letter = "ooocwu".randomElement(using: &chance) ?? "o"
                let suppressions = Set(
                    [Suppression.unreachable, .maintenance].filter { _ in
                        Int.random(in: 0..<4, using: &chance) == 0
                    })
                let outcome = CheckRulesTests.judge(
                    CheckRulesTests.state(letter), after: status, by: rules,
                    suppressions: suppressions)
                status = outcome.status
                if let change = outcome.change, change.isAnnounced {
                    #expect(change.previousState == heard && change.state != heard, "\(seed)")
                    #expect(change.state == .ok || suppressions.isEmpty, "\(seed)")
                    heard = change.state
                } else if heard == .pending, status.announcedState == .ok {
                    heard = .ok
                }
                #expect(heard == status.announcedState, "\(seed)")
                if suppressions.isEmpty, !status.isFlapping {
                    #expect(heard == status.hardState, "\(seed)")
                }
                #expect(status.suppressedBy.isEmpty == (heard == status.hardState), "\(seed)")
            }
        }
    }
}
