import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

struct AlertRulesTests {
    /// A rule that is bad above 10.
    static func rule(_ change: (inout CreateRule) -> Void = { _ in }) -> RuleDefinition {
        var wish = CreateRule()
        wish.name = "rule"
        wish.select = "load"
        wish.condition = .above
        wish.threshold = 10
        change(&wish)
        return RuleDefinition(wish)
    }

    /// Plays figures, ten seconds apart, and answers the states by their first letters; `nil` is
    /// a figure that is missing.
    private static func play(
        _ figures: [Double?], _ rule: RuleDefinition, from status: AlertStatus = AlertStatus(),
        wallSteps: [Int: Duration] = [:]
    ) -> String {
        var (status, wall, text) = (status, Duration.zero, "")
        for (number, figure) in figures.enumerated() {
            wall += wallSteps[number] ?? .zero
            let uptime = Duration.seconds(number * 10)
            let moment = Moment(
                now: Instant(milliseconds: 1_000_000_000) + uptime + wall, uptime: uptime)
            status = AlertRules.step(status, figure, at: moment, by: rule)
            text += String(status.state.rawValue.prefix(1))
        }
        return text
    }

    @Test func `Without a wait a bad figure fires and a good one ends it`() {
        #expect(Self.play([1, 11, 12, 10, 9], Self.rule()) == "offoo")
    }

    @Test func `A figure has to be bad for as long as the rule says, without a gap`() {
        let rule = Self.rule { $0.forMs = 30_000 }
        #expect(Self.play([11, 11, 11, 11, 11], rule) == "pppff")
        #expect(Self.play([11, 11, 11, 9, 11, 11, 11, 11], rule) == "pppopppf")
    }

    @Test func `Between the thresholds an alert stays what it is`() {
        let rule = Self.rule { $0.clearThreshold = 5 }
        #expect(Self.play([7, 11, 7, 6, 5, 7, 11], rule) == "offfoof")
        // A pending alert is not helped: below the threshold it starts again.
        let waiting = Self.rule { ($0.clearThreshold, $0.forMs) = (5, 20_000) }
        #expect(Self.play([11, 7, 11, 11, 11, 7], waiting) == "poppff")
        let below = Self.rule { ($0.condition, $0.clearThreshold) = (.below, 20) }
        #expect(Self.play([15, 9, 15, 20], below) == "offo")
    }

    @Test func `An alert goes on firing until it was clear for long enough`() {
        let rule = Self.rule { $0.keepFiringForMs = 20_000 }
        #expect(Self.play([11, 1, 1, 1, 1], rule) == "fffoo")
        #expect(Self.play([11, 1, 1, 11, 1, 1, 1], rule) == "ffffffo")
    }

    @Test func `What is missing goes by the policy`() {
        let figures: [Double?] = [1, nil, 11, nil, nil, 11, 1]
        #expect(Self.play(figures, Self.rule()) == "ooffffo")
        #expect(Self.play(figures, Self.rule { $0.onMissing = .firing }) == "offfffo")
        #expect(Self.play(figures, Self.rule { $0.onMissing = .ok }) == "oofoofo")
        #expect(Self.play(figures, Self.rule { $0.onMissing = .unknown }) == "oufuufo")
    }

    @Test func `A vanished figure never reads as recovery unless the rule says so`() {
        for policy in RuleDefinition.MissingPolicy.allCases where policy != .ok {
            let rule = Self.rule { ($0.onMissing, $0.clearThreshold) = (policy, 2) }
            #expect(!Self.play([11, nil, nil, nil, .nan, nil], rule).contains("o"), "\(policy)")
        }
    }

    @Test func `A firing alert that was unknown fires again at once`() {
        let rule = Self.rule { ($0.onMissing, $0.forMs) = (.unknown, 20_000) }
        #expect(Self.play([11, 11, 11, nil, 11, 1], rule) == "ppfufo")
        #expect(Self.play([11, nil, 11, 11, 11], rule) == "puppf")
    }

    @Test func `NaN is no figure and infinity is one`() {
        #expect(Self.play([11, .nan, .infinity, -.infinity], Self.rule()) == "fffo")
        #expect(Self.play([.nan, .infinity], Self.rule()) == "of")
        #expect(Self.play([-.infinity], Self.rule { $0.condition = .below }) == "f")
    }

    @Test func `A wall clock that steps changes no wait`() {
        let rule = Self.rule { $0.forMs = 30_000 }
        for step in [Duration.seconds(86_400), .seconds(-86_400)] {
            #expect(Self.play([11, 11, 11, 11], rule, wallSteps: [2: step]) == "pppf")
        }
    }

    @Test func `A wait of some intervals takes no interval more, however it was stored`() {
        let rule = Self.rule { $0.forMs = 60_000 }
        let since = AlertStatus.Since(
            at: Instant(milliseconds: 1000), uptime: .milliseconds(1000) + .nanoseconds(999_999))
        let status = AlertStatus(state: .pending, badSince: since)
        let moment = Moment(now: Instant(milliseconds: 61_000), uptime: .milliseconds(61_000))
        #expect(AlertRules.step(status, 12, at: moment, by: rule).state == .firing)
        let early = Moment(now: Instant(milliseconds: 60_990), uptime: .milliseconds(60_990))
        #expect(AlertRules.step(status, 12, at: early, by: rule).state == .pending)
    }

    @Test func `Waits of an earlier process go on by the wall clock`() {
        let moment = Moment(now: Instant(milliseconds: 100_000), uptime: .seconds(5))
        let since = moment.taken(up: Instant(milliseconds: 80_000))
        #expect(moment.uptime - since.uptime == .seconds(20))
        let ahead = moment.taken(up: Instant(milliseconds: 500_000))
        #expect(ahead == moment.since)
    }

    @Test(arguments: [
        (RuleDefinition.Condition.above, "oof"), (.atLeast, "off"), (.below, "foo"),
        (.atMost, "ffo"), (.equal, "ofo"), (.notEqual, "fof"),
    ])
    func `Every condition compares`(condition: RuleDefinition.Condition, states: String) {
        let rule = Self.rule { $0.condition = condition }
        let played = [9.0, 10, 11].map { Self.play([$0], rule) }.joined()
        #expect(played == states)
    }

    @Test func `Good news is told always, bad news when nothing holds it back`() {
        var status = AlertStatus(state: .firing)
        #expect(AlertRules.announce(status, isSuppressed: true).announced == .ok)
        status = AlertRules.announce(status, isSuppressed: false)
        #expect(status.announced == .firing)
        status.state = .ok
        #expect(AlertRules.announce(status, isSuppressed: true).announced == .ok)
        status.state = .pending
        #expect(AlertRules.announce(status, isSuppressed: false).announced == .ok)
    }
}
