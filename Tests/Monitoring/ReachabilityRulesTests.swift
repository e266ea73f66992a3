import OpsJSONRPC
import Testing

@testable import OpsCore
@testable import OpsMonitoring

/// What follows from the states of parents, as values.
@Suite struct ReachabilityRulesTests {
    private typealias Parent = ReachabilityRules.Parent

    @Test(arguments: [
        ("", ReachabilityRules.Verdict.reachable),
        ("u", .reachable), ("d", .unreachable), ("?", .undecided),
        // Of a group one is enough.
        ("ud", .reachable), ("?u", .reachable), ("d?", .undecided), ("dd", .unreachable),
        // All groups are needed.
        ("u u", .reachable), ("u d", .unreachable), ("? d", .unreachable), ("u ?", .undecided),
        ("ud du", .reachable), ("ud dd", .unreachable), ("d? u", .undecided),
    ])
    func `One of each group has to be up`(
        groups: String, expected: ReachabilityRules.Verdict
    ) {
        let parents = groups.split(separator: " ").map { group in
            group.map { letter -> Parent in
                letter == "u" ? .up : letter == "d" ? .down : .undecided
            }
        }
        #expect(ReachabilityRules.verdict(parents) == expected)
    }

    private static func status(
        _ state: CheckState, _ type: StateType = .hard, hard: CheckState? = nil
    ) -> CheckStatus {
        CheckStatus(state: state, stateType: type, hardState: hard ?? state)
    }

    @Test func `Hard failures count, soft ones are waited for, and a warning is up`() {
        func look(_ status: CheckStatus, reachable: Bool = true) -> ReachabilityRules.Parent {
            ReachabilityRules.parent(status, isReachable: reachable, wasLookedAt: true)
        }
        #expect(look(Self.status(.critical)) == .down)
        #expect(look(Self.status(.unknown)) == .down)
        #expect(look(Self.status(.critical, .soft, hard: .ok)) == .undecided)
        #expect(look(Self.status(.warning)) == .up)
        #expect(look(Self.status(.ok)) == .up)
        // Still down while it recovers, and down itself behind something that is.
        #expect(look(Self.status(.ok, .soft, hard: .critical)) == .down)
        #expect(look(Self.status(.ok), reachable: false) == .down)
        #expect(look(CheckStatus()) == .up)
    }

    @Test func `A parent that was not looked at since the child failed is undecided`() {
        let parent = ReachabilityRules.parent(
            Self.status(.ok), isReachable: true, wasLookedAt: false)
        #expect(parent == .undecided)
    }

    @Test func `Dependents are found by every name that was used, and forgotten`() {
        var dependents = Dependents()
        dependents.set(1, [ParentGroup(anyOf: ["a", "b"]), ParentGroup(anyOf: ["check:7"])])
        dependents.set(2, [ParentGroup(anyOf: ["a"])])
        #expect(dependents.children(of: ["a", "check:9"]) == [1, 2])
        #expect(dependents.children(of: ["z", "check:7"]) == [1])
        dependents.set(1, [ParentGroup(anyOf: ["b"])])
        #expect(dependents.children(of: ["a"]) == [2])
        dependents.set(2, [])
        #expect(dependents.children(of: ["a"]).isEmpty)
    }
}
