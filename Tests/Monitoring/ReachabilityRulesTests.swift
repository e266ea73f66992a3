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

    @Test func `A chain that comes back to itself is found with its names`() {
        let parents = ["a": ["b", "x"], "b": ["c"], "c": ["a"], "x": []]
        let bad = ReachabilityRules.badChain(from: "a") { parents[$0] ?? [] }
        #expect(bad?.chain == ["a", "b", "c", "a"])
        #expect(ReachabilityRules.badChain(from: "x") { parents[$0] ?? [] } == nil)
        let diamond = ["a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []]
        #expect(ReachabilityRules.badChain(from: "a") { diamond[$0] ?? [] } == nil)
    }

    @Test func `A chain may have 256 checks and no more`() {
        func chain(_ length: Int) -> (chain: [String], reason: String)? {
            ReachabilityRules.badChain(from: "1") { name in
                Int(name).flatMap { $0 < length ? ["\($0 + 1)"] : nil } ?? []
            }
        }
        #expect(chain(256) == nil)
        #expect(chain(257)?.reason.contains("256") == true)
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

extension ReachabilityRulesTests {
    @Test
    func `Checks of a file that depend on each other in a circle are refused by their places`()
        throws
    {
        func check(_ name: String, _ parents: JSON) -> CheckDefinition {
            var wish = CreateCheck()
            wish.name = name
            wish.type = "host"
            wish.members = ["parents": parents]
            return CheckDefinition(wish)
        }
        let file = [
            check("a", ["b"]), check("b", [["any_of": ["c", "x"]]]), check("c", ["a"]),
            check("d", ["a-check-of-elsewhere"]),
        ]
        let complaints = ReachabilityRules.complaints(about: file)
        #expect(complaints.map(\.index) == [0, 1, 2])
        #expect(complaints.first?.reason == "depends on itself: a > b > c > a")
        #expect(ReachabilityRules.complaints(about: [file[3]]).isEmpty)

        var settings = MonitoringSettings()
        settings.checks = [
            ["name": "a", "type": "host", "parents": ["b"]],
            ["name": "b", "type": "host", "parents": ["a"]],
        ]
        do {
            try MonitoringPlugin.validate(settings)
            Issue.record("the settings were accepted")
        } catch {
            #expect(error.fields.map(\.path) == ["checks[0].parents", "checks[1].parents"])
        }
    }
}
